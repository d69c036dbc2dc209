"""The demo as a user runs it, with the real embedding model: every live ticket keeps what its description promises."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.storage import records
from app.bootstrap import open_stores
from app.demo.run import DemoReport, DemoTicket, run_demo
from app.settings import Settings
from domain.approval import ApprovalState
from domain.errors import Misconfigured
from domain.evidence import DocumentKind
from domain.ports import SearchQuery


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def report(folder: Path) -> DemoReport:
    return run_demo(Settings(data_dir=folder), lambda _: None)


def _differences(ticket: DemoTicket) -> list[str]:
    """Each promised fact that did not come true."""
    promise = ticket.promise
    codes = {reason.code for reason in ticket.reasons}
    found = {item.id for item in ticket.evidence}
    asked = set(ticket.question.fields) if ticket.question else set()
    facts: dict[str, tuple[object, object]] = {
        "outcome": (promise.outcome, ticket.outcome),
        "tier": (promise.tier, ticket.tier),
        "team": (promise.team, ticket.route.team if ticket.route else None),
        "technician": (promise.technician, ticket.route.technician if ticket.route else None),
        "category": (promise.category, ticket.category),
        "duplicate_of": (promise.duplicate_of, ticket.duplicate_of),
        "flagged": (promise.flagged, bool(ticket.flagged)),
        "playbook": (promise.playbook, ticket.playbook),
        "signed_for": (promise.signed_for, _signed_for(ticket)),
        "task": (promise.task, ticket.tasks[0].state if ticket.tasks else None),
        "escalated": (promise.escalated, ticket.tier is not None),
    }
    wrong = [
        f"{name}: promised {wanted}, was {got}"
        for name, (wanted, got) in facts.items()
        if wanted is not None and wanted != got
    ]
    wrong += [f"reason {code} is missing" for code in promise.reasons if code not in codes]
    wrong += [f"evidence {id} is missing" for id in promise.evidence if id not in found]
    wrong += [f"{field} was not asked for" for field in promise.asks if field not in asked]
    if promise.approval and promise.approval not in {approval.rule for approval in ticket.approvals}:
        wrong.append(f"approval {promise.approval} was not asked for")
    if promise.risk_at_least is not None and ticket.risk < promise.risk_at_least:
        wrong.append(f"risk {ticket.risk} is below {promise.risk_at_least}")
    if promise.risk_at_most is not None and ticket.risk > promise.risk_at_most:
        wrong.append(f"risk {ticket.risk} is above {promise.risk_at_most}")
    return wrong


def _signed_for(ticket: DemoTicket) -> str | None:
    votes = [vote for approval in ticket.approvals for vote in approval.votes]
    return next((vote.on_behalf_of for vote in votes if vote.on_behalf_of), None)


def test_every_live_ticket_keeps_all_that_its_description_promises(report: DemoReport) -> None:
    assert {one.id: wrong for one in report.tickets if (wrong := _differences(one))} == {}


def test_nobody_is_asked_who_was_not_promised_to_be(report: DemoReport) -> None:
    assert [one.id for one in report.tickets if one.question and not one.promise.asks] == []


def test_the_points_of_every_ticket_add_up_to_its_risk(report: DemoReport) -> None:
    for ticket in report.tickets:
        assert sum(reason.points for reason in ticket.reasons) == ticket.risk


def test_every_sentence_of_every_handoff_cites_events_of_its_ticket_or_evidence(
    report: DemoReport, folder: Path
) -> None:
    handed = [ticket for ticket in report.tickets if ticket.handoff]
    assert handed
    with open_stores(Settings(data_dir=folder)) as stores:
        for one in handed:
            ticket = stores.store.ticket(stores.settings.tenant, one.id)
            known = {event.id for event in ticket.events} | {item.id for item in one.evidence}
            known |= {one.playbook or ""}
            assert one.handoff is not None
            for claim in one.handoff.claims():
                assert claim.sources and set(claim.sources) <= known, (one.id, claim)


def test_one_grant_is_signed_by_a_delegate_ends_and_is_taken_away_and_one_is_refused(report: DemoReport) -> None:
    approvals = [approval for ticket in report.tickets for approval in ticket.approvals]
    [ended] = [one for one in approvals if one.state == ApprovalState.ENDED]
    assert ended.carried_out_at and ended.grant_ends_at == ended.carried_out_at + timedelta(minutes=120)
    [task] = [task for ticket in report.tickets for task in ticket.tasks]
    assert (task.id, task.done_by) == (ended.task_id, "chiara-lombardi")
    assert any(one.state == ApprovalState.REJECTED for one in approvals)


def test_the_published_article_is_found_by_the_next_ticket(report: DemoReport, folder: Path) -> None:
    article = report.articles[0]
    with open_stores(Settings(data_dir=folder)) as stores:
        query = SearchQuery(text=article.body.symptom, kind=DocumentKind.ARTICLE, limit=3)
        found = asyncio.run(stores.search.search(stores.settings.tenant, query))
        assert article.id in {hit.id for hit in found.hits}


def test_the_data_stays_for_whoever_looks_at_it_next(report: DemoReport, folder: Path) -> None:
    with open_stores(Settings(data_dir=folder)) as stores:
        tenant = stores.settings.tenant
        kept = stores.store.read(lambda c: records.escalations.count(c, tenant))
    assert kept == sum(ticket.tier is not None for ticket in report.tickets)


def test_the_demo_is_not_built_over_somebody_s_data(tmp_path: Path) -> None:
    with open_stores(Settings(data_dir=tmp_path / "mine")):
        pass
    with pytest.raises(Misconfigured, match="not the demo"):
        run_demo(Settings(data_dir=tmp_path / "mine"), lambda _: None)
