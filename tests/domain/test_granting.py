"""The life of a grant: it starts when it is given, ends once, and leaves one task."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.approval import REQUESTER, Approval, ApprovalAction, ApprovalState
from domain.delegation import Delegation, Roll
from domain.errors import Conflict, Forbidden, IllegalMove
from domain.granting import carry_out, revocation, revoke, run_out, timers_of, timers_of_task, warn
from domain.task import TaskState
from tests.conftest import NOW
from tests.domain import made

HOUR = timedelta(hours=1)
LINK = Delegation(
    id="ann>del", principal="ann", delegate="del", first=NOW, last=NOW + 9 * HOUR, reason="away", made_by="ann"
)


def _granted(**changes: object) -> Approval:
    action = ApprovalAction(action="grant access", ticket_id="T-1", requester="rita", risk="high", grant_minutes=120)
    pending = Approval(
        id="apr_1", escalation_id="esc_1", rule="db", action=action, content_hash=action.hash, approvers=("ann",),
        quorum=1, requested_at=NOW, decide_by=NOW + 8 * HOUR, barred={"ri-ta": REQUESTER}, separation=("assignee",),
        warn_before=30, revoke_within=45,
    )  # fmt: skip
    granted = pending.vote(by="del", approve=True, seen_hash=action.hash, at=NOW + HOUR, roll=Roll(delegations=(LINK,)))
    return granted.model_copy(update=changes)


def test_the_time_of_a_grant_runs_from_when_it_is_given() -> None:
    granted = _granted()
    assert granted.grant_ends_at == NOW + 3 * HOUR
    given = carry_out(granted, by="cy", at=NOW + 2 * HOUR)
    assert (given.carried_out_by, given.grant_ends_at) == ("cy", NOW + 4 * HOUR)
    assert {(one.timer, one.due_at) for one in timers_of(given)} == {
        ("grant_ends", NOW + 4 * HOUR), ("grant_ending", NOW + 4 * HOUR - timedelta(minutes=30)),
    }  # fmt: skip


def test_it_is_given_once_and_never_after_its_end() -> None:
    given = carry_out(_granted(), by="cy", at=NOW + 2 * HOUR)
    with pytest.raises(IllegalMove, match="was carried out by cy already"):
        carry_out(given, by="cy", at=NOW + 2 * HOUR)
    with pytest.raises(IllegalMove, match="ended at"):
        carry_out(_granted(), by="cy", at=NOW + 3 * HOUR)
    with pytest.raises(IllegalMove, match="is rejected"):
        carry_out(_granted(state=ApprovalState.REJECTED), by="cy", at=NOW + 2 * HOUR)


@pytest.mark.parametrize("who", ["rita", "ri-ta", "del", "ann"])
def test_neither_who_asked_nor_who_signed_nor_on_whose_behalf_gives_it(who: str) -> None:
    with pytest.raises(Forbidden):
        carry_out(_granted(), by=who, at=NOW + 2 * HOUR)


def test_it_ends_at_its_time_and_not_before_and_stays_ended() -> None:
    granted = _granted()
    assert run_out(granted, NOW + 3 * HOUR - timedelta(seconds=1)) == granted
    ended = run_out(granted, NOW + 3 * HOUR)
    assert (ended.state, ended.ended_why, ended.ended_by) == (ApprovalState.ENDED, "ran out", None)
    assert run_out(ended, NOW + 9 * HOUR) == ended and timers_of(ended) == ()
    with pytest.raises(IllegalMove, match="there is no grant to take back"):
        revoke(ended, by="ann", reason="late", at=NOW + 4 * HOUR)
    rejected = _granted(state=ApprovalState.REJECTED)
    assert run_out(rejected, NOW + 9 * HOUR) == rejected


def test_its_end_is_announced_once_and_not_too_early() -> None:
    granted = _granted()
    assert warn(granted, NOW + 2 * HOUR) == granted
    warned = warn(granted, NOW + 3 * HOUR - timedelta(minutes=30))
    assert warned.warned_at is not None and warn(warned, NOW + 3 * HOUR) == warned
    assert [one.timer for one in timers_of(warned)] == ["grant_ends"]


def test_taking_it_back_needs_a_reason() -> None:
    with pytest.raises(Conflict, match="needs a reason"):
        revoke(_granted(), by="ann", reason="  ", at=NOW + 2 * HOUR)


def test_the_task_goes_to_whoever_gave_it_or_to_the_lead_when_they_are_not_there() -> None:
    given = carry_out(_granted(), by="cy", at=NOW + 2 * HOUR)
    ended = run_out(given, NOW + 4 * HOUR)
    task = revocation(ended, None, made.policy(), NOW + 4 * HOUR)
    assert (task.technician, task.team, task.id) == ("cy", "net", ended.task_id)
    assert task.due_at - task.made_at == timedelta(minutes=45)
    away = [made.technician("cy", "net", leave=[made.LEAVE_TODAY]) if one["id"] == "cy" else one for one in made.PEOPLE]
    assert revocation(ended, None, made.policy(technicians=tuple(away)), NOW).technician == "di"
    left = [made.technician("cy", "net", left=NOW.date()) if one["id"] == "cy" else one for one in made.PEOPLE]
    assert revocation(ended, None, made.policy(technicians=tuple(left)), NOW).technician == "di"


def test_a_task_is_overdue_then_the_leads_and_the_requester_cannot_close_it() -> None:
    ended = run_out(_granted(), NOW + 3 * HOUR)
    task = revocation(ended, None, made.policy(), NOW + 3 * HOUR)
    assert task.overdue(task.due_at - timedelta(seconds=1)) == task and task.escalate(task.due_at) == task
    late = task.overdue(task.due_at)
    [again] = timers_of_task(late)
    assert (again.timer, again.due_at - task.due_at) == ("task_escalated", timedelta(minutes=45))
    told = late.escalate(again.due_at)
    assert (told.state, timers_of_task(told)) == (TaskState.OVERDUE, ())
    for who in ("rita", "ri-ta"):
        with pytest.raises(Forbidden):
            told.done(by=who, note="gone", at=NOW)
    with pytest.raises(Conflict, match="needs a note"):
        told.done(by="cy", note=" ", at=NOW)
    assert told.done(by="cy", note="gone", at=NOW).state == TaskState.DONE
