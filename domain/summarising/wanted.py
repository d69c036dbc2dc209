"""What a first message leaves open: the facts that support usually needs, by the kind of request. No policy needed.

Whether support will have to ask is told by a few signs, each with a reason of its own and all with the same weight
(R. M. Dawes, "The robust beauty of improper linear models in decision making", 1979): a hundred labelled
tickets teach less than that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """How likely support has to ask, 0–1 (it ranks, it is no probability), and what is open, most wanted first."""

    kind: Kind
    score: float
    absent: tuple[WantedFact, ...]


FACTS: tuple[WantedFact, ...] = (
    WantedFact(
        field="evidence", question="Please attach a screenshot of it, and the logs or files that show it.",
        weight={"incident": 3, "change": 1, "question": 2},
    ),
    WantedFact(
        field="item", question="Which record, customer, user or transaction is it about (number, name, details)?",
        weight={"incident": 3, "change": 3, "question": 3},
    ),
    WantedFact(
        field="environment", question="On which system, version, device or environment does it happen?",
        weight={"incident": 2, "change": 1, "question": 1},
    ),
    WantedFact(
        field="affected", question="Does it happen for all users and records, or only for one?",
        weight={"incident": 2, "change": 0, "question": 0},
    ),
    WantedFact(
        field="error", question="What exactly does the error message say?",
        weight={"incident": 1, "change": 0, "question": 1},
    ),
    WantedFact(
        field="wanted", question="What exactly should it be instead, word for word where it is a text, and by when?",
        weight={"incident": 0, "change": 2, "question": 1},
    ),
    WantedFact(
        field="steps", question="What did you do, step by step, and what did you expect to happen?",
        weight={"incident": 1, "change": 0, "question": 1},
    ),
    WantedFact(
        field="since", question="Since when does it happen, and how often?",
        weight={"incident": 1, "change": 0, "question": 0},
    ),
    WantedFact(
        field="tried", question="What have you tried already?",
        weight={"incident": 1, "change": 0, "question": 0},
    ),
)  # fmt: skip
"""The weights are a judgement of ours; what an organisation's own technicians asked for before is added to them."""

SIGNS: dict[str, tuple[int, str]] = {
    "fault": (1, r"\b(?:errors?|issues?|problems?|fail\w*|unable|can ?not|can'?t|couldn'?t|not \w+|\w+n'?t|stuck"
                 r"|hang|hung|wrong|broken|reject\w*|slow\w*|delay\w*)\b"),
    "points": (1, r"\battach\w*|\bscreen ?shots?\b|\bvideo\b|\bappended\b|\blogs?\b"),
    "planned": (-1, r"\b(?:deploy\w*|upgrad\w*|schedul\w*|maintenance|visit|install\w*|releases?|migrat\w*"
                    r"|latest (?:version|fix\w*)|go[- ]live)\b"),
    "order": (-1, r"\b(?:we |i |kindly |please |they )?(?:need|want|would like|require)\b|\b(?:please|kindly|pls|to)"
                  r" (?:your help to )?(?:change|add|open|delete|update|return|allow|enable|disable"
                  r"|create|remove|name|fix)\b"),
    "goes on": (-1, r"\b(?:as (?:per )?(?:discussed|agreed|confirmed|advised|requested)|on behalf|tracking"
                    r"|follow(?:ing)?[- ]up|before|again)\b"),
    "one case": (-1, r"\b(?:below|following|one of|this|specific|number)\b|\d{4,}"),
}  # fmt: skip
"""Sign → (its direction, its words). A fault has to be understood before it can be mended; who points to a picture
leaves the fact out of the text. Planned work and orders say what to do, what goes on from a talk is known to support,
and a case that is named can be looked up."""
_LEAST, _MOST = -4, 2
_SIGNS = {name: (way, re.compile(words)) for name, (way, words) in SIGNS.items()}
TELLS = 0.1
"""How much the share of absent facts counts beside the signs: enough to tell two messages with the same signs apart."""

_ASKED = {
    "evidence": r"\bscreen[- ]?shots?|\battach\w*|\blogs?\b|\bfiles?\b|\bimages?\b|\bvideo|\bexcel|\bsheet|\breports?\b"
                r"|\bsamples?\b|\boutput|\bquery\b|\bresults?\b|\bevidence",
    "item": r"\bdetails?\b|\binformation\b|\brecords?\b|\bnumbers?\b|\bids?\b|\baccounts?\b|\bcustomers?\b"
            r"|\btransactions?\b|\bwhich (?:user|item|order)",
    "environment": r"\bversions?\b|\breleases?\b|\bwhich (?:system|server|application|app|module|device)|\bservers?\b"
                   r"|\bios\b|\bandroid\b|\bbrowser|\benvironment|\bproduction\b|\burl\b",
    "affected": r"\ball (?:the )?users|\bonly (?:one|this)|\bjust (?:this|one|for)|\brepeated|\bothers?\b|\balways\b",
    "error": r"\berrors?\b|\bmessages?\b|\bexception",
    "wanted": r"\bdescription|\brequired\b|\brequested\b|\bshould\b|\bwant\b|\bexpect\w*",
    "steps": r"\bsteps?\b|\bscenario|\bclarify|\bexplain|\bwhat do you mean|\bmore details",
    "since": r"\bsince\b|\bwhen\b|\bhow often",
    "tried": r"\btried\b|\bdid you|\bhave you|\bare you able",
}  # fmt: skip
_ASKED_FOR = {field: re.compile(words) for field, words in _ASKED.items()}
_ASKING = re.compile(
    r"\b(?:please|kindly|could you|can you|would you|appreciate)\b[^.?]{0,60}\b(?:provide|share|send|specify|clarify"
    r"|advi[sc]e (?:if|which|whether|is)|confirm (?:if|whether|the)|attach|tell us"
    r"|let us know (?:if|which|what|the))\b|\?"
)
_NO_FACT = re.compile(
    r"\b(?:remote|connect\w*|session|meeting|join|clos(?:e|ing)|feedback|invitation"
    r"|suitable time|assistance)\b"
)


def asked_for(sentence: str) -> frozenset[str]:
    """The fields that a sentence of support asks the requester for; none when it asks for no fact."""
    folded = fold(sentence[:2000]).text
    if not _ASKING.search(folded) or _NO_FACT.search(folded):
        return frozenset()
    return frozenset(field for field, words in _ASKED_FOR.items() if words.search(folded))


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
_LEARNED = 6.0
"""What it counts that all of an organisation's earlier questions were about one field."""
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


def open_facts(text: str, asked_before: Mapping[str, int] | None = None) -> OpenFacts:
    """What a first message leaves open. Linear in its length; the first 20,000 characters count.

    `asked_before`: field → how many earlier tickets of the organisation had support asking for it.
    """
    folded = fold(text[:20_000]).text
    kind = _kind(folded)
    wanted = [fact for fact in FACTS if fact.weight[kind]]
    absent = [fact for fact in wanted if not _COMPILED[fact.field].search(folded)]
    share = sum(fact.weight[kind] for fact in absent) / sum(fact.weight[kind] for fact in wanted)
    signs = sum(way for way, words in _SIGNS.values() if words.search(folded)) if folded.strip() else _MOST
    score = (1 - TELLS) * (signs - _LEAST) / (_MOST - _LEAST) + TELLS * share
    before = asked_before or {}
    often = sum(before.values())

    def worth(fact: WantedFact) -> float:
        return fact.weight[kind] + _LEARNED * (before.get(fact.field, 0) / often if often else 0.0)

    absent.sort(key=lambda fact: -worth(fact))
    return OpenFacts(kind=kind, score=round(score, 4), absent=tuple(absent))


def _kind(folded: str) -> Kind:
    if _TROUBLE.search(folded):
        return "incident"
    return "question" if _ASKS_WHY.search(folded) else "change"
