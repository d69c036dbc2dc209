"""What a notice says, as one record that every channel renders in its own way. Never for requesters."""

from __future__ import annotations

from domain.base import Moment, Record
from domain.policy.promises import ClockName


class ClockLeft(Record):
    """One SLA clock as it stood when the notice was made."""

    clock: ClockName
    left_minutes: int
    """Working minutes; negative when the promise is broken."""
    used_percent: int
    due_at: Moment


class ReasonLine(Record):
    """One reason of the risk."""

    points: int
    text: str


class SimilarCase(Record):
    """The nearest past case and how it ended."""

    id: str
    title: str
    how_resolved: str = ""
    by_whom: str = ""


class NoticeContent(Record):
    """Everything a notice to technicians, approvers or a room says."""

    ticket_id: str
    escalation_id: str | None = None
    escalation_version: int | None = None
    """The version of the escalation that this speaks of: what is done on an older one is refused."""
    title: str
    headline: str
    """What happened, in a few words."""
    state: str
    """Where the matter stands after it."""
    priority: str | None = None
    critical: bool = False
    risk: int | None = None
    reasons: tuple[ReasonLine, ...] = ()
    sla: tuple[ClockLeft, ...] = ()
    service: str | None = None
    affected: tuple[str, ...] = ()
    """Who is affected: the requester, and what is known of others."""
    owner: str | None = None
    team: str | None = None
    why_owner: str = ""
    tried: tuple[str, ...] = ()
    similar: SimilarCase | None = None
    requested_action: str = ""
    details: str = ""
    """The whole text of the occasion: the handoff, the action to sign, the question."""
    ticket_url: str | None = None
    acknowledged: str | None = None
    """Who has acknowledged it, when and where."""
    earlier: tuple[str, ...] = ()
    """Headlines of states that were not told on their own."""

    @property
    def version(self) -> str:
        """Tells two states of one matter apart."""
        return "|".join((self.state, self.headline, self.owner or "", self.priority or "", self.acknowledged or ""))
