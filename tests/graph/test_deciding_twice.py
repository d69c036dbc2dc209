"""A step that a crash cut off after its save runs again and comes to what was saved, not to what is so since."""

from __future__ import annotations

import asyncio

from adapters.memory.history import MemoryHistory
from adapters.memory.journeys import MemoryRecords
from agents.triage import Triage
from domain.assessment import Action, Assessment, Reason, Urgency
from domain.journey import Trigger
from graph.state import JourneyState
from graph.watching import Watching
from tests.domain.made import after, policy, ticket


class NoTriage(Triage):
    """The opinion is in the state already."""

    def __init__(self) -> None:
        pass


def test_deciding_again_gives_the_saved_decision_though_its_causes_are_spent_by_now() -> None:
    made, at = ticket(priority="normal"), after(10)
    opinion = Assessment(
        ticket_id=made.id, at=at, risk=70, reasons=(Reason(code="x", points=70, text="x"),), counterfactual=None,
        category="vpn", urgency=Urgency.NORMAL,
    )  # fmt: skip
    records = MemoryRecords()
    watching = Watching(policy(), NoTriage(), MemoryHistory({"a": [made]}), records)
    state = JourneyState(
        tenant="a", run_id="run_1", ticket_id=made.id, trigger=Trigger.TICKET_EVENT, at=at, assessment=opinion
    )

    first = asyncio.run(watching.decide(state))["decision"]
    again = asyncio.run(watching.decide(state))["decision"]
    another = asyncio.run(watching.decide({**state, "run_id": "run_2"}))["decision"]

    assert first.action == again.action == Action.ESCALATE
    assert first == again
    assert another.action == Action.WATCH, "for another run the cause is spent"
    assert asyncio.run(records.matrix("a", made.id)).spent == {"risk:0"}
