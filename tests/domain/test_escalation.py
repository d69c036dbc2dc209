"""The life of an escalation: only legal moves, each remembered, and an end that is one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.errors import IllegalMove
from domain.escalation import MOVES, Escalation, EscalationState
from tests.conftest import NOW

ENDS = {EscalationState.RESOLVED, EscalationState.DE_ESCALATED, EscalationState.CANCELLED}


def _proposed() -> Escalation:
    return Escalation(
        id="esc_1", ticket_id="T-1", state=EscalationState.PROPOSED, opened_at=NOW, updated_at=NOW, risk=70,
        reason="risk", decision_id="dec_1", run_id="run_1",
    )  # fmt: skip


class Life(RuleBasedStateMachine):
    """Any sequence of moves that anybody might try."""

    def __init__(self) -> None:
        super().__init__()
        self.escalation = _proposed()
        self.at = NOW

    @rule(to=st.sampled_from([*EscalationState]), minutes=st.integers(0, 600))
    def somebody_moves_it(self, to: EscalationState, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        before = self.escalation
        if to in MOVES[before.state]:
            self.escalation = before.move(to, at=self.at, by="kim-osei", why="because")
            assert self.escalation.moves[:-1] == before.moves
            assert self.escalation.moves[-1].to == self.escalation.state == to
            assert self.escalation.version == before.version + 1
        else:
            with pytest.raises(IllegalMove):
                before.move(to, at=self.at, by="kim-osei", why="because")

    @invariant()
    def an_end_is_an_end(self) -> None:
        assert self.escalation.ended == (self.escalation.state in ENDS)

    @invariant()
    def nobody_has_it_before_it_was_handed_over(self) -> None:
        seen = [move.to for move in self.escalation.moves]
        if EscalationState.ACCEPTED in seen:
            assert EscalationState.HANDED_OVER in seen[: seen.index(EscalationState.ACCEPTED)]

    @invariant()
    def what_waits_for_approval_was_looked_into_first(self) -> None:
        seen = [move.to for move in self.escalation.moves]
        if EscalationState.AWAITING_APPROVAL in seen:
            assert seen[seen.index(EscalationState.AWAITING_APPROVAL) - 1] == EscalationState.GATHERING_CONTEXT


TestLife = Life.TestCase


def test_an_illegal_move_says_what_would_be_legal() -> None:
    with pytest.raises(IllegalMove, match="is proposed and cannot become accepted; from here it can become c"):
        _proposed().move(EscalationState.ACCEPTED, at=NOW, by="kim-osei", why="mine")


def test_every_state_has_its_moves_and_can_be_reached() -> None:
    assert set(MOVES) == set(EscalationState)
    reached = {EscalationState.PROPOSED}
    for _ in EscalationState:
        reached |= {to for state in reached for to in MOVES[state]}
    assert reached == set(EscalationState)


def test_every_state_leads_to_an_end() -> None:
    leads = set(ENDS)
    for _ in EscalationState:
        leads |= {state for state, moves in MOVES.items() if moves & leads}
    assert leads == set(EscalationState)


def test_nothing_is_handed_over_before_context_was_gathered() -> None:
    assert EscalationState.HANDED_OVER not in MOVES[EscalationState.PROPOSED]
