"""What an outbreak makes us do outside: who is told and asked, which tickets are tied together, and when they part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from domain.effects import Message, WriteBack
from domain.notices import Notice, messages
from domain.outbreak import Outbreak
from domain.policy.policy import Policy
from domain.ticket import EventKind, Ticket

Body = WriteBack | Message
MAJOR = "major-incident"
"""A ticket with this tag is the parent where there is one; a confirmed parent gets it."""
CANDIDATE = "outbreak-candidate"
_SHARED = "Several people report the same. We work on all of it together and will tell you here when it is solved."


def parent_among(tickets: Iterable[Ticket]) -> Ticket:
    """The ticket tagged as a major incident, else the earliest. There is at least one."""
    return min(tickets, key=lambda one: (not _tagged(one), one.created_at, one.id))


def on_proposal(outbreak: Outbreak, parent: Ticket, policy: Policy, at: datetime) -> tuple[Body, ...]:
    """The question whether it is one, to the people that the rules for `outbreak_proposed` name."""
    text = "\n".join([
        outbreak.evidence.text,
        f"Proposed parent: {parent.id}. Under it: {', '.join(one.ticket_id for one in outbreak.present)}.",
        f"Is it one? Confirm, reject or split it: POST /v1/outbreaks/{outbreak.id}/decision",
    ])  # fmt: skip
    notice = Notice(
        occasion="outbreak_proposed", ticket=parent, at=at, headline="Outbreak suspected", public_text="",
        internal_text=text,
    )  # fmt: skip
    change = WriteBack(ticket_id=parent.id, comment=text, tags=(CANDIDATE,), why="an outbreak is suspected")
    return (change, *messages(policy, notice))


def on_confirmation(
    outbreak: Outbreak, parent: Ticket, children: Iterable[Ticket], policy: Policy, at: datetime
) -> Iterator[Body]:
    """Ties the children to the parent; one note in the parent names them all."""
    under = tuple(children)
    text = (
        f"Confirmed as an outbreak. {outbreak.evidence.text} Under this ticket: {', '.join(one.id for one in under)}."
    )
    yield WriteBack(ticket_id=parent.id, comment=text, tags=(MAJOR,), why="the outbreak was confirmed")
    for child in under:
        yield from on_joining(parent, child, policy, at)


def on_joining(parent: Ticket, child: Ticket, policy: Policy, at: datetime) -> Iterator[Body]:
    """Ties one child to the parent of a confirmed outbreak, and tells its requester once."""
    yield WriteBack(ticket_id=child.id, comment=_SHARED, public=True, child_of=parent.id, why="part of an outbreak")
    yield from _to_requester("outbreak_confirmed", child, "Known problem", _SHARED, policy, at)


def on_parting(outbreak: Outbreak, children: Iterable[Ticket], why: str) -> Iterator[Body]:
    """Unties children: each is a ticket of its own again, with its own clock."""
    for child in children:
        text = f"No longer under {outbreak.parent}: {why}. This ticket has its own clock again."
        yield WriteBack(ticket_id=child.id, comment=text, left_parent=outbreak.parent, why="split off an outbreak")


def on_solution(parent: Ticket, children: Iterable[Ticket], policy: Policy, at: datetime) -> Iterator[Body]:
    """The parent is resolved: the children's requesters are told, and the children follow as the policy says."""
    apply = policy.outbreaks.children.resolve == "apply"
    for child in children:
        text = "The problem that several people reported is solved. Please write here if you still have it."
        if apply:
            yield WriteBack(
                ticket_id=child.id, comment=text, public=True, resolution=f"Solved with {parent.id}.",
                why="its outbreak is solved",
            )  # fmt: skip
        else:
            proposal = f"{parent.id} is resolved. Proposed: resolve this ticket as well."
            yield WriteBack(ticket_id=child.id, comment=proposal, why="its outbreak is solved")
            yield WriteBack(ticket_id=child.id, comment=text, public=True, why="its outbreak is solved")
        yield from _to_requester("outbreak_ended", child, "Solved", text, policy, at)


def _to_requester(
    occasion: Literal["outbreak_confirmed", "outbreak_ended"], child: Ticket, headline: str, text: str, policy: Policy,
    at: datetime,
) -> tuple[Message, ...]:  # fmt: skip
    notice = Notice(occasion=occasion, ticket=child, at=at, headline=headline, public_text=text, internal_text=text)
    return messages(policy, notice)


def _tagged(ticket: Ticket) -> bool:
    return any(
        event.kind == EventKind.FIELD and event.field == "tag" and str(event.to).casefold() == MAJOR
        for event in ticket.events
    )
