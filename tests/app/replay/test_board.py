"""The notices of a replay follow budget, quiet hours and digest, as time passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from app.replay.board import BUDGET, Board
from domain.effects import Message
from domain.policy.notifications import Budget
from domain.policy.policy import Policy

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def board() -> Board:
    policy = load_policy(DEFAULT_POLICY)
    rules = policy.notifications.model_copy(
        update={"budget": Budget(messages=2, per_minutes=60), "quiet_hours": ()}
    )  # fmt: skip
    parts = {name: getattr(policy, name) for name in Policy.model_fields}
    return Board(Policy(**{**parts, "notifications": rules}))


def _message(number: int, *, critical: bool = False, digest: bool = False) -> Message:
    return Message(
        occasion="handed_over", to="a@example.com", subject=f"{number}", text="t", ticket_id=f"T-{number}", rule="r",
        critical=critical, digest=digest,
    )  # fmt: skip


def test_what_the_budget_does_not_let_out_goes_out_together_when_there_is_room(board: Board) -> None:
    for number in range(5):
        board.tell([_message(number)], NOON + timedelta(minutes=number))
    assert (board.told.sent, board.told.held[BUDGET]) == (2, 1)
    assert board.next_due() == NOON + timedelta(minutes=60)
    board.due(NOON + timedelta(minutes=60))
    assert (board.told.sent, board.told.gathered) == (3, 2)
    assert board.next_due() is None
    assert sum(board.told.of_day.values()) == 3


def test_what_is_critical_goes_out_at_once_and_counts(board: Board) -> None:
    board.tell([_message(number, critical=True) for number in range(3)], NOON)
    assert (board.told.sent, board.told.critical) == (3, 3)
    board.tell([_message(4)], NOON)
    assert board.told.held == {BUDGET: 1}


def test_a_digest_waits_for_its_moment(board: Board) -> None:
    board.tell([_message(1, digest=True)], NOON)
    due = board.next_due()
    assert due is not None and NOON < due < NOON + timedelta(days=1)
    board.due(due - timedelta(seconds=1))
    assert board.next_due() == due
    board.due(due)
    assert (board.told.sent, board.next_due()) == (1, None)


def test_everything_planned_is_sent_gathered_or_still_waiting(board: Board) -> None:
    for number in range(40):
        at = NOON + timedelta(minutes=3 * number)
        board.due(at)
        board.tell([_message(number, critical=number % 7 == 0)], at)
    while (due := board.next_due()) is not None:
        board.due(due)
    assert board.told.sent + board.told.gathered == board.told.planned == 40
