"""Outbreaks as records: proposed once for a burst, joined, decided by a person, parted from and ended.

Every change of a record and everything it makes us do outside are one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from adapters.storage import outbreaks, records, tickets
from adapters.storage.store import Store
from app.bursts import BurstDesk
from domain.asof import standing
from domain.bursts.episodes import Episode
from domain.errors import IllegalMove
from domain.journey import OutbreakDecided, TimerFired
from domain.outbreak import Outbreak, OutbreakState, propose
from domain.outbreak_actions import (
    Body,
    on_confirmation,
    on_joining,
    on_parting,
    on_proposal,
    on_solution,
    parent_among,
)
from domain.outbreak_parting import parting_reason
from domain.policy.policy import Policy
from domain.ports import Clock
from domain.sla.shared import Sharing, sharing
from domain.ticket import Event, EventKind, Ticket

S = OutbreakState
TIERWISE = "tierwise"


class OutbreakDesk:
    """The outbreaks of every tenant."""

    def __init__(self, store: Store, policy: Policy, bursts: BurstDesk, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._bursts = bursts
        self._clock = clock
        self._quiet = timedelta(minutes=max(policy.outbreaks.windows))

    async def heard(self, tenant: str, ticket: Ticket, event: Event, *, new: bool) -> None:
        """Something happened to a ticket; `new` when it is the first that we hear of the ticket."""
        await asyncio.to_thread(self._heard, tenant, ticket, event, new)

    async def follows(self, tenant: str, ticket_id: str) -> str | None:
        """The parent that a child of a confirmed outbreak leaves the work to."""
        if not self._policy.outbreaks.children.quiet:
            return None
        outbreak = await asyncio.to_thread(self._of, tenant, ticket_id)
        child = outbreak.child(ticket_id) if outbreak else None
        under = outbreak is not None and outbreak.state == S.CONFIRMED and child is not None and child.left_at is None
        return outbreak.parent if outbreak is not None and under else None

    def sharing(self, tenant: str, ticket_id: str, at: datetime) -> Sharing | None:
        """The parent whose resolution clock the ticket has at `at`."""
        return sharing(self._of(tenant, ticket_id), ticket_id, self._policy, at)

    async def timer(self, tenant: str, arrival: TimerFired) -> str:
        """An outbreak that nobody decided on has been quiet for long enough: it is over."""
        return await asyncio.to_thread(self._over, tenant, arrival.subject_id)

    async def decided(self, tenant: str, arrival: OutbreakDecided, at: datetime) -> str:
        """What a person decided at `at` is carried out. Run twice, it makes the same effects."""
        return await asyncio.to_thread(self._decided, tenant, arrival, at)

    def decide(
        self, tenant: str, outbreak_id: str, decision: str, *, only: Sequence[str], by: str, why: str,
        expected: int | None,
    ) -> tuple[Outbreak, str]:  # fmt: skip
        """A person's word; (the outbreak, the run that carries it out).

        Raises `Conflict`, `IllegalMove`, `NotFound`.
        """
        at = self._clock.now()

        def word(before: Outbreak) -> tuple[Outbreak, OutbreakDecided]:
            after, concerned = _after(before, decision, tuple(only), by=by, why=why, at=at)
            arrival = {
                "ticket_id": after.parent, "outbreak_id": after.id, "decision": decision, "tickets": concerned,
                "was_confirmed": before.state == S.CONFIRMED, "by": by, "why": why,
            }  # fmt: skip
            return after, OutbreakDecided.model_validate(arrival)

        return self._store.write(lambda c: outbreaks.decide(c, tenant, outbreak_id, expected, word, at))

    def _heard(self, tenant: str, ticket: Ticket, event: Event, new: bool) -> None:
        if new or event.kind == EventKind.CREATED:
            episode = self._bursts.see(tenant, ticket)
            if episode is not None:
                self._grown(tenant, episode)
        elif (outbreak := self._of(tenant, ticket.id)) is not None and outbreak.active:
            self._moved_on(tenant, outbreak.id, ticket, event)

    def _grown(self, tenant: str, episode: Episode) -> None:
        """The burst has an outbreak from now on, or its outbreak has more tickets."""
        members, at = list(episode.members), self._clock.now()
        with self._store.together() as c:
            # Somebody may have said that this burst is none, or it was split: it is not asked about again.
            outbreak = outbreaks.newest_of(c, tenant, members)
            open_now = [one for one in tickets.get_many(c, tenant, members) if standing(one).open]
            if outbreak is None and open_now and episode.alarm is not None:
                parent = parent_among(open_now)
                ids = tuple(one.id for one in open_now)
                fresh = propose(tenant, episode.alarm, ids, parent.id, at=at, quiet=self._quiet)
                outbreaks.put(c, tenant, fresh, members)
                outbreaks.act(c, tenant, fresh, "proposed", on_proposal(fresh, parent, self._policy, at), at)
            elif outbreak is not None and outbreak.active:
                self._joined(tenant, outbreak, open_now, at)

    def _joined(self, tenant: str, outbreak: Outbreak, those: Sequence[Ticket], at: datetime) -> None:
        grown = outbreak
        newcomers = [one for one in those if one.id != outbreak.parent and outbreak.child(one.id) is None]
        for ticket in newcomers:
            grown = grown.join(ticket.id, at=at, quiet=self._quiet)
        if grown == outbreak:
            return
        with_parent = self._store.ticket(tenant, grown.parent)
        self._store.write(lambda c: outbreaks.put(c, tenant, grown, [one.id for one in newcomers]))
        if grown.state == S.CONFIRMED:
            for ticket in newcomers:
                self._act(tenant, grown, f"joined:{ticket.id}", on_joining(with_parent, ticket, self._policy, at), at)

    def _moved_on(self, tenant: str, outbreak_id: str, ticket: Ticket, event: Event) -> None:
        """The parent was resolved, or a child turned out to be something else."""
        with self._store.together() as c:
            outbreak = records.outbreaks.get(c, tenant, outbreak_id)
            if ticket.id == outbreak.parent:
                if event.kind in (EventKind.RESOLVED, EventKind.CLOSED) and not standing(ticket).open:
                    self._solved(tenant, outbreak, ticket, event.at)
                return
            child = outbreak.child(ticket.id)
            why = parting_reason(outbreak, ticket, event)
            if why is None or child is None or child.left_at is not None:
                return
            left = outbreak.leave((ticket.id,), at=event.at, by=event.actor_id or TIERWISE, why=why)
            outbreaks.put(c, tenant, left)
            if outbreak.state == S.CONFIRMED:
                self._part(tenant, outbreak, [ticket], why, event.at)

    def _solved(self, tenant: str, outbreak: Outbreak, parent: Ticket, at: datetime) -> None:
        ended = outbreak.move(S.ENDED, at=at, by=TIERWISE, why=f"{parent.id} was resolved")
        self._store.write(lambda c: outbreaks.put(c, tenant, ended))
        if outbreak.state == S.CONFIRMED:
            ids = [one.ticket_id for one in outbreak.present]
            under = self._store.read(lambda c: tickets.get_many(c, tenant, ids))
            children = [one for one in under if standing(one).open]
            self._act(tenant, ended, "solved", on_solution(parent, children, self._policy, at), at)

    def _over(self, tenant: str, outbreak_id: str) -> str:
        at = self._clock.now()
        with self._store.together() as c:
            outbreak = records.outbreaks.get(c, tenant, outbreak_id)
            if outbreak.state != S.PROPOSED or at < outbreak.quiet_after:
                return f"noted: the outbreak is {outbreak.state}"
            ended = outbreak.move(S.ENDED, at=at, by=TIERWISE, why="its rate is back and nobody decided")
            outbreaks.put(c, tenant, ended)
            return "noted: the outbreak is over"

    def _decided(self, tenant: str, arrival: OutbreakDecided, at: datetime) -> str:
        with self._store.together() as c:
            outbreak = records.outbreaks.get(c, tenant, arrival.outbreak_id)
            concerned = tickets.get_many(c, tenant, arrival.tickets)
            if arrival.decision == "confirm":
                parent = tickets.get(c, tenant, outbreak.parent)
                under = [one for one in concerned if standing(one).open]
                bodies = on_confirmation(outbreak, parent, under, self._policy, at)
                self._act(tenant, outbreak, "confirmed", bodies, at, look_again=[parent])
            elif arrival.was_confirmed:
                self._part(tenant, outbreak, concerned, arrival.why, at)
        if arrival.decision == "confirm":
            self._bursts.confirmed(tenant, outbreak.evidence.tickets)
        return f"noted: the outbreak is {outbreak.state}"

    def _part(self, tenant: str, outbreak: Outbreak, those: Sequence[Ticket], why: str, at: datetime) -> None:
        step = f"parted:{','.join(sorted(one.id for one in those))}"
        self._act(tenant, outbreak, step, on_parting(outbreak, those, why), at, look_again=those)

    def _act(
        self, tenant: str, outbreak: Outbreak, step: str, bodies: Iterable[Body], at: datetime,
        look_again: Iterable[Ticket] = (),
    ) -> None:  # fmt: skip
        again = [one.id for one in look_again if standing(one).open]
        self._store.write(lambda c: outbreaks.act(c, tenant, outbreak, step, bodies, at, again))

    def _of(self, tenant: str, ticket_id: str) -> Outbreak | None:
        """The outbreak that a ticket was put under last."""
        return self._store.read(lambda c: outbreaks.newest_of(c, tenant, [ticket_id]))


def _after(
    before: Outbreak, decision: str, only: tuple[str, ...], *, by: str, why: str, at: datetime
) -> tuple[Outbreak, tuple[str, ...]]:
    """The outbreak after a person's word, and the children it concerns."""
    everybody = tuple(one.ticket_id for one in before.present)
    if decision == "split":
        gone = only or everybody
        return before.leave(gone, at=at, by=by, why=why), gone
    if only:
        raise IllegalMove("only a split names tickets", mend="leave `tickets` out, or decide `split`")
    to = S.CONFIRMED if decision == "confirm" else S.REJECTED
    return before.move(to, at=at, by=by, why=why), everybody
