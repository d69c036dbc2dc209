"""When a helpdesk refuses a change because somebody was faster: the change is worked out again on what is there now."""

from __future__ import annotations

import structlog

from adapters.storage import outbox, records
from adapters.storage.store import Store
from domain.asof import standing
from domain.effects import Effect, Message, WriteBack, effect
from domain.errors import LostUpdate
from domain.helpdesk import Helpdesk
from domain.notices import Notice, messages
from domain.policy.policy import Policy
from domain.ports import Clock
from domain.properties import OWNERSHIP, PropertyChange
from domain.thresholds import WRITE_AGAIN
from domain.ticket import Ticket
from domain.writing import on_fresh_data

log = structlog.get_logger(__name__)


class LostUpdates:
    """Replaces a refused change by one on fresh data, a few times; then a person is told."""

    def __init__(self, store: Store, helpdesk: Helpdesk, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._policy = policy
        self._clock = clock

    def again(self, tenant: str, item: Effect, change: WriteBack, error: LostUpdate) -> str:
        """What became of the refused change; it is closed and what follows is in the outbox, both or neither."""
        ticket = self._helpdesk.ticket(tenant, change.ticket_id)
        if change.attempt >= WRITE_AGAIN:
            follow, result = self._tell(change, item, ticket, error), f"given to a person: {error}"
        else:
            fresh = on_fresh_data(change, ticket, self._policy)
            follow = () if fresh is None else (effect(fresh, step=f"{item.key}:again", at=self._clock.now()),)
            result = f"worked out again: {error}" if follow else "dropped: the ticket had ended"
        log.warning("lost update", ticket=ticket.id, key=item.key, attempt=change.attempt, error=str(error))

        with self._store.together() as connection:
            for one in follow:
                outbox.put(connection, tenant, ticket.id, one)
            self._note(tenant, change, follow, ticket)
            if change.attempt >= WRITE_AGAIN:
                outbox.fail(connection, tenant, item.key, error=result, final=True)
            else:
                outbox.finish(connection, tenant, item.key, receipt=result, at=self._clock.now())
        return result

    def _note(self, tenant: str, change: WriteBack, follow: tuple[Effect, ...], ticket: Ticket) -> None:
        """The escalation says what is really written and who really has it, so that it can be taken back later."""
        if change.escalation_id is None:
            return
        found = self._store.read(lambda c: records.escalations.get_or_none(c, tenant, change.escalation_id or ""))
        if found is None or found.ended:
            return
        written = tuple(one for item in follow if isinstance(item.body, WriteBack) for one in item.body.changes)
        kept = tuple(one for one in found.properties if one not in change.changes)
        update: dict[str, object] = {"properties": (*kept, *written), "version": found.version + 1}
        if _owned(change.changes) and not _owned(written):
            now = standing(ticket)
            update |= {"to_team": now.team, "to_tier": now.tier or found.to_tier, "technician": now.technician}
        after = found.model_copy(update=update)
        self._store.write(
            lambda c: records.escalations.replace(
                c, tenant, after, id=after.id, expected=found.version, state=after.state, version=after.version
            )
        )

    def _tell(self, change: WriteBack, item: Effect, ticket: Ticket, error: LostUpdate) -> tuple[Effect, ...]:
        at = self._clock.now()
        wanted = "\n".join(f"- {one.field}: {one.to or 'none'}: {one.why}" for one in change.changes)
        text = (
            f"Tierwise could not write this, because the ticket keeps changing ({error.message}). Please set:\n{wanted}"
        )
        note = WriteBack(ticket_id=ticket.id, comment="\n\n".join(filter(None, (text, change.comment))), why=change.why)
        notice = Notice(
            occasion="could_not_write", ticket=ticket, at=at, headline="A change could not be written",
            public_text="", internal_text=text, escalation_id=change.escalation_id,
        )  # fmt: skip
        bodies: tuple[WriteBack | Message, ...] = (note, *messages(self._policy, notice))
        return tuple(effect(body, step=f"{item.key}:given up", at=at) for body in bodies)


def _owned(changes: tuple[PropertyChange, ...]) -> bool:
    return any(one.field in OWNERSHIP for one in changes)
