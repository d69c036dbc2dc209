"""Dialogue files: `{"id", "turns": [{"role", "text"}], "summaries": […]}` a line, read as tickets.

Public files of support on social networks name the role of the first turn only, and their makers took the @ away from
names. So a turn that opens by addressing the company is the customer's, told by the file's own turns; addressees and
shortened links at either end are no words of the writer and are left out of what can be chosen.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ConfigDict

from domain.base import Record
from domain.errors import BadInput
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from evals.predictions import Id, wrong_with
from evals.threads import Rejected, first_of, lines_of

_CUSTOMER = frozenset({"customer", "user", "requester", "client", "caller"})
_SUPPORT = frozenset({"agent", "technician", "support", "staff", "assistant", "bot", "system", "company"})
_BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
"""Dialogues carry no times; turns are a minute apart from here, which keeps their order and says nothing else."""
_LINK = r"(?:<link>|https?://\S+)"
_LINK_AT_END = re.compile(rf"(?:\s*{_LINK})+\s*$", re.IGNORECASE)
_CAPITALS = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}")
_NAME = re.compile(r"@?\w+")
_LONG_NAME = 6
_COMMON = re.compile(
    r"hi|hello|hey|thanks?|sorry|yes|yeah|no|nope|ok(?:ay)?|great|good|the|i'?m?|i'?ve|we|well|please|can|could|would|you"
    r"|your|its?|this|that|is|and|but|so|what|how|why|when|where|which|who|got|just|my|not|dm|a|if|have|has|do|did"
    r"|does|are|also|apologies|afraid|lets?|to|in|on|at|for|one|all|oh|still|as|there|they|he|she|our|unfortunately"
    r"|actually|because|really|however|after|before"
)
_SUPPORT_SAYS = re.compile(
    r"\b(?:dm us|let us know|we can|we'?ll|we'?d|we'?re here|our team|apologi[sz]e|thanks for|thank you for|reach out"
    r"|please (?:dm|send|share|contact|call|follow|provide|try)|can you|could you|may we|hi|hello|hey)\b",
    re.IGNORECASE,
)
_OWN_MATTER = re.compile(r"\b(?:i|my|me|i'?m|i'?ve)\b", re.IGNORECASE)


class Turn(Record):
    """One message of a dialogue; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: str | None = None
    text: str


class Dialogue(Record):
    """One line of a file; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    turns: tuple[Turn, ...]
    summaries: tuple[str, ...] = ()


def read_dialogues(path: Path) -> tuple[tuple[Dialogue, ...], tuple[Rejected, ...]]:
    """Every dialogue, and the lines set aside. Raises `BadInput` when the file cannot be read or holds none."""
    found: dict[str, Dialogue] = {}
    rejected: list[Rejected] = []
    for number, line in lines_of(path):
        try:
            dialogue = Dialogue.model_validate(json.loads(line))
        except (ValueError, RecursionError) as error:
            rejected.append(Rejected(line=number, error=f"no dialogue: {wrong_with(error)}"))
            continue
        if str(dialogue.id) in found:
            rejected.append(Rejected(line=number, error=f"dialogue {dialogue.id!r} stands on an earlier line already"))
            continue
        found[str(dialogue.id)] = dialogue
    if not found:
        raise BadInput(
            f"{path}: no dialogue could be read{first_of(rejected)}",
            mend='write one object a line: {"id", "turns": [{"role", "text"}]}',
        )
    return tuple(found.values()), tuple(rejected)


def as_ticket(dialogue: Dialogue) -> Ticket:
    """The dialogue as a ticket; the event of turn 3 has the id "3". Unknown roles are told by whom a turn addresses."""
    texts = [turn.text for turn in dialogue.turns]
    names = addressed(texts)
    roles = _roles(dialogue.turns, names)
    events = tuple(
        Event(
            id=str(number),
            at=_BEGUN + timedelta(minutes=number),
            kind=EventKind.COMMENT,
            actor=Actor(id=str(role), role=role),
            visibility="public",
            body=own_words(text, names),
        )
        for number, (text, role) in enumerate(zip(texts, roles, strict=True))
    )
    return Ticket(id=str(dialogue.id) or "dialogue", source="dialogues", created_at=_BEGUN, events=events)


def addressed(texts: Sequence[str]) -> frozenset[str]:
    """The names, lower-cased, with which turns address the company."""
    openers = Counter(opener.lower() for text in texts if (opener := _opener(text)))
    first = {word.lower().lstrip("@") for word in _NAME.findall(texts[0])} if texts else set()
    written = {opener.lower(): opener for text in texts if (opener := _opener(text))}
    return frozenset(
        name
        for name, times in openers.items()
        if not _COMMON.fullmatch(name)
        and len(name) > 1
        and (times > 1 or name in first)
        and (_CAPITALS.search(written[name]) or (times > 1 and name in first) or len(name) >= _LONG_NAME)
    )


def own_words(text: str, names: frozenset[str]) -> str:
    """The text without the names it opens with and the links it ends with; the text itself when nothing is left."""
    left = text.strip()
    while (opener := _opener(left)) and opener.lower() in names:
        left = left.lstrip("@.,!?: ")[len(opener) :].lstrip("@.,!?: ")
    return _LINK_AT_END.sub("", left).strip() or text


def _opener(text: str) -> str:
    """The first word, without signs around it."""
    words = text.split(maxsplit=1)
    return words[0].strip("@.,!?:") if words else ""


def _roles(turns: Sequence[Turn], names: frozenset[str]) -> list[ActorRole]:
    addressing = [_opener(turn.text).lower() in names for turn in turns]
    told = any(addressing[1:])
    return [
        _role(turn, first=not number, addresses=addresses, told=told)
        for number, (turn, addresses) in enumerate(zip(turns, addressing, strict=True))
    ]


def _role(turn: Turn, *, first: bool, addresses: bool, told: bool) -> ActorRole:
    given = (turn.role or "").lower()
    if given in _CUSTOMER or given in _SUPPORT:
        return ActorRole.REQUESTER if given in _CUSTOMER else ActorRole.TECHNICIAN
    about_oneself = bool(_OWN_MATTER.search(turn.text)) and not _SUPPORT_SAYS.search(turn.text)
    if first or addresses or (not told and about_oneself):
        return ActorRole.REQUESTER
    return ActorRole.TECHNICIAN
