"""Tasks that a person must carry out by a moment, and that are tracked until they are done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.base import Moment, Record
from domain.errors import Conflict, Forbidden, IllegalMove


class TaskState(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"


class Task(Record):
    """Something to do. `revoke_access` takes away what an approval that has ended had granted."""

    id: str
    kind: Literal["revoke_access"] = "revoke_access"
    ticket_id: str
    escalation_id: str
    approval_id: str
    text: str
    """What exactly, in the words that were signed."""
    requester: str | None = None
    not_by: tuple[str, ...] = ()
    """Ids under which the policy knows the requester, who cannot confirm it."""
    team: str | None = None
    technician: str
    made_at: Moment
    due_at: Moment
    state: TaskState = TaskState.OPEN
    overdue_at: Moment | None = None
    escalated_at: Moment | None = None
    """When the lead of the team was told."""
    done_at: Moment | None = None
    done_by: str | None = None
    note: str | None = None
    """What was done, or the receipt of it."""
    key: str | None = None
    """The API key that said it was done."""
    version: int = 1

    def overdue(self, at: datetime) -> Task:
        """The task after its time ran out; one that is done, or overdue already, stays as it is."""
        if self.state != TaskState.OPEN or at < self.due_at:
            return self
        return self._changed(state=TaskState.OVERDUE, overdue_at=at)

    def escalate(self, at: datetime) -> Task:
        """The task after the lead was told that it is still not done, once."""
        if self.state != TaskState.OVERDUE or self.escalated_at is not None:
            return self
        return self._changed(escalated_at=at)

    def done(self, *, by: str, note: str, at: datetime, key: str | None = None) -> Task:
        """The task carried out.

        Raises `IllegalMove` when it is done, `Forbidden` when the requester says so themselves, `Conflict` without
        a note.
        """
        if self.state == TaskState.DONE:
            raise IllegalMove(f"task {self.id} was done by {self.done_by}", mend="nothing is left to do")
        if by in self.not_by or (self.requester is not None and by.casefold() == self.requester.casefold()):
            raise Forbidden("nobody confirms that their own access is gone", mend="let a technician confirm it")
        if not note.strip():
            raise Conflict("a task needs a note", mend="say what was done, or give the receipt")
        return self._changed(state=TaskState.DONE, done_at=at, done_by=by, note=note, key=key)

    def _changed(self, **update: object) -> Task:
        return self.model_copy(update={**update, "version": self.version + 1})
