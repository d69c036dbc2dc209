"""The summarizer reads the ticket as of the moment and writes one handoff."""

from __future__ import annotations

import asyncio

import pytest

from adapters.memory.history import MemoryHistory
from agents.summarizer import Summarizer
from agents.views import SummarizerView
from domain.assessment import Action, Assessment, Decision, Urgency
from domain.context import Context
from domain.errors import NotFound
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.policy.playbooks import Playbook
from domain.route import Route
from domain.ticket import Ticket
from tests.domain.made import after, answered, policy, ticket, wrote

TICKET = ticket(
    answered(1, 10, "We restarted the gateway."),
    wrote(2, 20, "Still the same error."),
    answered(3, 600, "We renewed the certificate."),
    body="The VPN does not connect.",
)
PLAYBOOK = {
    "id": "vpn",
    "name": "VPN",
    "when": {"category": ["vpn"]},
    "steps": [{"id": "a", "text": "Look at it."}],
}


def view(ticket_id: str = "T-1", minutes: float = 30, category: str | None = "vpn") -> SummarizerView:
    at = after(minutes)
    return {
        "tenant": "t",
        "ticket_id": ticket_id,
        "at": at,
        "assessment": Assessment(
            ticket_id=ticket_id, at=at, risk=0, reasons=(), counterfactual=None, category=category,
            urgency=Urgency.NORMAL,
        ),
        "decision": Decision(
            id="d", ticket_id=ticket_id, at=at, action=Action.ESCALATE, risk=0, threshold=60, why=(), policy="p"
        ),
        "context": Context(),
        "evidence": Evidence(),
        "route": Route(result="technician", tier="L2", team="net", technician="cy", confidence=0.9, why=""),
    }  # fmt: skip


def run(state: SummarizerView) -> Handoff:
    rules = policy().model_copy(update={"playbooks": (Playbook.model_validate(PLAYBOOK),)})
    return asyncio.run(Summarizer(rules, MemoryHistory({"t": [TICKET]}))(state))["handoff"]


def test_the_handoff_knows_nothing_that_happened_later() -> None:
    handoff = run(view())
    assert "renewed" not in handoff.model_dump_json()
    assert [one.text for one in handoff.tried] == ["We restarted the gateway.", "Still the same error."]


def test_the_playbook_that_fits_suggests_the_next_step() -> None:
    assert run(view()).next_step[-1].sources == ("vpn",)
    assert run(view(category="mail")).next_step == ()


def test_a_ticket_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        run(view("T-404"))


def test_what_the_desk_wrote_under_earlier_tickets_is_no_news() -> None:
    notice = "Our desk is open from eight to five."
    mine = ticket(answered(1, 10, notice), body="The VPN does not connect.")
    earlier = [ticket(answered(1, -29_000, notice), id=f"P-{n}", at=-30_000, body=f"Case {n}") for n in range(5)]
    later = [ticket(answered(1, 2, notice), id=f"L-{n}", at=1, body=f"Case {n}") for n in range(5)]

    def told(others: list[Ticket]) -> list[str]:
        history = MemoryHistory({"t": [mine, *others]})
        return [one.text for one in asyncio.run(Summarizer(policy(), history)(view()))["handoff"].tried]

    assert told([]) == told(later) == [notice]
    assert told(earlier) == []
