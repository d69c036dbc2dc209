"""What people are told of approvals, grants and tasks: an internal note in the ticket, and messages by the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.approval import Approval, ApprovalState
from domain.approving import told_of
from domain.delegation import Roll
from domain.effects import Effect, Message, WriteBack, effect
from domain.granting import RAN_OUT, what_was_signed
from domain.notices import Notice, messages
from domain.policy.flow import Occasion
from domain.policy.policy import Policy
from domain.route import Route
from domain.task import Task
from domain.ticket import Ticket

Said = tuple[Effect, ...]


class ApprovalNews:
    """Builds effects; their keys come from the approval or task and the occasion, so that each is told once."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def about(
        self, approval: Approval, ticket: Ticket, route: Route | None, roll: Roll, at: datetime, move: str | None
    ) -> Said:
        """What a move of an approval has to tell; a vote is told by the journey that goes on."""
        if approval.state == ApprovalState.ENDED:
            return self._grant_ended(approval, ticket, route, at)
        match move:
            case "approval_remind":
                silent = told_of(approval, roll, at, approval.waiting_for)
                text = f"Still to be decided by {self._local(approval.decide_by)}: {what_was_signed(approval)}."
                return self._asked("approval_reminder", "Reminder: approval needed", text, approval, ticket, silent, at)
            case "approval_alternates":
                others = told_of(approval, roll, at, approval.alternates)
                text = f"Nobody has decided yet, so you are asked too: {what_was_signed(approval)}."
                return self._asked("approval_alternates", "Approval needed", text, approval, ticket, others, at)
            case "approval_reassigned":
                moved = approval.reassignments[-1]
                others = told_of(approval, roll, at, approval.approvers)
                text = f"{moved.by} gave the decision to {', '.join(moved.after)}: {moved.reason}."
                return self._asked("approval_reassigned", "Approval needed", text, approval, ticket, others, at)
            case "grant_ending" if approval.grant_ends_at is not None:
                ends = self._local(approval.grant_ends_at)
                public = f"What was approved for you ends at {ends}. If you need it longer, please ask for it anew."
                text = f"Ends at {ends}: {what_was_signed(approval)}."
                notice = self._notice("grant_ending", "A grant is about to end", public, text, approval, ticket, at)
                return self._effects(approval.id, "grant_ending", (self._note(ticket, text), *self._told(notice)), at)
            case _:
                return ()

    def task_made(self, task: Task, approval: Approval, ticket: Ticket, route: Route | None, at: datetime) -> Said:
        """The task is in the ticket as an internal note, and whoever has to carry it out knows."""
        text = f"{task.text}.\nTo do by {self._local(task.due_at)} by {task.technician}. Task {task.id}."
        notice = self._notice("task_made", "A grant has to be taken away", "", text, approval, ticket, at)
        notice = self._to(notice, task.technician, task.team, route)
        return self._effects(task.id, "made", (self._note(ticket, text), *self._told(notice)), at)

    def task_late(self, task: Task, ticket: Ticket, route: Route | None, at: datetime, *, lead: bool) -> Said:
        """The reminder to whoever has the task or, after as long again, to the lead of their team."""
        occasion: Occasion = "task_escalated" if lead else "task_overdue"
        text = f"Overdue since {self._local(task.due_at)}, with {task.technician}: {task.text}. Task {task.id}."
        notice = Notice(
            occasion=occasion, ticket=ticket, at=at, headline="A grant is still not taken away", public_text="",
            internal_text=text, escalation_id=task.escalation_id,
        )  # fmt: skip
        notice = self._to(notice, task.technician, task.team, route)
        return self._effects(task.id, occasion, (self._note(ticket, text), *self._told(notice)), at)

    def task_done(self, task: Task, at: datetime) -> Said:
        """The receipt, as an internal note of the ticket."""
        text = f"Done by {task.done_by}: {task.text}.\n{task.note}"
        note = WriteBack(ticket_id=task.ticket_id, comment=text, why="a task was carried out")
        return self._effects(task.id, "done", (note,), at)

    def _grant_ended(self, approval: Approval, ticket: Ticket, route: Route | None, at: datetime) -> Said:
        early = approval.ended_why != RAN_OUT
        how = f"was taken back by {approval.ended_by}: {approval.ended_why}" if early else "has ended"
        public = "What was approved for you " + ("was taken back." if early else "has ended.")
        text = f"The grant {how}. It was: {what_was_signed(approval)}."
        notice = self._notice("grant_ended", "A grant has ended", public, text, approval, ticket, at)
        notice = self._to(notice, None, None, route)
        return self._effects(approval.id, "ended", (self._note(ticket, text), *self._told(notice)), at)

    def _asked(
        self, occasion: Occasion, headline: str, text: str, approval: Approval, ticket: Ticket,
        people: tuple[str, ...], at: datetime,
    ) -> Said:  # fmt: skip
        """A request to decide, to some of the approvers, with a note of whom was asked."""
        whole = f"{text}\nRisk: {approval.action.risk}\nContent hash: {approval.content_hash}"
        to = approval.model_copy(update={"approvers": people})
        public = "Your request still waits for an approval."
        notice = self._notice(occasion, headline, public, whole, to, ticket, at)
        names = ", ".join(people) or "nobody who could decide"
        note = self._note(ticket, f"{headline} ({approval.id}), asked: {names}.")
        step = f"{occasion}:{len(approval.reassignments)}"
        return self._effects(approval.id, step, (note, *self._told(notice)), at)

    def _notice(
        self, occasion: Occasion, headline: str, public: str, text: str, approval: Approval, ticket: Ticket,
        at: datetime,
    ) -> Notice:  # fmt: skip
        return Notice(
            occasion=occasion, ticket=ticket, at=at, headline=headline, public_text=public, internal_text=text,
            approval=approval, escalation_id=approval.escalation_id,
        )  # fmt: skip

    def _to(self, notice: Notice, technician: str | None, team: str | None, route: Route | None) -> Notice:
        """The notice with the person it is for as its assignee."""
        if technician is None:
            return replace(notice, route=route)
        base = route or Route(result="technician", tier="", team=team or "", technician="", confidence=1.0, why="")
        update = {"technician": technician, "team": team or base.team, "why": "has the task"}
        return replace(notice, route=base.model_copy(update=update))

    def _told(self, notice: Notice) -> tuple[Message, ...]:
        return messages(self._policy, notice)

    def _note(self, ticket: Ticket, text: str) -> WriteBack:
        return WriteBack(ticket_id=ticket.id, comment=text, why="the state of an approval")

    def _effects(self, subject: str, step: str, bodies: tuple[WriteBack | Message, ...], at: datetime) -> Said:
        return tuple(effect(body, step=f"{subject}:{step}", at=at) for body in bodies)

    def _local(self, moment: datetime) -> str:
        zone = self._policy.head.zone
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
