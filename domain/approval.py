"""Approvals: bound to the exact action that was seen, decided by the right people, and expiring."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from domain.base import Moment, Record, content_hash
from domain.errors import Conflict, Forbidden, IllegalMove, StaleContent


class ApprovalState(StrEnum):
    """Where a request for approval stands."""

    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"


class ApprovalAction(Record):
    """Exactly what is being approved; its hash binds every vote."""

    action: str
    ticket_id: str
    requester: str | None
    parameters: dict[str, str] = {}
    risk: str
    grant_minutes: int | None = None

    @property
    def hash(self) -> str:
        """sha256 of the action with all its parameters."""
        return content_hash(self.model_dump(mode="json"))


class Vote(Record):
    """One approver's word."""

    by: str
    at: Moment
    approve: bool
    reason: str = ""


class Approval(Record):
    """A request for approval and what became of it."""

    id: str
    escalation_id: str
    rule: str
    action: ApprovalAction
    content_hash: str
    approvers: tuple[str, ...]
    quorum: int = Field(ge=1)
    state: ApprovalState = ApprovalState.PENDING
    requested_at: Moment
    decide_by: Moment
    decided_at: Moment | None = None
    grant_ends_at: Moment | None = None
    votes: tuple[Vote, ...] = ()
    version: int = 1

    def vote(self, *, by: str, approve: bool, seen_hash: str, at: datetime, reason: str = "") -> Approval:
        """The approval after one more vote: granted at the quorum, rejected at the first no.

        Raises `IllegalMove` when it is decided, `StaleContent` when the voter saw something else, `Forbidden`
        when the voter is not an approver or asked for it himself, `Conflict` on a second vote or a rejection
        without a reason.
        """
        if self.state != ApprovalState.PENDING:
            raise IllegalMove(f"approval {self.id} is already {self.state}")
        if at >= self.decide_by:
            raise IllegalMove(f"approval {self.id} expired at {self.decide_by.isoformat()}")
        if seen_hash != self.content_hash or self.action.hash != self.content_hash:
            raise StaleContent(f"approval {self.id} is about something else by now", mend="read it again, then decide")
        if by == self.action.requester:
            raise Forbidden("nobody approves their own request")
        if by not in self.approvers:
            raise Forbidden(f"{by} is not an approver of {self.id}")
        if any(vote.by == by for vote in self.votes):
            raise Conflict(f"{by} has already voted on {self.id}")
        if not approve and not reason.strip():
            raise Conflict("a rejection needs a reason", mend="say why, so that the requester can act on it")
        votes = (*self.votes, Vote(by=by, at=at, approve=approve, reason=reason))
        voted = self.model_copy(update={"votes": votes, "version": self.version + 1})
        if not approve:
            return voted.model_copy(update={"state": ApprovalState.REJECTED, "decided_at": at})
        if sum(vote.approve for vote in votes) < self.quorum:
            return voted
        minutes = self.action.grant_minutes
        ends = at + timedelta(minutes=minutes) if minutes else None
        return voted.model_copy(update={"state": ApprovalState.GRANTED, "decided_at": at, "grant_ends_at": ends})

    def void(self, at: datetime) -> Approval:
        """The approval after what it was asked for fell away; a decided one stays as it is."""
        if self.state != ApprovalState.PENDING:
            return self
        return self.model_copy(update={"state": ApprovalState.VOID, "decided_at": at, "version": self.version + 1})

    def expire(self, at: datetime) -> Approval:
        """The approval after its time ran out; a decided one stays as it is."""
        if self.state != ApprovalState.PENDING or at < self.decide_by:
            return self
        update = {"state": ApprovalState.EXPIRED, "decided_at": at, "version": self.version + 1}
        return self.model_copy(update=update)
