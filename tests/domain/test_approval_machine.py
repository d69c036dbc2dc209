"""Whoever votes, delegates, leaves or changes what when: no road to a grant but the quorum of the right people.

The model beside the machine is written from the rules, not from the code: it keeps who holds which right and counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.approval import REQUESTER, Approval, ApprovalAction, ApprovalState
from domain.delegation import Delegation, Roll
from domain.errors import TierwiseError
from domain.granting import carry_out, revocation, revoke, run_out
from domain.task import Task
from tests.conftest import NOW
from tests.domain import made

APPROVERS, ALTERNATES = ("ann", "ben", "cas"), ("alt", "abe")
PEOPLE = (*APPROVERS, *ALTERNATES, "rita", "del", "dot", "tech", "stranger")
"""Rita asks and is an approver too in some runs; tech holds the ticket; del and dot have no right of their own."""
MOSTLY = st.sampled_from([True] * 9 + [False])
LIFE = timedelta(minutes=300)
GRANT = 90


def _action(request: str) -> ApprovalAction:
    return ApprovalAction(
        action="grant access", ticket_id="T-1", requester="rita", parameters={"request": request}, risk="high",
        grant_minutes=GRANT,
    )  # fmt: skip


class Signing(RuleBasedStateMachine):
    """Anybody does anything at any time."""

    @initialize(
        quorum=st.integers(1, 3), rita=st.sampled_from(["nothing", "approver", "alternate"]),
        away=st.lists(st.tuples(st.sampled_from(APPROVERS), st.sampled_from(["del", "dot", "ben", "cas"])), max_size=4),
    )  # fmt: skip
    def begin(self, quorum: int, rita: str, away: list[tuple[str, str]]) -> None:
        action = _action("write access")
        self.approval = Approval(
            id="apr_1", escalation_id="esc_1", rule="db", action=action, content_hash=action.hash, quorum=quorum,
            approvers=(*APPROVERS, "rita") if rita == "approver" else APPROVERS,
            alternates=(*ALTERNATES, "rita") if rita == "alternate" else ALTERNATES,
            requested_at=NOW, decide_by=NOW + LIFE, barred={"tech": "holds the ticket", "rita": REQUESTER},
            separation=("owner", "assignee", "requester_delegates"), revoke_within=30,
        )  # fmt: skip
        self.at = NOW
        self.delegations: list[Delegation] = []
        self.gone: set[str] = set()
        self.request = "write access"
        self.tasks: list[Task] = []
        self.numbers = count()
        for one, other in away:
            self.somebody_delegates(one=one, other=other, start=0, lasts=400, only=())
        self.words: list[tuple[str, str]] = []
        self.joined = False
        self.granted_at: list[datetime] = []

    @rule(minutes=st.sampled_from([1, 40, 149, 150, 301]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(
        one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE), start=st.sampled_from([-60, 0, 60]),
        lasts=st.sampled_from([1, 60, 400]), only=st.sampled_from([(), ("db",), ("other",)]),
    )  # fmt: skip
    def somebody_delegates(self, one: str, other: str, start: int, lasts: int, only: tuple[str, ...]) -> None:
        # Past the check for circles on purpose: a circle that came to be must not grant either.
        first = self.at + timedelta(minutes=start)
        self.delegations.append(
            Delegation(
                id=f"del_{next(self.numbers)}", principal=one, delegate=other, first=first,
                last=first + timedelta(minutes=lasts), only=only, reason="away", made_by=one,
            )
        )  # fmt: skip

    @rule(which=st.integers(0, 9))
    def a_delegation_is_taken_back(self, which: int) -> None:
        if which < len(self.delegations):
            self.delegations[which] = self.delegations[which].end(by="x", at=self.at)

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_leaves(self, who: str) -> None:
        self.gone.add(who)

    @rule()
    def the_alternates_are_asked(self) -> None:
        self.joined = self.joined or self.approval.pending
        self.approval = self.approval.ask_alternates(self.at)

    @rule(request=st.sampled_from(["write access", "write access, and root"]))
    def the_request_changes(self, request: str) -> None:
        if request != self.request:
            self.request = request
            self.approval = self.approval.void(self.at, "changed")

    @rule(
        by=st.sampled_from(PEOPLE), approve=MOSTLY, fresh=MOSTLY,
        whom=st.none() | st.sampled_from(PEOPLE), reason=st.sampled_from(["", "no need"]),
    )  # fmt: skip
    def somebody_votes(self, by: str, approve: bool, fresh: bool, whom: str | None, reason: str) -> None:
        before = self.approval
        roll = Roll(delegations=tuple(self.delegations), gone=frozenset(self.gone))
        seen = _action(self.request).hash if fresh else "0" * 64
        try:
            after = before.vote(
                by=by, approve=approve, seen_hash=seen, at=self.at, reason=reason, on_behalf_of=whom, roll=roll
            )
        except TierwiseError:
            assert self.approval == before
            return
        vote = after.votes[-1]
        assert before.pending and self.at < NOW + LIFE and fresh
        assert approve or reason
        assert whom in (None, vote.principal)
        assert self._has_the_right(by, vote.principal)
        assert not {by, vote.principal} & {name for pair in self.words for name in pair}
        self.words.append((by, vote.principal))
        self.approval = after
        if after.state == ApprovalState.GRANTED:
            self.granted_at.append(self.at)

    @rule(by=st.sampled_from([*APPROVERS, "del", "dot"]), whom=st.none() | st.sampled_from(APPROVERS))
    def somebody_likely_agrees(self, by: str, whom: str | None) -> None:
        self.somebody_votes(by=by, approve=True, fresh=True, whom=whom, reason="")

    @rule(by=st.sampled_from(PEOPLE), to=st.lists(st.sampled_from(PEOPLE), max_size=4))
    def an_admin_gives_it_to_others(self, by: str, to: list[str]) -> None:
        try:
            self.approval = self.approval.reassign(tuple(to), by=by, reason="ill", at=self.at)
        except TierwiseError:
            return
        self.words = [(vote.by, vote.principal) for vote in self.approval.votes]
        self.joined = False

    @rule()
    def its_time_is_looked_at(self) -> None:
        self.approval = self.approval.expire(self.at)
        self._ends(run_out(self.approval, self.at))

    @rule(by=st.sampled_from(PEOPLE))
    def somebody_carries_it_out(self, by: str) -> None:
        before = self.approval
        try:
            self.approval = carry_out(before, by=by, at=self.at)
        except TierwiseError:
            return
        assert before.state == ApprovalState.GRANTED
        assert before.grant_ends_at is not None and self.at < before.grant_ends_at
        assert by != "rita" and all(by not in pair for pair in self.words)

    @rule()
    def it_is_taken_back(self) -> None:
        try:
            self._ends(revoke(self.approval, by="ann", reason="not needed", at=self.at))
        except TierwiseError:
            assert self.approval.state != ApprovalState.GRANTED

    def _ends(self, after: Approval) -> None:
        if after != self.approval:
            self.approval = after
            self.tasks.append(revocation(after, None, made.policy(), self.at))

    def _has_the_right(self, by: str, principal: str) -> bool:
        """By the rules: a seat of one's own, or delegations in force from its holder, through nobody shut out."""
        shut = {"rita", "tech", *self.gone, *self.approval.barred}
        valid = [one for one in self.delegations if one.first <= self.at < one.last and one.ended_at is None]
        valid = [one for one in valid if not one.only or "db" in one.only]
        any_rule = [one for one in self.delegations if one.first <= self.at < one.last and one.ended_at is None]
        shut |= {one.delegate for one in any_rule if one.principal == "rita"}
        seats = {*self.approval.approvers, *(self.approval.alternates if self.joined else ())}
        if by in shut or principal in shut or principal not in seats:
            return False
        reach = {principal}
        for _ in range(3):
            reach |= {one.delegate for one in valid if one.principal in reach and one.delegate not in shut}
        return by in reach

    @invariant()
    def granted_once_and_only_by_the_quorum(self) -> None:
        was_granted = self.approval.state in (ApprovalState.GRANTED, ApprovalState.ENDED)
        assert len(self.granted_at) == was_granted
        yes = [vote for vote in self.approval.votes if vote.approve]
        if was_granted:
            names = [name for vote in yes for name in {vote.by, vote.principal}]
            assert len(yes) == self.approval.quorum
            assert len(names) == len(set(names)) and "rita" not in names and "tech" not in names
            assert all(vote.seen_hash == self.approval.content_hash for vote in yes)
            assert self.granted_at[0] < NOW + LIFE

    @invariant()
    def a_grant_that_has_ended_left_exactly_one_task(self) -> None:
        assert len(self.tasks) == (self.approval.state == ApprovalState.ENDED)
        if self.tasks:
            assert self.tasks[0].id == self.approval.task_id
            assert self.tasks[0].requester == "rita"

    @invariant()
    def what_was_decided_stays(self) -> None:
        assert (self.approval.decided_at is None) == self.approval.pending
        assert self.approval.state != ApprovalState.EXPIRED or self.at >= NOW + LIFE


Signing.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestSigning = Signing.TestCase
