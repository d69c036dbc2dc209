"""Approvals: bound to the exact action that was seen, decided by the right people, and expiring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.base import Moment, Record, content_hash
from domain.delegation import Roll, delegates_of
from domain.errors import Conflict, Forbidden, IllegalMove, StaleContent


class ApprovalState(StrEnum):
    """Where a request for approval stands. `ended` is a grant that is over: run out, or taken back."""

    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    VOID = "void"
    ENDED = "ended"


Channel = Literal["api", "console", "mail", "slack", "teams"]
"""The way a vote came in."""


class ApprovalAction(Record):
    """Exactly what is being approved; its hash binds every vote."""

    action: str
    ticket_id: str
    requester: str | None
    parameters: dict[str, str] = {}
    """`request` is the request in the requester's words, `rule` the approval rule, the others are facts of forms."""
    risk: str
    grant_minutes: int | None = None

    @property
    def hash(self) -> str:
        """sha256 of the action with all its parameters."""
        return content_hash(self.model_dump(mode="json"))


class Vote(Record):
    """One approver's word: who gave it, on whose behalf, having seen what."""

    by: str
    """The person who acted."""
    at: Moment
    approve: bool
    reason: str = ""
    on_behalf_of: str | None = None
    """The approver whose word it is, when a delegate gave it."""
    delegations: tuple[str, ...] = ()
    """The delegations that lead from the approver to the one who acted."""
    seen_hash: str | None = None
    channel: Channel = "api"
    key: str | None = None
    """The API key that it came with."""

    @property
    def principal(self) -> str:
        """The approver whose word it is."""
        return self.on_behalf_of or self.by


class Reassignment(Record):
    """Somebody gave the decision to other approvers, and why."""

    by: str
    at: Moment
    reason: str
    before: tuple[str, ...]
    after: tuple[str, ...]


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
    votes: tuple[Vote, ...] = ()
    version: int = 1
    alternates: tuple[str, ...] = ()
    alternates_joined_at: Moment | None = None
    """When the alternates were asked too; before that their word does not count."""
    remind_at: Moment | None = None
    alternate_at: Moment | None = None
    reminded_at: Moment | None = None
    barred: dict[str, str] = {}
    """Who may not decide, and why."""
    separation: tuple[str, ...] = ()
    """The rule's separation of duties."""
    replaces: str | None = None
    """The approval before this one, whose votes a change of the request made void."""
    void_reason: str | None = None
    known_events: tuple[str, ...] = ()
    """The requester's messages and the changes of fields that were there when it was asked for."""
    facts: dict[str, str] = {}
    """The facts as they were then, whether they are part of what is signed or not."""
    later: tuple[str, ...] = ()
    """What the requester asked for after the first request, in messages of their own."""
    reassignments: tuple[Reassignment, ...] = ()
    set_aside: tuple[Vote, ...] = ()
    """Votes that no longer count: their approvers were replaced, or are kept apart by now."""
    grant_ends_at: Moment | None = None
    warn_before: int | None = None
    """Minutes before the end of the grant at which it is announced."""
    revoke_within: int | None = None
    """Minutes within which what was given must be taken away once the grant has ended."""
    carried_out_at: Moment | None = None
    """When what was granted was given, and the grant started."""
    carried_out_by: str | None = None
    warned_at: Moment | None = None
    ended_at: Moment | None = None
    ended_by: str | None = None
    ended_why: str | None = None
    task_id: str | None = None
    """The task of taking away what was given."""

    @property
    def seats(self) -> tuple[str, ...]:
        """Those whose word counts now: the approvers, and the alternates once they were asked."""
        return (*self.approvers, *(self.alternates if self.alternates_joined_at else ()))

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Those of the seats who have not been heard, themselves or through a delegate."""
        heard = {name for vote in self.votes for name in (vote.by, vote.principal)}
        return tuple(one for one in self.seats if one not in heard)

    @property
    def pending(self) -> bool:
        """Whether it is still to be decided."""
        return self.state == ApprovalState.PENDING

    def vote(
        self, *, by: str, approve: bool, seen_hash: str, at: datetime, reason: str = "",
        on_behalf_of: str | None = None, roll: Roll | None = None, channel: Channel = "api", key: str | None = None,
    ) -> Approval:  # fmt: skip
        """The approval after one more vote: granted at the quorum, rejected at the first no.

        `roll` is who can speak at `at`; a delegate who names nobody in `on_behalf_of` speaks for the first approver
        open to them. Earlier votes of people kept apart by now are set aside.

        Raises `IllegalMove` when it is decided or over, `StaleContent` when the voter saw something
        else, `Forbidden` when the voter may not decide, `Conflict` on a second vote or a rejection without a reason.
        """
        if not self.pending:
            raise IllegalMove(f"approval {self.id} is already {self.state}")
        if at >= self.decide_by:
            raise IllegalMove(f"approval {self.id} expired at {self.decide_by.isoformat()}")
        if seen_hash != self.content_hash or self.action.hash != self.content_hash:
            raise StaleContent(f"approval {self.id} is about something else by now", mend="read it again, then decide")
        roll = roll or Roll()
        here = self._without(roll.apart)
        principal, way = here._seat(by, on_behalf_of, roll, at)
        if not approve and not reason.strip():
            raise Conflict("a rejection needs a reason", mend="say why, so that the requester can act on it")
        vote = Vote(
            by=by, at=at, approve=approve, reason=reason, on_behalf_of=principal if principal != by else None,
            delegations=way, seen_hash=seen_hash, channel=channel, key=key,
        )  # fmt: skip
        votes = (*here.votes, vote)
        if not approve:
            return here._changed(votes=votes, state=ApprovalState.REJECTED, decided_at=at)
        if sum(vote.approve for vote in votes) < self.quorum:
            return here._changed(votes=votes)
        minutes = self.action.grant_minutes
        ends = at + timedelta(minutes=minutes) if minutes else None
        return here._changed(votes=votes, state=ApprovalState.GRANTED, decided_at=at, grant_ends_at=ends)

    def void(self, at: datetime, why: str = "it fell away") -> Approval:
        """The approval after what it was asked for fell away or changed; a decided one stays as it is."""
        if not self.pending:
            return self
        return self._changed(state=ApprovalState.VOID, decided_at=at, void_reason=why)

    def expire(self, at: datetime) -> Approval:
        """The approval after its time ran out; a decided one stays as it is."""
        if not self.pending or at < self.decide_by:
            return self
        return self._changed(state=ApprovalState.EXPIRED, decided_at=at)

    def remind(self, at: datetime) -> Approval:
        """The approval after those who are silent were reminded, once."""
        if not self.pending or self.reminded_at is not None:
            return self
        return self._changed(reminded_at=at)

    def ask_alternates(self, at: datetime) -> Approval:
        """The approval with its alternates asked too; from now on their word counts."""
        if not self.pending or self.alternates_joined_at is not None or not self.alternates:
            return self
        return self._changed(alternates_joined_at=at)

    def reassign(self, approvers: tuple[str, ...], *, by: str, reason: str, at: datetime) -> Approval:
        """The decision given to other approvers; whoever does that has no vote themselves.

        Votes of approvers who stay count on, the others are set aside. Raises `IllegalMove` when it is decided,
        `Conflict` without a reason or when fewer than the quorum could decide.
        """
        if not self.pending:
            raise IllegalMove(f"approval {self.id} is already {self.state}")
        if not reason.strip():
            raise Conflict("giving a decision to others needs a reason", mend="say why")
        barred = {**self.barred, by: "gave the decision to others"}
        after = tuple(dict.fromkeys(one for one in approvers if one not in barred and not self._asked_for_it(one)))
        if len(after) < self.quorum:
            raise Conflict(
                f"{len(after)} of those named may decide and {self.quorum} must agree",
                mend="name more people: not the requester, not those who are barred, and not yourself",
            )
        # A vote that a person now barred gave, for themselves or for somebody else, counts no more either.
        kept = tuple(vote for vote in self.votes if vote.principal in after and vote.by not in barred)
        moved = Reassignment(by=by, at=at, reason=reason, before=self.seats, after=after)
        return self._changed(
            approvers=after, alternates=(), alternates_joined_at=None, votes=kept, barred=barred,
            set_aside=(*self.set_aside, *(vote for vote in self.votes if vote not in kept)),
            reassignments=(*self.reassignments, moved),
        )  # fmt: skip

    def speakers(self, roll: Roll, at: datetime) -> dict[str, dict[str, tuple[str, ...]]]:
        """Each seat with the people who may fill it at `at`, and the delegations that lead to each of them."""
        shut = {*self.barred, *roll.apart, *roll.gone, *self._requester_delegates(roll, at)}
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for seat in self.seats:
            if seat in shut or self._asked_for_it(seat):
                continue
            others = delegates_of(seat, roll.delegations, self.rule, at, shut)
            found[seat] = {seat: (), **{one: way for one, way in others.items() if not self._asked_for_it(one)}}
        return found

    def _without(self, apart: Mapping[str, str]) -> Approval:
        """The approval without the votes of those kept apart, such as whoever took the ticket since."""
        late = tuple(vote for vote in self.votes if vote.by in apart or vote.principal in apart)
        kept = tuple(vote for vote in self.votes if vote not in late)
        return self.model_copy(update={"votes": kept, "set_aside": (*self.set_aside, *late)}) if late else self

    def _seat(self, by: str, on_behalf_of: str | None, roll: Roll, at: datetime) -> tuple[str, tuple[str, ...]]:
        """The seat a vote fills, and the delegations that lead to the voter. Raises `Forbidden`, `Conflict`."""
        self._check_voter(by, roll, at)
        speakers = self.speakers(roll, at)
        seats = [seat for seat in (by, *self.seats) if by in speakers.get(seat, {})]
        if on_behalf_of is not None:
            seats = [seat for seat in seats if seat == on_behalf_of]
        if not seats:
            whom = f" on behalf of {on_behalf_of}" if on_behalf_of not in (None, by) else ""
            raise Forbidden(
                f"{by} is not an approver of {self.id}{whom}", mend="let an approver decide, or delegate to you first"
            )
        # One person stands behind one vote only, as the one who acts or the one acted for.
        taken = {name: vote for vote in self.votes for name in (vote.by, vote.principal)}
        if by in taken:
            who = f"{taken[by].by} has voted for {by}" if taken[by].by != by else f"{by} has already voted"
            raise Conflict(f"{who} on {self.id}", mend="nobody's word counts twice")
        seat = next((one for one in seats if one not in taken), None)
        if seat is None:
            raise Conflict(f"the vote of {seats[0]} on {self.id} is cast already", mend="nobody's word counts twice")
        return seat, speakers[seat][by]

    def _check_voter(self, by: str, roll: Roll, at: datetime) -> None:
        if self._asked_for_it(by):
            raise Forbidden("nobody approves their own request", mend="let another approver decide")
        barred = {**roll.apart, **self.barred}
        if by in barred:
            raise Forbidden(f"{by} may not decide on {self.id}: {barred[by]}", mend="let another approver decide")
        if by in roll.gone:
            raise Forbidden(f"{by} has left", mend="let another approver decide")
        if by in self._requester_delegates(roll, at):
            raise Forbidden(f"{by} stands in for the requester", mend="let another approver decide")

    def _asked_for_it(self, person: str) -> bool:
        return self.action.requester is not None and person.casefold() == self.action.requester.casefold()

    def _requester_delegates(self, roll: Roll, at: datetime) -> set[str]:
        """The people the requester has named as delegates, for whatever, where the rule keeps them apart."""
        if "requester_delegates" not in self.separation:
            return set()
        own = [one for one in roll.delegations if one.holds(None, at) and self.is_requester(one.principal)]
        further = (delegates_of(one.principal, roll.delegations, None, at) for one in own)
        return {one.delegate for one in own}.union(*further)

    def is_requester(self, person: str) -> bool:
        """Whether this is the requester, under any id that the policy knows them by."""
        return self._asked_for_it(person) or self.barred.get(person) == REQUESTER

    def _changed(self, **update: object) -> Approval:
        return self.model_copy(update={**update, "version": self.version + 1})


REQUESTER = "asked for it"
"""Why the requester, under whatever id the policy knows them, is barred."""
