"""What was asked back for after a ticket was handed over: read once from the events, then asked as of any moment.

A hand-over is a climb to a higher tier, or an assignment to another team. What counts afterwards is written by somebody
who had not worked on the ticket before: a question to the requester or to the desk, and the words with which it is
sent back. Which field of which form that is about is decided when the question is asked (`domain.asked_back`), so
that another policy needs no other history.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.asked_back import AskedBack
from domain.text.own import own_text
from domain.text.sentences import sentence_texts
from domain.thresholds import READ_AT_MOST
from domain.ticket import ActorRole, Event, EventKind, Ticket, Tier

_RANK = {tier.value: rank for rank, tier in enumerate(Tier)}
_LONGEST = 300
"""Characters of one sentence that are kept."""

Kind = Literal["handover", "question", "sent_back"]


@dataclass(frozen=True)
class AskBack:
    """One hand-over, or one sentence that asks for something after it."""

    ticket_id: str
    at: datetime
    category: str | None
    kind: Kind
    text: str = ""


def ask_backs(ticket: Ticket) -> tuple[AskBack, ...]:
    """Every hand-over of the (whole) ticket and what was asked after it, in order."""
    return tuple(_walk(ticket))


def asked_back(known: Iterable[AskBack], category: str | None, at: datetime) -> AskedBack:
    """What was known at `at` of hand-overs of a category (none: of all)."""
    seen = [one for one in known if one.at <= at and _same(category, one.category)]
    handed = {one.ticket_id for one in seen if one.kind == "handover"}
    said = dict.fromkeys((one.ticket_id, one.text) for one in seen if one.kind != "handover" and one.text)
    # A sentence of a ticket whose hand-over fell into another category has no hand-over to be counted with.
    return AskedBack(
        category=category, handovers=len(handed), questions=tuple(pair for pair in said if pair[0] in handed)
    )


def _walk(ticket: Ticket) -> Iterator[AskBack]:
    category, team, rank = ticket.category, None, None
    before: set[str] = set()
    met: set[str] = set()
    handed = False
    last_note: Event | None = None
    for event in ticket.events:
        if event.kind == EventKind.CATEGORY and event.to is not None:
            category = str(event.to)
        move, team, rank = _move(event, team, rank)
        if move == "up":
            handed, last_note = True, None
            before |= met
            yield AskBack(ticket.id, event.at, category, "handover")
        elif move == "down" and handed:
            for body in (event.body, last_note.body if last_note else None):
                yield from (AskBack(ticket.id, event.at, category, "sent_back", one) for one in _sentences(body))
            handed = False
        if event.role == ActorRole.TECHNICIAN and event.actor_id:
            met.add(event.actor_id)
            if handed and event.is_message and event.actor_id not in before:
                last_note = event
                asking = (one for one in _sentences(event.body) if one.rstrip().endswith("?"))
                yield from (AskBack(ticket.id, event.at, category, "question", one) for one in asking)


def _move(event: Event, team: str | None, rank: int | None) -> tuple[str | None, str | None, int | None]:
    """("up", "down" or neither, the team after the event, its tier's rank)."""
    named = event.tier or (str(event.to) if event.kind == EventKind.TIER and event.to is not None else None)
    if rank is None and event.kind == EventKind.TIER and event.from_ is not None:
        rank = _RANK.get(str(event.from_))
    new_rank = _RANK.get(named) if named else rank
    new_team = event.team or team
    move = None
    if new_rank is not None and rank is not None and new_rank != rank:
        move = "up" if new_rank > rank else "down"
    elif event.kind == EventKind.ASSIGNMENT and team is not None and new_team != team and named is None:
        # Without tiers nobody knows up from down: the other team has to work with what it gets.
        move = "up"
    return move, new_team, new_rank


def _sentences(body: str | None) -> Iterator[str]:
    for sentence in sentence_texts(own_text((body or "")[:READ_AT_MOST])):
        if sentence.strip():
            yield " ".join(sentence.split())[:_LONGEST]


def _same(wanted: str | None, category: str | None) -> bool:
    return wanted is None or (category is not None and category.lower() == wanted.lower())
