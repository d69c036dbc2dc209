"""What a journey left: what was asked, what was written, what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.storage import model_calls, records
from domain.effects import Message, WriteBack
from domain.handoff import Handoff
from domain.language_model import ModelCall
from tests.app.desk import Desk

Shape = list[tuple[str, str | None, str | None, str | None, bool]]


@dataclass(frozen=True)
class Plain:
    """What a ticket comes to without a model."""

    handoff: Handoff
    shape: Shape


def calls_of(desk: Desk, run: str) -> tuple[ModelCall, ...]:
    """What was asked of the model in a run."""
    return desk.services.store.read(lambda c: model_calls.of_run(c, desk.tenant, run))


def handoff_of(desk: Desk) -> Handoff:
    """The one handoff."""
    [handoff] = desk.services.store.read(lambda c: records.handoffs.find(c, desk.tenant, ticket_id="T-1"))
    return handoff


def outbound(desk: Desk) -> Iterator[str]:
    """Every text that leaves: comments and messages."""
    for effect in desk.effects():
        if isinstance(effect.body, WriteBack):
            yield effect.body.comment or ""
        if isinstance(effect.body, Message):
            yield f"{effect.body.subject}\n{effect.body.text}"


def shape_of(desk: Desk) -> Shape:
    """What is done and for whom, without the wording."""
    found = []
    for effect in desk.effects():
        body = effect.body
        if isinstance(body, WriteBack):
            found.append(("change", body.team, body.technician, body.priority, body.public))
        elif isinstance(body, Message):
            found.append(("message", body.to, body.channel, None, False))
    return sorted(found, key=repr)


def same_words(one: Handoff, other: Handoff) -> bool:
    """Whether two handoffs say the same, whoever wrote them."""
    leave = {"id", "at", "source"}
    return one.model_dump(exclude=leave) == other.model_dump(exclude=leave)
