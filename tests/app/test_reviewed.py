"""What a careful reader found could go wrong, told as a user would meet it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.clock import SetClock
from adapters.storage import outbox, records
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.store import run_id
from app.bootstrap import Services
from domain.approval import ApprovalState
from domain.asof import as_of
from domain.effects import Effect
from domain.errors import Conflict, Unavailable
from domain.escalation import EscalationState
from domain.evidence import DocumentKind
from domain.history import dump_ticket, parse_ticket
from domain.journey import Delivery, EventArrived, Outcome
from domain.knowledge import Article, ArticleBody, Draft, DraftState, KnowledgeChoice
from domain.ports import SearchQuery
from domain.recording import Changes
from domain.ticket import Actor, ActorRole, Event, EventKind, Link, Ticket
from tests.conftest import NOW
from tests.tickets import comment, ticket

Rest = Callable[[Services], None]
TENANT = "default"
ASKING = "I need write access to the production database because the month has to be closed. Please escalate this."


def _arrives(services: Services, event: Event, whole: Ticket, rest: Rest) -> str:
    delivery = Delivery(
        source="desk", delivery_id=event.id, run_id=run_id(TENANT, "desk", f"{whole.id}:{event.id}"),
        received_at=services.clock.now(), arrival=EventArrived(ticket_id=whole.id, event=event, ticket=whole),
    )  # fmt: skip
    run, _ = services.engine.take(TENANT, delivery)
    rest(services)
    return run


def _outcomes(services: Services, ticket_id: str) -> list[Outcome | None]:
    found = services.store.read(lambda c: records.journeys.find(c, TENANT, ticket_id=ticket_id))
    return [journey.outcome for journey in found]


def _ended(kind: EventKind, id: str, *, hours: float = 1) -> Event:
    return Event(id=id, at=NOW + timedelta(hours=hours), kind=kind, actor=Actor(id="ada", role=ActorRole.TECHNICIAN))


def _effects(services: Services, ticket_id: str) -> list[Effect]:
    return services.store.read(lambda c: outbox.of_ticket(c, TENANT, ticket_id))


def test_a_ticket_resolved_while_we_watch_is_found_by_the_next_one(
    services: Services, clock: SetClock, rest: Rest
) -> None:
    first = ticket("T-1", subject="GateLink tunnel drops", body="The GateLink tunnel drops every hour.")
    _arrives(services, first.events[0], first, rest)
    _arrives(services, _ended(EventKind.RESOLVED, "e9"), first, rest)
    clock.at = NOW + timedelta(hours=2)
    query = SearchQuery(text="GateLink tunnel drops", kind=DocumentKind.TICKET, known_by=clock.now())
    found = asyncio.run(services.search.search(TENANT, query))
    assert [hit.id for hit in found.hits] == ["T-1"]


def test_a_helpdesk_whose_clock_is_ahead_loses_nothing(services: Services, rest: Rest) -> None:
    early = ticket("T-1", opened=NOW + timedelta(seconds=2))
    _arrives(services, early.events[0], early, rest)
    assert _outcomes(services, "T-1") == [Outcome.WATCHING]


def test_a_ticket_that_monitoring_opened_is_looked_at(services: Services, rest: Rest) -> None:
    opened = ticket("T-1")
    by_monitoring = opened.events[0].model_copy(update={"actor": Actor(id="monitoring", role=ActorRole.BOT)})
    whole = opened.model_copy(update={"events": (by_monitoring,)})
    _arrives(services, by_monitoring, whole, rest)
    assert _outcomes(services, "T-1") == [Outcome.WATCHING]


def test_an_old_history_file_takes_no_live_event_away(services: Services, rest: Rest) -> None:
    whole = ticket("T-1")
    _arrives(services, whole.events[0], whole, rest)
    _arrives(services, comment("e2", "It is still slow."), whole, rest)
    written = services.store.merge_tickets(TENANT, [parse_ticket(dump_ticket(whole))])
    assert [event.id for event in services.store.ticket(TENANT, "T-1").events] == ["e1", "e2"]
    assert written.unchanged == ("T-1",)


def test_a_late_closing_does_not_end_a_reopened_ticket(services: Services, rest: Rest) -> None:
    whole = ticket("T-1")
    _arrives(services, whole.events[0], whole, rest)
    _arrives(services, _ended(EventKind.REOPENED, "e5", hours=0.5), whole, rest)
    run = _arrives(services, _ended(EventKind.CLOSED, "e4", hours=0.25), whole, rest)
    journeys = services.store.read(lambda c: records.journeys.find(c, TENANT, ticket_id="T-1"))
    assert run in {journey.id for journey in journeys}, "the ticket is open, so it is looked at"


def test_an_approval_falls_with_its_escalation(services: Services, rest: Rest) -> None:
    whole = ticket("T-1", subject="Database access", body=ASKING, category="database-access", priority="critical")
    _arrives(services, whole.events[0], whole, rest)
    pending = services.store.read(lambda c: records.approvals.find(c, TENANT, ticket_id="T-1"))
    assert [one.state for one in pending] == [ApprovalState.PENDING]
    escalation, run = services.store.move_escalation(
        TENANT, pending[0].escalation_id, EscalationState.DE_ESCALATED, by="lead", why="not needed", at=NOW
    )
    services.engine.go_on(TENANT, "T-1", run)
    rest(services)
    after = services.store.read(lambda c: records.approvals.find(c, TENANT, ticket_id="T-1"))
    assert [one.state for one in after] == [ApprovalState.VOID]
    assert services.store.read(lambda c: records.escalations.get(c, TENANT, escalation.id)).state == "de_escalated"


def test_a_person_s_move_is_never_overwritten_by_a_step(services: Services, rest: Rest) -> None:
    whole = ticket("T-1", subject="Database access", body=ASKING, category="database-access", priority="critical")
    _arrives(services, whole.events[0], whole, rest)
    seen = services.store.read(lambda c: records.escalations.find(c, TENANT, ticket_id="T-1"))[0]
    services.store.move_escalation(TENANT, seen.id, EscalationState.DE_ESCALATED, by="lead", why="no", at=NOW)
    stale = seen.move(EscalationState.HANDED_OVER, at=NOW, by="tierwise", why="step")
    save = SqlJourneyRecords(services.store.engine).save(TENANT, Changes(run_id="r", ticket_id="T-1", escalation=stale))
    with pytest.raises(Unavailable, match="changed meanwhile"):
        services.loop.run(save)


def test_two_events_of_a_duplicate_link_it_once(services: Services, rest: Rest) -> None:
    body = "The label printer in hall two prints every label twice since this morning."
    first, second = ticket("T-1", body=body, subject="Printer"), ticket("T-2", body=body, subject="Printer")
    _arrives(services, first.events[0], first, rest)
    for event in (second.events[0], comment("e2", "Anybody there?")):
        delivery = Delivery(
            source="desk", delivery_id=event.id + "-2", run_id=run_id(TENANT, "desk", f"T-2:{event.id}"),
            received_at=NOW, arrival=EventArrived(ticket_id="T-2", event=event, ticket=second),
        )  # fmt: skip
        services.store.accept(TENANT, delivery)
    services.engine.sweep()
    rest(services)
    assert Outcome.DUPLICATE_LINKED in _outcomes(services, "T-2")
    assert len([one for one in _effects(services, "T-2") if one.body.type == "write_back"]) == 1


def test_a_ticket_whose_request_was_refused_is_looked_at_again(services: Services, clock: SetClock, rest: Rest) -> None:
    whole = ticket("T-1", subject="Database access", body=ASKING, category="database-access", priority="critical")
    _arrives(services, whole.events[0], whole, rest)
    approval = services.store.read(lambda c: records.approvals.find(c, TENANT, ticket_id="T-1"))[0]
    _, run = services.store.decide_approval(
        TENANT, approval.id,
        lambda one: one.vote(
            by=one.approvers[0], approve=False, seen_hash=one.content_hash, at=clock.now(), reason="too broad"
        ),
        clock.now(),
    )  # fmt: skip
    services.engine.go_on(TENANT, "T-1", run or "")
    rest(services)
    assert _outcomes(services, "T-1") == [Outcome.APPROVAL_REJECTED]
    clock.at = NOW + timedelta(minutes=services.policy.escalation.cooldown + 1)
    services.engine.sweep()
    rest(services)
    assert len(_outcomes(services, "T-1")) == 2


def test_links_of_the_end_are_not_seen_before() -> None:
    linked = ticket("T-1").model_copy(update={"links": (Link(kind="duplicate_of", id="T-0"),)})
    assert as_of(linked, NOW).links == ()


def test_a_patch_written_on_an_older_version_is_not_approved_over_a_newer_one(services: Services) -> None:
    store = services.store
    body = ArticleBody(title="VPN drops", symptom="It drops.", resolution=("Update.",))
    article = Article(id="KB-1", body=body, created_at=NOW, updated_at=NOW)
    draft = Draft(
        id="d1", ticket_id="T-1", escalation_id=None, at=NOW, choice=KnowledgeChoice.PATCH, why="lacks a step",
        state=DraftState.AWAITING_REVIEW, article=body, article_id="KB-1", base_version=1,
    )  # fmt: skip
    store.put_knowledge(TENANT, [article, article.model_copy(update={"version": 2})], [])
    services.loop.run(SqlJourneyRecords(store.engine).save(TENANT, Changes(run_id="r", ticket_id="T-1", draft=draft)))
    with pytest.raises(Conflict, match="at version 2"):
        store.review_draft(TENANT, "d1", approve=True, by="kim", reason=None, expected=1, at=NOW)
    edited = store.edit_draft(TENANT, "d1", body, expected=1)
    approved, _ = store.review_draft(TENANT, "d1", approve=True, by="kim", reason=None, expected=edited.version, at=NOW)
    assert approved.state == DraftState.APPROVED
