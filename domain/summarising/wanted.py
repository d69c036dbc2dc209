"""What a first message leaves open: the facts that support usually needs, by the kind of request. No policy needed."""

from __future__ import annotations

import re
from typing import Literal

from domain.base import Record
from domain.text.fold import fold

Kind = Literal["incident", "change", "question"]


class WantedFact(Record):
    """A fact, how we would ask for it, and how much it is wanted for each kind of request."""

    field: str
    question: str
    to: Literal["requester", "owner"] = "requester"
    weight: dict[Kind, float]


class OpenFacts(Record):
    """How much is left open, 0–1 (1: nothing that is wanted was told), and what, most wanted first."""

    kind: Kind
    score: float
    absent: tuple[WantedFact, ...]


FACTS: tuple[WantedFact, ...] = (
    WantedFact(
        field="error", question="What exactly does the message on the screen say?",
        weight={"incident": 3, "change": 0, "question": 1},
    ),
    WantedFact(
        field="item", question="Which record, user or transaction is it about (number or name)?",
        weight={"incident": 2, "change": 3, "question": 2},
    ),
    WantedFact(
        field="evidence", question="Can you attach a screenshot or the log of it?",
        weight={"incident": 2, "change": 0, "question": 1},
    ),
    WantedFact(
        field="environment", question="Where does it happen: which system, version, device or environment?",
        weight={"incident": 2, "change": 2, "question": 1},
    ),
    WantedFact(
        field="since", question="Since when does it happen, and how often?",
        weight={"incident": 2, "change": 1, "question": 0},
    ),
    WantedFact(
        field="affected", question="Who is affected: you alone, or others too?",
        weight={"incident": 1, "change": 1, "question": 0},
    ),
    WantedFact(
        field="steps", question="What did you do just before, step by step?",
        weight={"incident": 2, "change": 0, "question": 1},
    ),
    WantedFact(
        field="tried", question="What have you tried already?",
        weight={"incident": 1, "change": 0, "question": 0},
    ),
    WantedFact(
        field="wanted", question="What should it be instead, and by when?",
        weight={"incident": 0, "change": 3, "question": 2},
    ),
)  # fmt: skip
"""The weights are a judgement of ours, not learned: see docs/explanation/handoff.md for what they are worth."""

_TOLD = {
    "error": (
        r"\b(?:error|exception|code|message|says|warning|null)\b.{0,12}[:\"'“”]|[\"“][^\"”]{4,200}[\"”]"
        r"|\b\w{0,40}exception\b|\berror \w{0,20}\d"
    ),
    "item": r"\b[a-z]{0,20}\d{3,}\w*\b|\b(?:number|no|id|user|account|record|name|ref)\b ?[.:#]",
    "evidence": r"\battach\w*|\bscreen ?shots?|\bvideo|\blogs?\b|\bbelow\b|\bsee the\b|\bsample\b",
    "environment": (
        r"\b(?:version|release|windows|mac|ios|android|chrome|edge|firefox|server|production|prod|test|uat|sit|app"
        r"|module|system|site|portal|browser|laptop|phone|printer|vpn|outlook|database)\b"
    ),
    "since": (
        r"\b(?:since|today|yesterday|this (?:morning|week|afternoon)|after (?:the |last )?"
        r"|last (?:week|month|night)|when(?:ever)?|every|always|sometimes|intermittent\w*|daily|\d{1,2}[:/.-]\d{2})\b"
    ),
    "affected": (
        r"\b(?:i|me|my|we|our|all|every(?:one|body)|users?|customers?|clients?|team|branch(?:es)?|department"
        r"|colleagues?|staff)\b"
    ),
    "steps": (
        r"\b(?:when (?:i|we|the|user)|trying to|try to|after (?:i|we|click|open|enter|log)|while|steps?|click\w*"
        r"|open\w*|select\w*|enter\w*|log(?:ged|ging)? (?:in|on))\b"
    ),
    "tried": r"\b(?:tried|already|restarted|rebooted|reinstalled|checked|we did|i did|also did)\b",
    "wanted": (
        r"\b(?:instead|should|to be|so that|in order to|from .{1,60} to |with the new"
        r"|by (?:today|tomorrow|monday|friday|the end)|until)\b"
    ),
}
_COMPILED = {field: re.compile(pattern) for field, pattern in _TOLD.items()}
_TROUBLE = re.compile(
    r"\b(?:errors?|issues?|problems?|fail\w*|unable|can ?not|can'?t|couldn'?t|not \w{1,30}ing|stuck|missing|wrong"
    r"|incorrect|down|crash\w*|slow|hang\w*|freez\w*|denied|reject\w*|time(?:d)? ?out|stopped|broken|lost|doesn'?t"
    r"|didn'?t|does not|invalid|blocked|locked)\b"
)
_ASKS_WHY = re.compile(
    r"^\W*(?:how|why|what|which|is it|can we|could we|do we|does)\b"
    r"|\b(?:how (?:to|can|do)|advi[sc]e (?:how|why|if)|explain|clarif\w+)\b"
)


def open_facts(text: str) -> OpenFacts:
    """What a first message leaves open. Linear in its length; the first 20,000 characters count."""
    folded = fold(text[:20_000]).text
    kind = _kind(folded)
    wanted = [fact for fact in FACTS if fact.weight[kind]]
    absent = [fact for fact in wanted if not _COMPILED[fact.field].search(folded)]
    absent.sort(key=lambda fact: -fact.weight[kind])
    score = sum(fact.weight[kind] for fact in absent) / sum(fact.weight[kind] for fact in wanted)
    return OpenFacts(kind=kind, score=round(score, 4), absent=tuple(absent))


def _kind(folded: str) -> Kind:
    if _TROUBLE.search(folded):
        return "incident"
    return "question" if _ASKS_WHY.search(folded) else "change"
