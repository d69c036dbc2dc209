"""Outbreaks in SQL: a record together with everything its change makes us do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection

from adapters.storage import inbox, outbox, records, sightings
from adapters.storage.store import own_delivery
from domain.effects import Message, WriteBack, effect
from domain.errors import Conflict
from domain.journey import OutbreakDecided, Timer
from domain.outbreak import Outbreak, OutbreakState


def put(connection: Connection, tenant: str, outbreak: Outbreak, under: Iterable[str] = ()) -> None:
    """Writes an outbreak and which tickets were put under it; while it is proposed, a timer asks whether it is over."""
    records.outbreaks.put(
        connection, tenant, outbreak, id=outbreak.id, ticket_id=outbreak.parent, at=outbreak.detected_at,
        state=outbreak.state, version=outbreak.version, once=True,
    )  # fmt: skip
    sightings.put_under(connection, tenant, under, outbreak.id)
    if outbreak.state == OutbreakState.PROPOSED:
        quiet = Timer(
            key=f"outbreak_quiet:{outbreak.id}", ticket_id=outbreak.parent, timer="outbreak_quiet",
            subject_id=outbreak.id, due_at=outbreak.quiet_after,
        )  # fmt: skip
        records.timers.put(connection, tenant, quiet)


def act(
    connection: Connection, tenant: str, outbreak: Outbreak, step: str, bodies: Iterable[WriteBack | Message],
    at: datetime, look_again: Iterable[str] = (),
) -> None:  # fmt: skip
    """Puts effects into the outbox, and lets triage look at tickets again at once."""
    for body in bodies:
        outbox.put(connection, tenant, body.ticket_id, effect(body, step=f"{outbreak.id}:{step}", at=at))
    for id in look_again:
        timer = Timer(key=f"look_again:{id}", ticket_id=id, timer="look_again", subject_id=outbreak.id, due_at=at)
        records.timers.put(connection, tenant, timer)


def decide(
    connection: Connection, tenant: str, outbreak_id: str, expected: int | None,
    word: Callable[[Outbreak], tuple[Outbreak, OutbreakDecided]], at: datetime,
) -> tuple[Outbreak, str]:  # fmt: skip
    """A person's word with the delivery that carries it out; (the outbreak, the run). Raises what `word` raises,
    `NotFound` and `Conflict`."""
    before = records.outbreaks.get(connection, tenant, outbreak_id)
    if expected is not None and expected != before.version:
        raise Conflict(f"outbreak {outbreak_id} was changed by somebody else", mend="read it again, then decide")
    after, arrival = word(before)
    records.outbreaks.replace(
        connection, tenant, after, id=after.id, expected=before.version, state=after.state, version=after.version
    )
    delivery = own_delivery(tenant, f"outbreak:{after.id}:{after.version}", arrival, at)
    return after, inbox.accept(connection, tenant, delivery)[0]


def newest_of(connection: Connection, tenant: str, ticket_ids: list[str]) -> Outbreak | None:
    """The newest outbreak that any of these tickets was put under."""
    ids = sightings.outbreaks_of(connection, tenant, ticket_ids)
    known = [one for id in ids if (one := records.outbreaks.get_or_none(connection, tenant, id)) is not None]
    return max(known, key=lambda one: (one.detected_at, one.id), default=None)
