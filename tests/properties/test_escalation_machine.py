"""An escalation only ever takes the steps that its state machine has, and remembers each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import IllegalMove
from domain.escalation import MOVES, Escalation, EscalationState

START = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


def escalation(state: EscalationState = EscalationState.PROPOSED) -> Escalation:
    return Escalation(
        id="esc", ticket_id="T-1", state=state, opened_at=START, updated_at=START, risk=70, reason="risk",
        decision_id="dec", run_id="run",
    )  # fmt: skip


@given(st.lists(st.sampled_from(EscalationState), max_size=12))
def test_any_walk_keeps_to_the_moves_and_records_each(steps: list[EscalationState]) -> None:
    current = escalation()
    for number, step in enumerate(steps):
        at = START + timedelta(minutes=number)
        if step in MOVES[current.state]:
            moved = current.move(step, at=at, by="somebody", why="because")
            assert (moved.state, moved.version, moved.updated_at) == (step, current.version + 1, at)
            assert moved.moves[:-1] == current.moves and moved.moves[-1].to == step
            current = moved
        else:
            with pytest.raises(IllegalMove):
                current.move(step, at=at, by="somebody", why="because")


@pytest.mark.parametrize("state", [state for state in EscalationState if not MOVES[state]])
def test_an_ended_escalation_never_moves_again(state: EscalationState) -> None:
    ended = escalation(state)
    assert ended.ended
    for step in EscalationState:
        with pytest.raises(IllegalMove, match="ended"):
            ended.move(step, at=START, by="x", why="y")


def test_every_state_can_be_reached_and_every_open_one_can_end() -> None:
    reached, waiting = {EscalationState.PROPOSED}, [EscalationState.PROPOSED]
    while waiting:
        for step in MOVES[waiting.pop()] - reached:
            reached.add(step)
            waiting.append(step)
    assert reached == set(EscalationState)
    ends = {state for state, moves in MOVES.items() if not moves}
    assert all(moves & ends for moves in MOVES.values() if moves)


def test_nothing_is_handed_over_before_context_was_gathered() -> None:
    assert EscalationState.HANDED_OVER not in MOVES[EscalationState.PROPOSED]
