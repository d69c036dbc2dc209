"""The outbreak: one burst of one trouble, its parent ticket and the tickets under it, and what people said about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from domain.base import Moment, Record, derived_id
from domain.bursts.episodes import Look
from domain.bursts.signature import name_of, sighting_of
from domain.errors import IllegalMove
from domain.surroundings import Burst
from domain.ticket import Ticket


class OutbreakState(StrEnum):
    """Where an outbreak stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    SPLIT = "split"
    REJECTED = "rejected"


S = OutbreakState
MOVES: dict[OutbreakState, frozenset[OutbreakState]] = {
    S.PROPOSED: frozenset({S.CONFIRMED, S.REJECTED, S.ENDED, S.SPLIT}),
    S.CONFIRMED: frozenset({S.ENDED, S.SPLIT, S.REJECTED}),
    S.ENDED: frozenset(),
    S.SPLIT: frozenset(),
    S.REJECTED: frozenset(),
}
"""Every legal move; a state without moves is an end."""


class BurstEvidence(Record):
    """Why it was taken for an outbreak, as it was known at that moment."""

    signature: str
    """For example 'service remote access, site hamburg'."""
    parts: dict[str, str]
    window_minutes: int
    requesters: int
    expected: float
    """Requesters that the signature's own past leads one to expect in such a window; 0 without a past."""
    surprise: float
    """−ln of the chance of so many or more."""
    line: float
    """What the surprise had to reach so that the budget of false alarms is kept."""
    tickets: tuple[str, ...]

    @property
    def text(self) -> str:
        """In one sentence."""
        usual = f"{self.expected:.1f} are usual" if self.expected >= 0.05 else "hardly any are usual"
        seen = f"{self.requesters} people within {self.window_minutes} min reported {self.signature}"
        return f"{seen}; {usual} at this time."


class Child(Record):
    """A ticket of the outbreak besides its parent."""

    ticket_id: str
    joined_at: Moment
    left_at: Moment | None = None
    left_why: str | None = None
    left_by: str | None = None


class OutbreakMove(Record):
    """One step, and who took it why."""

    to: OutbreakState
    at: Moment
    by: str
    why: str


class Outbreak(Record):
    """One burst as people see it. `version` counts its changes (the ETag of the API)."""

    id: str
    version: int = 1
    state: OutbreakState
    parent: str
    """The ticket that stands for all of them."""
    children: tuple[Child, ...]
    evidence: BurstEvidence
    detected_at: Moment
    updated_at: Moment
    quiet_after: Moment
    """Nothing new until then, and the rate is back."""
    moves: tuple[OutbreakMove, ...] = ()

    @property
    def active(self) -> bool:
        """Whether later tickets still join it."""
        return bool(MOVES[self.state])

    @property
    def present(self) -> tuple[Child, ...]:
        """The children that are still under the parent."""
        return tuple(one for one in self.children if one.left_at is None)

    def child(self, ticket_id: str) -> Child | None:
        """The ticket as a child, gone ones included."""
        return next((one for one in self.children if one.ticket_id == ticket_id), None)

    def join(self, ticket_id: str, *, at: datetime, quiet: timedelta) -> Outbreak:
        """The outbreak with one more child; itself when the ticket is or was one, is the parent, or it is over."""
        if not self.active or ticket_id == self.parent or self.child(ticket_id) is not None:
            return self
        joined = (*self.children, Child(ticket_id=ticket_id, joined_at=at))
        return self._changed(at, children=joined, quiet_after=max(self.quiet_after, at + quiet))

    def leave(self, ticket_ids: tuple[str, ...], *, at: datetime, by: str, why: str) -> Outbreak:
        """The outbreak without these children; split when none is left. Raises `IllegalMove` for others."""
        here = {one.ticket_id for one in self.present}
        if unknown := [one for one in ticket_ids if one not in here]:
            raise IllegalMove(
                f"ticket {unknown[0]} is not under outbreak {self.id}",
                mend=f"name tickets out of {', '.join(sorted(here)) or 'none: it has no child left'}",
            )
        if not self.active:
            raise self._over("split")
        gone = {"left_at": at, "left_by": by, "left_why": why}
        children = tuple(
            one.model_copy(update=gone) if one.ticket_id in ticket_ids and one.left_at is None else one
            for one in self.children
        )
        left = self._changed(at, children=children)
        return left if left.present else left.move(S.SPLIT, at=at, by=by, why=why)

    def move(self, to: OutbreakState, *, at: datetime, by: str, why: str) -> Outbreak:
        """The outbreak in its next state. Raises `IllegalMove` when there is no such step."""
        if to not in MOVES[self.state]:
            raise self._over(to)
        step = OutbreakMove(to=to, at=at, by=by, why=why)
        return self._changed(at, state=to, moves=(*self.moves, step))

    def _changed(self, at: datetime, **changes: object) -> Outbreak:
        return self.model_copy(update={**changes, "updated_at": max(at, self.updated_at), "version": self.version + 1})

    def _over(self, wanted: str) -> IllegalMove:
        allowed = ", ".join(sorted(MOVES[self.state])) or "nothing: it is over"
        return IllegalMove(
            f"outbreak {self.id} is {self.state} and cannot become {wanted}", mend=f"it can be {allowed}"
        )


def propose(
    tenant: str, alarm: Look, members: tuple[str, ...], parent: str, *, at: datetime, quiet: timedelta
) -> Outbreak:
    """A fresh outbreak out of an alarm. The same alarm always has the same id."""
    signature = name_of(alarm.signature)
    return Outbreak(
        id=derived_id("out", tenant, signature, alarm.at.isoformat()), state=S.PROPOSED, parent=parent,
        children=tuple(Child(ticket_id=one, joined_at=at) for one in members if one != parent),
        evidence=BurstEvidence(
            signature=signature, parts=dict(alarm.signature), window_minutes=round(alarm.window.total_seconds() / 60),
            requesters=alarm.requesters, expected=round(alarm.expected, 4), surprise=round(alarm.surprise, 3),
            line=round(alarm.line, 3), tickets=alarm.tickets,
        ),
        detected_at=at, updated_at=at, quiet_after=at + quiet,
    )  # fmt: skip


def burst_of(ticket: Ticket, outbreaks: Iterable[Outbreak], at: datetime) -> Burst | None:
    """What a ticket sees at `at` of the outbreaks it may belong to: its own first, else one with its signature."""
    alive = [one for one in outbreaks if one.detected_at <= at and one.state in (S.PROPOSED, S.CONFIRMED, S.ENDED)]
    own = next((one for one in alive if ticket.id == one.parent or _under(one, ticket.id, at)), None)
    joined = own or next((one for one in alive if _would_join(one, ticket, at)), None)
    if joined is None:
        return None
    those = (joined.parent, *(one.ticket_id for one in joined.children if _under(joined, one.ticket_id, at)))
    return Burst(
        outbreak_id=joined.id, parent=joined.parent, confirmed=joined.state == S.CONFIRMED, text=joined.evidence.text,
        others=tuple(one for one in those if one != ticket.id), until=joined.quiet_after,
    )  # fmt: skip


def _under(outbreak: Outbreak, ticket_id: str, at: datetime) -> bool:
    child = outbreak.child(ticket_id)
    return child is not None and child.joined_at <= at and (child.left_at is None or child.left_at > at)


def _would_join(outbreak: Outbreak, ticket: Ticket, at: datetime) -> bool:
    """For a ticket nobody has seen: whether its own columns are those of an outbreak under way."""
    if not outbreak.active or outbreak.child(ticket.id) is not None or at > outbreak.quiet_after:
        return False
    wanted = tuple(outbreak.evidence.parts.items())
    return wanted in sighting_of(ticket).signatures
