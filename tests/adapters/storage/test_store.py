"""The records database: each change whole or not at all, each delivery and effect once, each tenant alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.storage import inbox, outbox, records
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.store import Store, own_delivery
from domain.approval import Approval, ApprovalAction, ApprovalState
from domain.effects import EffectState, WriteBack, effect
from domain.errors import BadEvent, Conflict, DeliveryReused, DiskFull, IllegalMove, NotFound, Unavailable
from domain.escalation import Escalation, EscalationState
from domain.journey import EventArrived, Timer, TimerFired
from domain.knowledge import ArticleBody, Draft, DraftState, KnowledgeChoice
from domain.recording import Changes
from domain.ticket import Event
from tests.conftest import NOW
from tests.tickets import comment, ticket

NOTE = effect(WriteBack(ticket_id="T-1", comment="Hello", why="why"), step="run_1:ask", at=NOW)
ESCALATION = Escalation(
    id="esc_1", ticket_id="T-1", state=EscalationState.HANDED_OVER, opened_at=NOW, updated_at=NOW, risk=70,
    reason="risk", decision_id="dec_1", run_id="run_1",
)  # fmt: skip
DRAFT = Draft(
    id="drf_1", ticket_id="T-1", escalation_id="esc_1", at=NOW, choice=KnowledgeChoice.NEW, why="new",
    state=DraftState.AWAITING_REVIEW, article=ArticleBody(title="VPN", symptom="It drops."),
)  # fmt: skip
_ACTION = ApprovalAction(action="grant", ticket_id="T-1", requester="rita", risk="high")
APPROVAL = Approval(
    id="apr_1", escalation_id="esc_1", rule="db", action=_ACTION, content_hash=_ACTION.hash, approvers=("ann", "ben"),
    quorum=2, requested_at=NOW, decide_by=NOW + timedelta(hours=8),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "records.db")
    yield opened
    opened.close()


def _save(store: Store, changes: Changes, tenant: str = "a") -> None:
    asyncio.run(SqlJourneyRecords(store.engine).save(tenant, changes))


def _changes(**parts: object) -> Changes:
    return Changes.model_validate({"run_id": "run_1", "ticket_id": "T-1", **parts})


# Tickets


def test_an_unknown_event_id_is_new_and_a_known_one_is_not(store: Store) -> None:
    store.put_tickets("a", [ticket()])
    grown = store.record_event("a", None, "T-1", comment("e2", "Hello"))
    assert [event.id for event in grown.events] == ["e1", "e2"]
    assert store.record_event("a", None, "T-1", comment("e2", "Hello")) == grown


def test_another_event_under_a_known_id_is_refused_and_nothing_is_written(store: Store) -> None:
    store.put_tickets("a", [ticket()])
    with pytest.raises(BadEvent, match="has another event 'e1'; give each event its own id"):
        store.record_event("a", None, "T-1", comment("e1", "Other"))
    assert store.ticket("a", "T-1") == ticket()


def test_an_event_older_than_its_ticket_is_refused_with_the_ticket_that_came_along(store: Store) -> None:
    with pytest.raises(BadEvent, match="is older than its ticket"):
        store.record_event("a", ticket(), "T-1", comment("e0", "Too early", at=NOW - timedelta(days=9)))
    with pytest.raises(NotFound):
        store.ticket("a", "T-1")


def test_an_event_that_comes_late_takes_its_place_in_time(store: Store) -> None:
    store.put_tickets("a", [ticket()])
    for event in (comment("e3", "Later", at=NOW), comment("e2", "Sooner", at=NOW - timedelta(minutes=5))):
        store.record_event("a", None, "T-1", event)
    assert [event.id for event in store.ticket("a", "T-1").events] == ["e1", "e2", "e3"]


def test_a_ticket_of_another_tenant_does_not_exist(store: Store) -> None:
    store.put_tickets("a", [ticket()])
    with pytest.raises(NotFound, match="check the id, or import the ticket first"):
        store.ticket("b", "T-1")
    assert store.put_tickets("b", [ticket(body="Another")]).added == ("T-1",)
    assert store.ticket("a", "T-1") == ticket()


# Inbox


def _arrives(event: Event) -> EventArrived:
    return EventArrived(ticket_id="T-1", event=event)


def test_a_delivery_is_taken_once_even_by_many_at_a_time(store: Store) -> None:
    delivery = own_delivery("a", "d-1", _arrives(comment("e2", "Hello")), NOW)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: store.accept("a", delivery), range(24)))
    assert sorted(new for _, new in taken) == [False] * 23 + [True]
    assert {run for run, _ in taken} == {delivery.run_id}
    assert store.read(inbox.waiting) == [("a", "T-1", delivery.run_id)]


def test_deliveries_of_many_writers_are_all_kept(store: Store) -> None:
    deliveries = [own_delivery("a", f"d-{n}", _arrives(comment(f"e{n}", "x")), NOW) for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: store.accept("a", one), deliveries))
    seen = []
    while (one := store.next_delivery("a", "T-1")) is not None:
        seen.append(one.delivery_id)
        store.finish_delivery("a", one.run_id, "done")
    assert sorted(seen) == sorted(one.delivery_id for one in deliveries)


def test_a_delivery_comes_back_as_it_arrived_absent_keys_and_all(store: Store) -> None:
    bare = Event.model_validate({"id": "e2", "at": "2026-10-14T11:00:00+02:00", "kind": "status", "from": None})
    delivery = own_delivery("a", "d-1", _arrives(bare), NOW)
    store.accept("a", delivery)
    back = store.next_delivery("a", "T-1")
    assert back == delivery
    assert back is not None and isinstance(back.arrival, EventArrived)
    assert back.arrival.event.model_fields_set == bare.model_fields_set
    assert back.arrival.event.at.utcoffset() == timedelta(hours=2)


def test_a_delivery_id_with_another_body_is_refused(store: Store) -> None:
    store.accept("a", own_delivery("a", "d-1", _arrives(comment("e2", "Hello")), NOW))
    with pytest.raises(DeliveryReused, match="give each delivery an id of its own"):
        store.accept("a", own_delivery("a", "d-1", _arrives(comment("e2", "Goodbye")), NOW))


# Effects and timers


def test_an_effect_is_written_down_once_and_a_carried_out_one_stays_so(store: Store) -> None:
    _save(store, _changes(effects=(NOTE,)))
    store.write(lambda c: outbox.finish(c, "a", NOTE.key, receipt="3 events", at=NOW))
    _save(store, _changes(effects=(NOTE,)))
    done = store.effect("a", NOTE.key)
    assert (done.state, done.receipt, done.attempts) == (EffectState.DONE, "3 events", 1)
    assert store.read(outbox.waiting) == []


def test_an_effect_that_failed_for_good_is_no_longer_tried_and_says_why(store: Store) -> None:
    _save(store, _changes(effects=(NOTE,)))
    store.write(lambda c: outbox.fail(c, "a", NOTE.key, error="no answer", final=False))
    assert store.read(outbox.waiting) == [("a", NOTE.key)]
    store.write(lambda c: outbox.fail(c, "a", NOTE.key, error="gone", final=True))
    store.write(lambda c: outbox.finish(c, "a", NOTE.key, receipt="late", at=NOW))
    failed = store.effect("a", NOTE.key)
    assert (failed.state, failed.error, failed.attempts, failed.receipt) == (
        EffectState.FAILED,
        "gone",
        2,
        None,
    )


def test_a_timer_that_was_set_anew_is_not_dropped_by_the_old_one(store: Store) -> None:
    old = Timer(key="look", ticket_id="T-1", timer="look_again", subject_id="dec_1", due_at=NOW)
    new = old.model_copy(update={"due_at": NOW + timedelta(hours=1)})
    _save(store, _changes(timers=(old,)))
    [(tenant, due)] = store.due_timers(NOW)
    _save(store, _changes(timers=(new,)))
    fired = TimerFired(ticket_id="T-1", timer="look_again", subject_id="dec_1")
    store.fire(tenant, due, own_delivery("a", "t-1", fired, NOW))
    assert store.due_timers(NOW) == []
    assert [timer for _, timer in store.due_timers(NOW + timedelta(hours=1))] == [new]


# Records and people's decisions


def test_a_save_is_whole_or_not_at_all(store: Store) -> None:
    broken = NOTE.model_copy(update={"created_at": "no moment"})
    with pytest.raises(Exception, match="astimezone"):
        _save(store, _changes(escalation=ESCALATION).model_copy(update={"effects": (broken,)}))
    with pytest.raises(NotFound):
        store.read(lambda c: records.escalations.get(c, "a", "esc_1"))


def test_an_older_version_never_overwrites_a_newer(store: Store) -> None:
    accepted = ESCALATION.move(EscalationState.ACCEPTED, at=NOW, by="kim", why="mine")
    _save(store, _changes(escalation=accepted))
    _save(store, _changes(escalation=ESCALATION))
    assert store.read(lambda c: records.escalations.get(c, "a", "esc_1")) == accepted


def test_of_two_people_who_decide_at_once_one_is_told(store: Store) -> None:
    _save(store, _changes(escalation=ESCALATION))
    to = EscalationState.ACCEPTED
    store.move_escalation("a", "esc_1", to, by="kim", why="mine", at=NOW, expected=1)
    with pytest.raises(IllegalMove):
        store.move_escalation("a", "esc_1", to, by="sam", why="mine", at=NOW, expected=1)
    with pytest.raises(Conflict, match="was changed by somebody else; read it again"):
        store.move_escalation("a", "esc_1", EscalationState.BOUNCED, by="sam", why="no", at=NOW, expected=1)


def test_the_votes_of_many_at_once_are_all_counted_and_decide_once(store: Store) -> None:
    _save(store, _changes(approval=APPROVAL))

    def vote(by: str) -> str | None:
        decided = lambda one: one.vote(by=by, approve=True, seen_hash=APPROVAL.content_hash, at=NOW)  # noqa: E731
        return store.decide_approval("a", "apr_1", decided, NOW)[1]

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(vote, ("ann", "ben")))
    assert len([run for run in runs if run is not None]) == 1
    granted = store.read(lambda c: records.approvals.get(c, "a", "apr_1"))
    assert granted.state == ApprovalState.GRANTED and len(granted.votes) == 2
    assert len(store.read(inbox.waiting)) == 1


def test_a_refused_vote_leaves_no_trace(store: Store) -> None:
    _save(store, _changes(approval=APPROVAL))
    with pytest.raises(Conflict):
        store.decide_approval(
            "a",
            "apr_1",
            lambda one: one.vote(by="ann", approve=False, seen_hash=one.content_hash, at=NOW),
            NOW,
        )
    assert store.read(lambda c: records.approvals.get(c, "a", "apr_1")) == APPROVAL
    assert store.read(inbox.waiting) == []


def test_a_draft_is_edited_and_reviewed_only_as_it_was_seen(store: Store) -> None:
    _save(store, _changes(draft=DRAFT))
    text = ArticleBody(title="VPN drops", symptom="It drops.")
    edited = store.edit_draft("a", "drf_1", text, expected=1)
    assert (edited.version, edited.article) == (2, text)
    with pytest.raises(Conflict):
        store.edit_draft("a", "drf_1", text, expected=1)
    with pytest.raises(Conflict):
        store.review_draft("a", "drf_1", approve=True, by="lea", reason=None, expected=1, at=NOW)
    store.review_draft("a", "drf_1", approve=True, by="lea", reason=None, expected=2, at=NOW)
    with pytest.raises(Conflict, match="is approved"):
        store.edit_draft("a", "drf_1", text, expected=3)


def test_what_is_done_together_is_undone_together(store: Store) -> None:
    with pytest.raises(BadEvent), store.together():
        store.put_tickets("a", [ticket()])
        store.record_event("a", None, "T-1", comment("e1", "Other"))
    with pytest.raises(NotFound):
        store.ticket("a", "T-1")


def test_a_full_disk_is_an_error_of_its_own_and_writes_nothing_by_halves(store: Store, tmp_path: Path) -> None:
    store.put_tickets("a", [ticket()])

    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    store.read(fill)
    many = [ticket(f"N-{number}", body="x" * 4000) for number in range(200)]
    with pytest.raises(DiskFull, match="free some space in the data directory"):
        store.put_tickets("a", many)
    with closing(sqlite3.connect(tmp_path / "records.db")) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (1,)
    store.read(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000"))
    assert len(store.put_tickets("a", many).added) == 200


def test_a_record_that_an_earlier_release_wrote_with_fewer_keys_is_the_same_record(store: Store) -> None:
    keep = SqlJourneyRecords(store.engine)
    changes = Changes(run_id="run_1", ticket_id="T-1", escalation=ESCALATION)
    asyncio.run(keep.save("acme", changes))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("update escalations set body = json_remove(body, '$.recommended', '$.playbook')")

    asyncio.run(keep.save("acme", changes))

    other = Changes(run_id="run_1", ticket_id="T-1", escalation=ESCALATION.model_copy(update={"reason": "another"}))
    with pytest.raises(Unavailable, match="changed meanwhile"):
        asyncio.run(keep.save("acme", other))
