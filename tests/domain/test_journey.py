"""What can arrive: told apart by its type, and read back as it was."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.escalation import EscalationState
from domain.journey import (
    ApprovalDecided,
    Arrival,
    Delivery,
    EscalationMoved,
    EventArrived,
    ReviewDecided,
    TimerFired,
)
from tests.conftest import NOW
from tests.tickets import comment, ticket

ARRIVALS: tuple[Arrival, ...] = (
    EventArrived(ticket_id="T-1", event=comment("e2", "Hello")),
    EventArrived(ticket_id="T-1", event=ticket().events[0], ticket=ticket()),
    ApprovalDecided(ticket_id="T-1", approval_id="apr_1"),
    ReviewDecided(ticket_id="T-1", draft_id="drf_1"),
    TimerFired(ticket_id="T-1", timer="answer_due", subject_id="q_1"),
    EscalationMoved(ticket_id="T-1", escalation_id="esc_1", to=EscalationState.BOUNCED, by="kim", why="not ours"),
)


@pytest.mark.parametrize("arrival", ARRIVALS, ids=lambda arrival: str(arrival.type))
def test_an_arrival_reads_back_as_what_it_was(arrival: Arrival) -> None:
    adapter: TypeAdapter[Arrival] = TypeAdapter(Arrival)
    assert adapter.validate_json(adapter.dump_json(arrival, by_alias=True)) == arrival


def test_an_arrival_of_no_known_type_is_refused() -> None:
    with pytest.raises(ValidationError, match="weather"):
        TypeAdapter(Arrival).validate_python({"type": "weather", "ticket_id": "T-1"})


@pytest.mark.parametrize("empty", ["source", "delivery_id"])
def test_a_delivery_says_where_it_comes_from_and_which_it_is(empty: str) -> None:
    values: dict[str, object] = {
        "source": "jira", "delivery_id": "d-1", "run_id": "run_1", "received_at": NOW, "arrival": ARRIVALS[0]
    }  # fmt: skip
    Delivery.model_validate(values)
    with pytest.raises(ValidationError, match="at least 1 character"):
        Delivery.model_validate(values | {empty: ""})
