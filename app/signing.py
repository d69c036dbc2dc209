"""Approvals as people and timers move them: each move is one transaction with its messages, timers and tasks.

Every method may run again after a crash and comes to the same records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.storage import delegations, inbox, outbox, records, tickets
from adapters.storage.store import Store, Transaction, own_delivery
from app.approval_news import ApprovalNews
from domain.approval import Approval, ApprovalState, Channel
from domain.approving import changed, kept_apart
from domain.asof import standing
from domain.delegation import Roll, roll_call
from domain.errors import BadInput, IllegalMove, StaleContent
from domain.granting import carry_out, revocation, revoke, run_out, timers_of_task, warn
from domain.journey import ApprovalDecided, EventArrived, TimerFired
from domain.policy.policy import Policy
from domain.task import Task
from domain.ticket import Ticket

CHANGED = "the request was changed"
"""Why an approval is void whose request was changed while it was pending."""


class _Changed(StaleContent):
    """Not the voter is behind: the request itself is another by now."""


@dataclass(frozen=True)
class Ballot:
    """A person's word on an approval as it comes in."""

    by: str
    approve: bool
    seen_hash: str
    reason: str = ""
    on_behalf_of: str | None = None
    channel: Channel = "api"
    key: str | None = None


Decided = tuple[Approval, str | None]
"""An approval, and the run that goes on when it was decided just now."""


class Signing:
    """Votes, reminders, alternates, expiry; grants, their end, and the tasks that take them away."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy
        self._news = ApprovalNews(policy)

    def vote(self, tenant: str, approval_id: str, ballot: Ballot, at: datetime) -> Decided:
        """Counts a vote.

        Raises what `Approval.vote` raises, `StaleContent` when the request has changed by now, and `IllegalMove` when
        nothing is asked for any more: the ticket or the escalation has ended.
        """

        def count(connection: Transaction, before: Approval) -> Approval:
            ticket = self._ticket_by_now(connection, tenant, before)
            raised = records.escalations.get_or_none(connection, tenant, before.escalation_id)
            if before.pending and (not standing(ticket).open or (raised is not None and raised.ended)):
                raise IllegalMove(f"approval {before.id} fell away: its ticket or its escalation has ended")
            if before.pending and self._changed(connection, tenant, before, ticket):
                raise _Changed(
                    f"what {before.id} asks for was changed", mend="read it again in a moment: it is asked for anew"
                )
            roll = replace(self._roll(connection, tenant, at), apart=kept_apart(before, ticket))
            return before.vote(
                by=ballot.by, approve=ballot.approve, seen_hash=ballot.seen_hash, at=at, reason=ballot.reason,
                on_behalf_of=ballot.on_behalf_of, roll=roll, channel=ballot.channel, key=ballot.key,
            )  # fmt: skip

        try:
            return self._move(tenant, approval_id, count, at)
        except _Changed:
            self._ask_anew(tenant, approval_id, at)
            raise

    def reassign(
        self, tenant: str, approval_id: str, approvers: tuple[str, ...], *, by: str, reason: str, at: datetime
    ) -> Decided:
        """Gives the decision to others. Raises `BadInput` for people not in the policy, and as `Approval.reassign`."""
        roll = roll_call(self._policy, at)
        known = set(self._policy.somebody) - roll.gone
        if strangers := [one for one in approvers if one not in known]:
            raise BadInput(f"nobody here is called {strangers[0]!r}", mend="name people or technicians of the policy")

        def give(_: Transaction, before: Approval) -> Approval:
            return before.reassign(approvers, by=by, reason=reason, at=at)

        return self._move(tenant, approval_id, give, at, tell="approval_reassigned")

    def carried_out(self, tenant: str, approval_id: str, *, by: str, at: datetime) -> Approval:
        """Notes that what was granted was given; its time runs from now. Raises as `granting.carry_out` does."""
        return self._move(tenant, approval_id, lambda _, before: carry_out(before, by=by, at=at), at)[0]

    def revoke(self, tenant: str, approval_id: str, *, by: str, reason: str, at: datetime) -> Approval:
        """Takes a grant back; the task to carry that out is made at once. Raises as `granting.revoke` does."""
        return self._move(tenant, approval_id, lambda _, before: revoke(before, by=by, reason=reason, at=at), at)[0]

    def done(self, tenant: str, task_id: str, *, by: str, note: str, at: datetime, key: str | None = None) -> Task:
        """Notes that a task was carried out. Raises as `Task.done` does."""

        def finish(connection: Transaction) -> Task:
            before = records.tasks.get(connection, tenant, task_id)
            after = before.done(by=by, note=note, at=at, key=key)
            self._put_task(connection, tenant, before, after)
            for item in self._news.task_done(after, at):
                outbox.put(connection, tenant, after.ticket_id, item)
            return after

        return self._store.write(finish)

    def renew(self, tenant: str, approval_id: str, at: datetime) -> bool:
        """Voids an approval whose request was changed while it was pending; whether it has to be asked for anew."""

        def look(connection: Transaction) -> bool:
            before = records.approvals.get(connection, tenant, approval_id)
            if before.state == ApprovalState.VOID:
                return before.void_reason == CHANGED
            if not before.pending:
                return False
            ticket = tickets.get(connection, tenant, before.action.ticket_id)
            if not self._changed(connection, tenant, before, ticket):
                return False
            self._store.change_approval(connection, tenant, before, before.void(at, CHANGED), at)
            return True

        return self._store.write(look)

    def fired(self, tenant: str, arrival: TimerFired, at: datetime) -> str:
        """What a moment brings that an approval, a grant or a task waited for."""
        name, subject = arrival.timer, arrival.subject_id
        if name in ("task_overdue", "task_escalated"):
            return self._task_fired(tenant, name, subject, at)
        moves: dict[str, Callable[[Approval], Approval]] = {
            "approval_remind": lambda one: one.remind(at),
            "approval_alternates": lambda one: one.ask_alternates(at),
            "approval_due": lambda one: one.expire(at),
            "grant_ending": lambda one: warn(one, at),
            "grant_ends": lambda one: run_out(one, at),
        }
        after, _ = self._move(tenant, subject, lambda _, before: moves[name](before), at, tell=name)
        return f"noted: the approval is {after.state}"

    def _move(
        self, tenant: str, approval_id: str, move: Callable[[Transaction, Approval], Approval], at: datetime,
        tell: str | None = None,
    ) -> Decided:  # fmt: skip
        def change(connection: Transaction) -> Decided:
            before = records.approvals.get(connection, tenant, approval_id)
            after = move(connection, before)
            if after == before:
                return after, None
            run = self._store.change_approval(connection, tenant, before, after, at)
            self._follow_up(connection, tenant, after, at, tell)
            return after, run

        return self._store.write(change)

    def _follow_up(
        self, connection: Transaction, tenant: str, approval: Approval, at: datetime, tell: str | None
    ) -> None:
        """What belongs to a move: people told, and the task when a grant has ended."""
        ticket = tickets.get(connection, tenant, approval.action.ticket_id)
        route = next(iter(records.routes.find(connection, tenant, ticket_id=ticket.id, limit=1)), None)
        said = self._news.about(approval, ticket, route, self._roll(connection, tenant, at), at, tell)
        if approval.state == ApprovalState.ENDED:
            raised = records.escalations.get_or_none(connection, tenant, approval.escalation_id)
            task = revocation(approval, raised, self._policy, at)
            self._put_task(connection, tenant, None, task)
            said = (*said, *self._news.task_made(task, approval, ticket, route, at))
        for item in said:
            outbox.put(connection, tenant, ticket.id, item)

    def _task_fired(self, tenant: str, name: str, task_id: str, at: datetime) -> str:
        def change(connection: Transaction) -> str:
            before = records.tasks.get(connection, tenant, task_id)
            after = before.overdue(at) if name == "task_overdue" else before.escalate(at)
            if after == before:
                return f"noted: the task is {before.state}"
            self._put_task(connection, tenant, before, after)
            ticket = tickets.get(connection, tenant, after.ticket_id)
            route = next(iter(records.routes.find(connection, tenant, ticket_id=ticket.id, limit=1)), None)
            for item in self._news.task_late(after, ticket, route, at, lead=name == "task_escalated"):
                outbox.put(connection, tenant, after.ticket_id, item)
            return f"noted: the task is {after.state}"

        return self._store.write(change)

    def _put_task(self, connection: Transaction, tenant: str, before: Task | None, after: Task) -> None:
        if before is None:
            if records.tasks.get_or_none(connection, tenant, after.id) is not None:
                return
            records.tasks.put(
                connection, tenant, after, id=after.id, ticket_id=after.ticket_id, at=after.made_at,
                state=after.state, version=after.version,
            )  # fmt: skip
        else:
            records.tasks.replace(
                connection, tenant, after, id=after.id, expected=before.version, state=after.state,
                version=after.version,
            )  # fmt: skip
        records.timers.drop_of(connection, tenant, after.id)
        for timer in timers_of_task(after):
            records.timers.put(connection, tenant, timer)

    def _ask_anew(self, tenant: str, approval_id: str, at: datetime) -> None:
        """Lets the journey look at an approval whose request has changed; the next sweep queues it.

        An event that changes it does so by itself. This is for what no event says, such as another policy.
        """

        def deliver(connection: Transaction) -> None:
            one = records.approvals.get(connection, tenant, approval_id)
            ticket = tickets.get(connection, tenant, one.action.ticket_id)
            if one.pending and self._changed(connection, tenant, one, ticket):
                arrival = ApprovalDecided(ticket_id=one.action.ticket_id, approval_id=approval_id)
                inbox.accept(connection, tenant, own_delivery(tenant, f"look:{approval_id}:{one.version}", arrival, at))

        self._store.write(deliver)

    def _changed(self, connection: Transaction, tenant: str, approval: Approval, ticket: Ticket) -> bool:
        opinions = records.assessments.find(connection, tenant, ticket_id=ticket.id, limit=1)
        return bool(opinions) and changed(approval, ticket, self._policy, opinions[0])

    def _ticket_by_now(self, connection: Transaction, tenant: str, approval: Approval) -> Ticket:
        """The ticket with the events that have arrived for it and are still to be worked on."""
        ticket = tickets.get(connection, tenant, approval.action.ticket_id)
        known = {event.id for event in ticket.events}
        arrivals = [one.arrival for one in inbox.waiting_of(connection, tenant, ticket.id)]
        fresh = [one.event for one in arrivals if isinstance(one, EventArrived) and one.event.id not in known]
        events = sorted((*ticket.events, *fresh), key=lambda event: event.at)
        return ticket.model_copy(update={"events": tuple(events)}) if fresh else ticket

    def _roll(self, connection: Transaction, tenant: str, at: datetime) -> Roll:
        return roll_call(self._policy, at, delegations.find(connection, tenant, not_over_at=at))
