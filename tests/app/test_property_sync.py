"""Everything of a ticket moves together: lost updates are worked out again, and an escalation can be taken back."""

from __future__ import annotations

from datetime import datetime
from threading import Thread

import pytest

from adapters.helpdesks.local import LocalHelpdesk
from app.dispatch import ENDED
from domain.asof import standing
from domain.effects import EffectState, WriteBack
from domain.errors import Unavailable
from domain.escalation import EscalationState
from domain.ticket import Actor, ActorRole, Event, EventKind
from tests.app.desk import LOUD, QUIET, Desk, later
from tests.tickets import comment


def by_hand(number: int, kind: EventKind, **values: str) -> Event:
    actor = Actor(id="kim-osei", role=ActorRole.TECHNICIAN)
    return Event.model_validate({"id": f"h{number}", "at": later(number), "kind": kind, "actor": actor, **values})


def meddle(desk: Desk, monkeypatch: pytest.MonkeyPatch, *events: Event) -> None:
    """Somebody does these things to the ticket, one just before each change that we write."""
    waiting = list(events)
    write = LocalHelpdesk.apply

    def apply(self: LocalHelpdesk, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        if waiting and change.changes:
            desk.services.store.record_event(tenant, None, change.ticket_id, waiting.pop(0))
        return write(self, tenant, key, change, at)

    monkeypatch.setattr(LocalHelpdesk, "apply", apply)


def goes_up_from_the_desk(desk: Desk) -> None:
    """T-1 is with Kim of the service desk when its requester asks for an escalation."""
    desk.opens(QUIET)
    desk.hears(by_hand(1, EventKind.ASSIGNMENT, team="service-desk", technician="kim-osei"))
    desk.hears(comment("e2", LOUD, at=later(2)))


def test_every_change_of_a_handover_says_what_was_and_why(desk: Desk) -> None:
    desk.opens(LOUD)

    [raised] = desk.escalations()
    fields = {one.field: one for one in raised.properties}
    assert set(fields) >= {"priority", "status", "tier", "team", "technician"}
    assert (fields["priority"].was, fields["priority"].to) == ("low", "high")
    assert fields["priority"].why == "set by escalation rule desk-to-specialists"
    assert all(one.why for one in raised.properties)


def test_a_lost_update_is_worked_out_again_on_fresh_data(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    meddle(desk, monkeypatch, by_hand(1, EventKind.PRIORITY, to="critical"))

    desk.opens(LOUD)

    now = standing(desk.services.store.ticket(desk.tenant, "T-1"))
    [raised] = desk.escalations()
    assert (now.priority, now.team) == ("critical", raised.to_team)
    assert "priority" not in {one.field for one in raised.properties}, "what somebody else set is not ours to take back"
    writes = [(one, one.body) for one in desk.effects() if isinstance(one.body, WriteBack)]
    (refused, _), (written, _) = sorted(writes, key=lambda pair: pair[1].attempt)
    assert refused.receipt is not None and refused.receipt.startswith("worked out again: priority of T-1 is critical")
    assert written.state == EffectState.DONE


def test_an_owner_whom_a_person_chose_meanwhile_is_the_one_the_escalation_names(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = by_hand(1, EventKind.ASSIGNMENT, team="applications", technician="lena-brook", tier="L2")
    meddle(desk, monkeypatch, chosen)

    desk.opens(LOUD)

    [raised] = desk.escalations()
    assert (raised.to_team, raised.technician) == ("applications", "lena-brook")
    assert standing(desk.services.store.ticket(desk.tenant, "T-1")).technician == "lena-brook"


def test_a_ticket_that_keeps_changing_is_given_to_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("critical", "medium", "low", "medium", "low", "medium")
    meddle(desk, monkeypatch, *(by_hand(n, EventKind.STATUS, to=f"state {name}{n}") for n, name in enumerate(names, 1)))
    desk.opens(LOUD)
    changes = [one for one in desk.effects() if isinstance(one.body, WriteBack)]

    assert len(changes) <= 6
    assert {one.state for one in changes} <= {EffectState.DONE, EffectState.FAILED}
    assert standing(desk.services.store.ticket(desk.tenant, "T-1")).team is not None


def test_taking_an_escalation_down_sets_everything_back_and_tells_why(desk: Desk) -> None:
    goes_up_from_the_desk(desk)
    before = standing(desk.services.store.ticket(desk.tenant, "T-1"))

    desk.moves(EscalationState.DE_ESCALATED, by="kim-osei", why="a reboot helped")

    now = standing(desk.services.store.ticket(desk.tenant, "T-1"))
    assert before.tier == "L2"
    assert (now.priority, now.tier, now.team) == ("low", "L1", "service-desk")
    assert (now.technician, now.status) == ("kim-osei", "new")
    assert "de-escalated" in now.tags
    note = next(one for one in desk.changes() if "taken down by kim-osei: a reboot helped" in (one.comment or ""))
    assert not note.public and {change.field for change in note.changes} >= {"priority", "tier", "team", "technician"}


def test_taking_down_leaves_what_a_person_changed_since(desk: Desk) -> None:
    goes_up_from_the_desk(desk)
    desk.hears(by_hand(3, EventKind.PRIORITY, to="critical"))

    desk.moves(EscalationState.DE_ESCALATED, by="kim-osei", why="calm")

    now = standing(desk.services.store.ticket(desk.tenant, "T-1"))
    assert (now.priority, now.team) == ("critical", "service-desk")


def test_a_handover_that_was_still_to_be_written_when_it_was_taken_down_is_never_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, store, engine = LocalHelpdesk.apply, desk.services.store, desk.services.engine

    def apply(self: LocalHelpdesk, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Does not answer, and meanwhile the escalation is taken down."""
        [raised] = desk.escalations()
        if raised.ended:
            return write(self, tenant, key, change, at)
        down = EscalationState.DE_ESCALATED
        _, run = store.move_escalation(tenant, raised.id, down, by="kim-osei", why="a reboot helped", at=later(3))
        Thread(target=engine.go_on, args=(tenant, "T-1", run)).start()
        raise Unavailable("the helpdesk does not answer")

    monkeypatch.setattr(LocalHelpdesk, "apply", apply)
    goes_up_from_the_desk(desk)

    now = standing(desk.ticket())
    assert (now.priority, now.tier, now.team, now.technician) == ("low", None, "service-desk", "kim-osei")
    assert "de-escalated" in now.tags
    written = {one.body.takes_back: one for one in desk.effects() if isinstance(one.body, WriteBack)}
    assert (written[False].receipt, written[True].state) == (ENDED, EffectState.DONE)
    [note] = [one.body for one in desk.ticket().events if one.actor_id == "tierwise" and one.body]
    assert note.startswith("The escalation was taken down by kim-osei") and "somebody set it since" not in note
