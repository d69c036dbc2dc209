"""Approvals: no way to a grant but the quorum of the right people, in time, for exactly what they saw."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.approval import REQUESTER, Approval, ApprovalAction, ApprovalState
from domain.delegation import Delegation, Roll
from domain.errors import Conflict, Forbidden, IllegalMove, StaleContent, TierwiseError
from tests.conftest import NOW

APPROVERS = ("ann", "ben", "cas")
PEOPLE = (*APPROVERS, "rita", "stranger")
"""Rita asks; in some runs she is an approver herself."""
DECIDE_BY = NOW + timedelta(hours=8)


def _action(grant_minutes: int | None = None, request: str = "write access") -> ApprovalAction:
    return ApprovalAction(
        action="grant access", ticket_id="T-1", requester="rita", parameters={"request": request}, risk="high",
        grant_minutes=grant_minutes,
    )  # fmt: skip


def _pending(quorum: int = 1, *, approvers: tuple[str, ...] = APPROVERS, grant_minutes: int | None = None) -> Approval:
    action = _action(grant_minutes)
    return Approval(
        id="apr_1", escalation_id="esc_1", rule="db", action=action, content_hash=action.hash, approvers=approvers,
        quorum=quorum, requested_at=NOW, decide_by=DECIDE_BY,
    )  # fmt: skip


class Deciding(RuleBasedStateMachine):
    """Anybody votes anything at any time, having seen anything; the request may be changed behind the votes."""

    @initialize(quorum=st.integers(1, 3), rita_may=st.booleans())
    def begin(self, quorum: int, rita_may: bool) -> None:
        self.approval = _pending(quorum, approvers=(*APPROVERS, "rita") if rita_may else APPROVERS)
        self.at = NOW
        self.seen = self.approval.content_hash
        self.changed = False
        self.said_yes: set[str] = set()
        self.said_no: list[str] = []
        self.over_at: datetime | None = None

    @rule(minutes=st.sampled_from([0, 1, 120, 239, 240, 481]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def the_request_is_changed(self) -> None:
        other = _action(request="write access, and root too")
        self.approval = self.approval.model_copy(update={"action": other})
        self.changed = True

    @rule(
        by=st.sampled_from(PEOPLE), approve=st.booleans(), fresh=st.booleans(),
        reason=st.sampled_from(["", "  ", "no need"]),
    )  # fmt: skip
    def somebody_votes(self, by: str, approve: bool, fresh: bool, reason: str) -> None:
        before = self.approval
        try:
            after = before.vote(
                by=by, approve=approve, seen_hash=self.seen if fresh else "another", at=self.at, reason=reason
            )
        except TierwiseError:
            assert self.approval == before
            return
        assert before.state == ApprovalState.PENDING and self.at < DECIDE_BY
        assert fresh and not self.changed
        assert by in before.approvers and by != "rita"
        assert by not in self.said_yes and by not in self.said_no
        assert approve or reason.strip()
        self.approval = after
        if approve:
            self.said_yes.add(by)
        else:
            self.said_no.append(by)

    @rule()
    def its_time_is_looked_at(self) -> None:
        self.approval = self.approval.expire(self.at)

    @invariant()
    def granted_means_a_quorum_of_others_and_nobody_against(self) -> None:
        granted = self.approval.state == ApprovalState.GRANTED
        assert granted == (len(self.said_yes) >= self.approval.quorum and not self.said_no)

    @invariant()
    def one_no_is_enough(self) -> None:
        assert (self.approval.state == ApprovalState.REJECTED) == bool(self.said_no)

    @invariant()
    def a_decision_is_dated_once_and_stays(self) -> None:
        decided = self.approval.decided_at
        assert (decided is None) == (self.approval.state == ApprovalState.PENDING)
        assert self.over_at in (None, decided)
        self.over_at = decided

    @invariant()
    def expired_means_that_its_time_was_over(self) -> None:
        if self.approval.state == ApprovalState.EXPIRED:
            assert self.over_at is not None and self.over_at >= DECIDE_BY


TestDeciding = Deciding.TestCase


def _yes(approval: Approval, by: str, at: datetime = NOW, seen: str | None = None) -> Approval:
    return approval.vote(by=by, approve=True, seen_hash=seen or approval.content_hash, at=at)


def test_the_last_vote_of_the_quorum_grants() -> None:
    one = _yes(_pending(2), "ann")
    assert one.state == ApprovalState.PENDING
    two = _yes(one, "ben", NOW + timedelta(hours=1))
    assert (two.state, two.decided_at, two.version) == (ApprovalState.GRANTED, NOW + timedelta(hours=1), 3)


def test_a_grant_ends_when_the_rule_says() -> None:
    assert _yes(_pending(grant_minutes=90), "ann").grant_ends_at == NOW + timedelta(minutes=90)
    assert _yes(_pending(), "ann").grant_ends_at is None


@pytest.mark.parametrize(
    ("by", "at", "seen", "error", "says"),
    [
        ("stranger", NOW, None, Forbidden, "stranger is not an approver"),
        ("rita", NOW, None, Forbidden, "nobody approves their own request"),
        ("ann", DECIDE_BY, None, IllegalMove, "expired at"),
        ("ann", NOW, "another", StaleContent, "about something else by now; read it again"),
    ],
)
def test_a_vote_that_does_not_count_says_why(
    by: str, at: datetime, seen: str | None, error: type[TierwiseError], says: str
) -> None:
    with pytest.raises(error, match=says):
        _yes(_pending(approvers=(*APPROVERS, "rita")), by, at, seen)


def test_nobody_votes_twice() -> None:
    with pytest.raises(Conflict, match="ann has already voted"):
        _yes(_yes(_pending(2), "ann"), "ann")


def test_a_rejection_needs_a_reason() -> None:
    pending = _pending()
    with pytest.raises(Conflict, match="a rejection needs a reason; say why"):
        pending.vote(by="ann", approve=False, seen_hash=pending.content_hash, at=NOW, reason=" ")


@pytest.mark.parametrize("change", [{"grant_minutes": 9}, {"risk": "low"}, {"requester": "bob"}, {"ticket_id": "T-2"}])
def test_every_part_of_the_action_is_in_its_hash(change: dict[str, object]) -> None:
    assert _action().model_copy(update=change).hash != _action().hash


def _gives(one: str, other: str) -> Delegation:
    return Delegation(
        id=f"{one}>{other}", principal=one, delegate=other, first=NOW, last=DECIDE_BY, reason="away", made_by=one
    )


def _for(approval: Approval, by: str, *links: Delegation, whom: str | None = None) -> Approval:
    seen = approval.content_hash
    return approval.vote(by=by, approve=True, seen_hash=seen, at=NOW, on_behalf_of=whom, roll=Roll(delegations=links))


def test_two_delegates_of_one_approver_are_one_word() -> None:
    links = (_gives("ann", "del"), _gives("ann", "dot"))
    with pytest.raises(Conflict, match="the vote of ann on apr_1 is cast already"):
        _for(_for(_pending(2), "del", *links), "dot", *links)


def test_the_approver_and_their_delegate_are_one_word() -> None:
    link = _gives("ann", "del")
    with pytest.raises(Conflict, match="the vote of ann on apr_1 is cast already"):
        _for(_for(_pending(2), "ann", link), "del", link)
    with pytest.raises(Conflict, match="del has voted for ann"):
        _for(_for(_pending(2), "del", link), "ann", link)


def test_whoever_has_spoken_for_somebody_is_not_spoken_for() -> None:
    links = (_gives("ann", "ben"), _gives("ben", "del"))
    once = _for(_pending(2), "ben", *links, whom="ann")
    with pytest.raises(Conflict, match="the vote of ben on apr_1 is cast already"):
        _for(once, "del", *links, whom="ben")


def test_a_delegate_of_two_has_one_word() -> None:
    links = (_gives("ann", "del"), _gives("ben", "del"))
    with pytest.raises(Conflict, match="del has already voted"):
        _for(_for(_pending(2), "del", *links), "del", *links, whom="ben")


def test_a_circle_of_delegations_gives_nobody_a_vote_but_the_approvers_keep_theirs() -> None:
    links = (_gives("ann", "ben"), _gives("ben", "ann"), _gives("ann", "del"))
    with pytest.raises(Forbidden, match="del is not an approver"):
        _for(_pending(), "del", *links)
    assert _for(_pending(), "ann", *links).state == ApprovalState.GRANTED


def test_the_requester_gets_no_vote_by_delegation_nor_does_their_delegate() -> None:
    kept_apart = _pending().model_copy(update={"separation": ("requester_delegates",)})
    with pytest.raises(Forbidden, match="their own request"):
        _for(kept_apart, "rita", _gives("ann", "rita"))
    with pytest.raises(Forbidden, match="ann stands in for the requester"):
        _for(kept_apart, "ann", _gives("rita", "ann"))
    with pytest.raises(Forbidden, match="del stands in for the requester"):
        _for(kept_apart, "del", _gives("ann", "rita"), _gives("rita", "del"))
    # Not even where the rule does not keep the requester's delegates apart.
    with pytest.raises(Forbidden, match="ben is not an approver of apr_1 on behalf of ann"):
        barred = _pending().model_copy(update={"barred": {"rita": REQUESTER}})
        _for(barred, "ben", _gives("ann", "rita"), _gives("rita", "ben"), whom="ann")


def test_the_technician_who_holds_the_ticket_by_now_has_no_vote() -> None:
    pending = _pending()
    with pytest.raises(Forbidden, match="ann may not decide on apr_1: holds the ticket"):
        pending.vote(
            by="ann", approve=True, seen_hash=pending.content_hash, at=NOW, roll=Roll(apart={"ann": "holds the ticket"})
        )


def test_the_vote_of_an_approver_who_took_the_ticket_since_is_set_aside() -> None:
    first = _yes(_pending(2), "ann")
    apart = Roll(apart={"ann": "holds the ticket"})
    second = first.vote(by="ben", approve=True, seen_hash=first.content_hash, at=NOW, roll=apart)
    assert (second.state, [one.by for one in second.set_aside]) == (ApprovalState.PENDING, ["ann"])
    third = second.vote(by="cas", approve=True, seen_hash=first.content_hash, at=NOW, roll=apart)
    assert (third.state, [one.by for one in third.votes]) == (ApprovalState.GRANTED, ["ben", "cas"])
    assert third.version == first.version + 2


def test_nobody_speaks_for_somebody_who_has_left() -> None:
    pending = _pending()
    roll = Roll(delegations=(_gives("ann", "del"),), gone=frozenset({"ann"}))
    for who in ("ann", "del"):
        with pytest.raises(Forbidden):
            pending.vote(by=who, approve=True, seen_hash=pending.content_hash, at=NOW, roll=roll)


def test_nobody_speaks_for_the_requesters_delegate_either() -> None:
    kept_apart = _pending().model_copy(update={"separation": ("requester_delegates",)})
    with pytest.raises(Forbidden, match="del stands in for the requester"):
        _for(kept_apart, "del", _gives("rita", "ann"), _gives("ann", "del"), whom="ann")
    only_direct = _gives("ann", "ben")
    with pytest.raises(Forbidden):
        _for(kept_apart, "ben", _gives("rita", "ann"), only_direct, whom="ann")


def test_whoever_gives_the_decision_to_others_has_no_vote_and_old_votes_of_others_are_set_aside() -> None:
    voted = _yes(_yes(_pending(3), "ann"), "ben")
    moved = voted.reassign(("ann", "cas", "boss", "dot", "rita"), by="boss", reason="ill", at=NOW)
    assert (moved.approvers, [one.by for one in moved.votes]) == (("ann", "cas", "dot"), ["ann"])
    assert [one.by for one in moved.set_aside] == ["ben"]
    for who in ("boss", "ben"):
        with pytest.raises(Forbidden):
            _yes(moved, who)
    assert _yes(_yes(moved, "cas"), "dot").state == ApprovalState.GRANTED
    own = _yes(_pending(2), "ann").reassign(("ben", "cas"), by="ann", reason="ill", at=NOW)
    assert own.votes == () and [one.by for one in own.set_aside] == ["ann"]
    with pytest.raises(Conflict, match="0 of those named may decide and 3 must agree"):
        voted.reassign(("boss",), by="boss", reason="me", at=NOW)
