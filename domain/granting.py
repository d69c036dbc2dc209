"""The life of a grant: given, about to end, ended, taken away. And every moment an approval waits for. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.approval import Approval, ApprovalState
from domain.base import derived_id
from domain.delegation import roll_call
from domain.errors import Conflict, Forbidden, IllegalMove
from domain.escalation import Escalation
from domain.journey import Timer
from domain.policy.policy import Policy
from domain.task import Task, TaskState
from domain.thresholds import REVOKE_WITHIN

RAN_OUT = "ran out"
"""Why a grant ended that nobody took back."""


def timers_of(approval: Approval) -> tuple[Timer, ...]:
    """The moments that an approval waits for as it stands; none when nothing more can happen to it by itself."""
    due: list[tuple[str, datetime | None]] = []
    if approval.state == ApprovalState.PENDING:
        due.append(("approval_due", approval.decide_by))
        if approval.reminded_at is None:
            due.append(("approval_remind", approval.remind_at))
        if approval.alternates_joined_at is None:
            due.append(("approval_alternates", approval.alternate_at))
    elif approval.state == ApprovalState.GRANTED and approval.grant_ends_at is not None:
        due.append(("grant_ends", approval.grant_ends_at))
        if approval.warned_at is None and approval.warn_before:
            due.append(("grant_ending", approval.grant_ends_at - timedelta(minutes=approval.warn_before)))
    return tuple(_timer(name, approval.id, approval.action.ticket_id, at) for name, at in due if at is not None)


def timers_of_task(task: Task) -> tuple[Timer, ...]:
    """The moments that a task waits for: its end, and as long again until the lead is told."""
    if task.state == TaskState.OPEN:
        return (_timer("task_overdue", task.id, task.ticket_id, task.due_at),)
    if task.state == TaskState.OVERDUE and task.escalated_at is None:
        again = task.due_at + (task.due_at - task.made_at)
        return (_timer("task_escalated", task.id, task.ticket_id, again),)
    return ()


def carry_out(approval: Approval, *, by: str, at: datetime) -> Approval:
    """The grant started: what was granted was given, and lasts from now.

    Raises `IllegalMove` unless it is granted, still in force and not yet given, and `Forbidden` when the one who gave
    it signed for it or asked for it.
    """
    if approval.state != ApprovalState.GRANTED:
        raise IllegalMove(f"approval {approval.id} is {approval.state}, there is nothing to carry out")
    if approval.carried_out_at is not None:
        raise IllegalMove(f"approval {approval.id} was carried out by {approval.carried_out_by} already")
    if approval.grant_ends_at is not None and at >= approval.grant_ends_at:
        raise IllegalMove(
            f"the grant of {approval.id} ended at {approval.grant_ends_at.isoformat()}", mend="ask for a new approval"
        )
    if approval.is_requester(by):
        raise Forbidden("nobody carries out their own request", mend="let another technician do it")
    if "assignee" in approval.separation and any(by in (vote.by, vote.principal) for vote in approval.votes):
        raise Forbidden(f"{by} signed for it", mend="let another technician carry it out")
    minutes = approval.action.grant_minutes
    ends = at + timedelta(minutes=minutes) if minutes else None
    update = {"carried_out_at": at, "carried_out_by": by, "grant_ends_at": ends, "version": approval.version + 1}
    return approval.model_copy(update=update)


def warn(approval: Approval, at: datetime) -> Approval:
    """The grant after its end was announced, once; one that is over, or not yet so far, stays as it is."""
    ends, before = approval.grant_ends_at, approval.warn_before
    if approval.state != ApprovalState.GRANTED or ends is None or not before or approval.warned_at is not None:
        return approval
    if at < ends - timedelta(minutes=before):
        return approval
    return approval.model_copy(update={"warned_at": at, "version": approval.version + 1})


def run_out(approval: Approval, at: datetime) -> Approval:
    """The grant after its time; one that lasts longer by now, or is over, stays as it is."""
    ends = approval.grant_ends_at
    if approval.state != ApprovalState.GRANTED or ends is None or at < ends:
        return approval
    return _ended(approval, by=None, why=RAN_OUT, at=at)


def revoke(approval: Approval, *, by: str, reason: str, at: datetime) -> Approval:
    """The grant taken back before its time. Raises `IllegalMove` unless granted, `Conflict` without a reason."""
    if approval.state != ApprovalState.GRANTED:
        raise IllegalMove(f"approval {approval.id} is {approval.state}, there is no grant to take back")
    if not reason.strip():
        raise Conflict("taking a grant back needs a reason", mend="say why")
    return _ended(approval, by=by, why=reason, at=at)


def revocation(approval: Approval, escalation: Escalation | None, policy: Policy, at: datetime) -> Task:
    """The task of taking away what an ended approval had granted; the same approval always makes the same task.

    It goes to whoever gave it, else to who has the escalation; to the lead of their team when they are not there.
    """
    team = policy.team(escalation.to_team if escalation else None)
    who = approval.carried_out_by or (escalation.technician if escalation else None)
    technician = policy.technician_by_id.get(who or "")
    if technician is not None:
        team = policy.team(technician.team) or team
    lost = roll_call(policy, at)
    there = technician is not None and technician.id not in lost.gone and technician.id not in lost.away
    lead = team.lead if team else policy.lead_of(policy.tiers.tiers[0].id).id
    assignee = technician.id if technician is not None and there else lead
    return Task(
        id=revocation_id(approval), ticket_id=approval.action.ticket_id, escalation_id=approval.escalation_id,
        approval_id=approval.id, text=f"Take away: {what_was_signed(approval)}", requester=approval.action.requester,
        not_by=tuple(name for name in approval.barred if approval.is_requester(name)),
        team=team.id if team else None, technician=assignee, made_at=at,
        due_at=at + timedelta(minutes=approval.revoke_within or REVOKE_WITHIN),
    )  # fmt: skip


def revocation_id(approval: Approval) -> str:
    """The id of an approval's only revocation task."""
    return derived_id("task", approval.id, "revoke_access")


def what_was_signed(approval: Approval) -> str:
    """The action with its facts, on one line, as it was signed."""
    action = approval.action
    facts = [f"{name}: {value}" for name, value in action.parameters.items() if name not in ("request", "rule")]
    whom = f" for {action.requester}" if action.requester else ""
    return f"{action.action}{whom}" + (f" ({', '.join(facts)})" if facts else "")


def signed_note(approval: Approval) -> str:
    """What the one who carries it out needs to know of the signature: exactly what, by whom, until when."""
    who = ", ".join(f"{v.by} for {v.on_behalf_of}" if v.on_behalf_of else v.by for v in approval.votes if v.approve)
    minutes = approval.action.grant_minutes
    ends = f"\nThe grant lasts {minutes} minutes from when it is given." if minutes else ""
    return (
        f"Approved by {who}: {what_was_signed(approval)}.\nNothing beyond this is approved: "
        f"{approval.action.parameters.get('request', '')}{ends}\nContent hash: {approval.content_hash}"
    )


def _ended(approval: Approval, *, by: str | None, why: str, at: datetime) -> Approval:
    update = {
        "state": ApprovalState.ENDED, "ended_at": at, "ended_by": by, "ended_why": why,
        "task_id": revocation_id(approval), "version": approval.version + 1,
    }  # fmt: skip
    return approval.model_copy(update=update)


def _timer(name: str, subject_id: str, ticket_id: str, at: datetime) -> Timer:
    return Timer.model_validate(
        {"key": f"{name}:{subject_id}", "ticket_id": ticket_id, "timer": name, "subject_id": subject_id, "due_at": at}
    )
