"""Whatever people do: no grant without the quorum, twice, late, after a change, or by the requester."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.approval import Approval, ApprovalAction, ApprovalState
from domain.errors import Conflict, Forbidden, TierwiseError

START = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
APPROVERS = ("ada", "bo", "cy")
PEOPLE = (*APPROVERS, "requester", "stranger")


def approval(quorum: int, grant_minutes: int | None = 60) -> Approval:
    action = ApprovalAction(
        action="grant database access", ticket_id="T-1", requester="requester", parameters={"database": "prod"},
        risk="Bypasses the audit trail.", grant_minutes=grant_minutes,
    )  # fmt: skip
    return Approval(
        id="apr", escalation_id="esc", rule="db", action=action, content_hash=action.hash,
        approvers=(*APPROVERS, "requester"), quorum=quorum, requested_at=START, decide_by=START + timedelta(hours=8),
    )  # fmt: skip


class Deciding(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.approval = approval(quorum=2)
        self.now = START
        self.yes: set[str] = set()
        self.granted_at: datetime | None = None
        self.changed = False

    @rule(minutes=st.integers(1, 300))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def it_expires(self) -> None:
        self.approval = self.approval.expire(self.now)

    @rule()
    def somebody_changes_the_action(self) -> None:
        if self.approval.state == ApprovalState.PENDING:
            action = self.approval.action.model_copy(update={"parameters": {"database": "another"}})
            self.approval = self.approval.model_copy(update={"action": action})
            self.changed = True

    @rule(by=st.sampled_from(PEOPLE), approve=st.booleans(), seen=st.booleans(), reason=st.sampled_from(["", "no"]))
    def somebody_votes(self, by: str, approve: bool, seen: bool, reason: str) -> None:
        before = self.approval
        try:
            after = before.vote(
                by=by, approve=approve, seen_hash=before.content_hash if seen else "0" * 64, at=self.now, reason=reason
            )
        except TierwiseError:
            return
        assert before.state == ApprovalState.PENDING and self.now < before.decide_by
        assert seen and not self.changed and by in APPROVERS and (approve or reason)
        self.approval = after
        if approve:
            assert by not in self.yes
            self.yes.add(by)
        if after.state == ApprovalState.GRANTED:
            assert self.granted_at is None
            self.granted_at = self.now

    @invariant()
    def a_grant_has_its_quorum_and_its_end(self) -> None:
        if self.approval.state == ApprovalState.GRANTED:
            assert len(self.yes) >= self.approval.quorum
            assert self.granted_at is not None
            assert self.approval.grant_ends_at == self.granted_at + timedelta(minutes=60)

    @invariant()
    def the_requester_never_counts(self) -> None:
        assert all(vote.by != "requester" for vote in self.approval.votes)


TestDeciding = Deciding.TestCase


def test_one_no_ends_it_and_says_why() -> None:
    done = approval(2).vote(by="ada", approve=False, seen_hash=approval(2).content_hash, at=START, reason="too broad")
    assert (done.state, done.votes[0].reason) == (ApprovalState.REJECTED, "too broad")


def test_a_rejection_without_a_reason_is_refused() -> None:
    with pytest.raises(Conflict, match="reason"):
        approval(1).vote(by="ada", approve=False, seen_hash=approval(1).content_hash, at=START)


def test_nobody_approves_their_own_request_even_as_an_approver() -> None:
    with pytest.raises(Forbidden):
        approval(1).vote(by="requester", approve=True, seen_hash=approval(1).content_hash, at=START)


def test_a_grant_without_a_term_does_not_end() -> None:
    open_ended = approval(1, grant_minutes=None)
    granted = open_ended.vote(by="ada", approve=True, seen_hash=open_ended.content_hash, at=START)
    assert granted.state == ApprovalState.GRANTED and granted.grant_ends_at is None
