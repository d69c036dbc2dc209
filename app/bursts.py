"""The burst watch of every tenant over what is stored: told again from the tickets at the first look, then kept up."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.storage import records, sightings, tickets
from adapters.storage.sightings import StoredTopic
from adapters.storage.store import Store
from domain.bursts.episodes import Episode
from domain.bursts.rest import rest_days
from domain.bursts.signature import sighting_of
from domain.bursts.watch import BurstWatch
from domain.errors import TierwiseError
from domain.outbreak import OutbreakState
from domain.policy.policy import Policy
from domain.thresholds import BURST_MEMORY
from domain.ticket import Ticket
from retrieval.ports import Vector
from retrieval.topics import Topics

_BATCH = 500


class Vectors(Protocol):
    """Where the vectors of indexed tickets are."""

    def known_vectors(self, tenant: str, ticket_ids: Sequence[str]) -> dict[str, Vector]:
        """By ticket id; tickets without one are left out."""
        ...

    def space(self) -> tuple[str, int]:
        """(name, dimension) of the embedding model."""
        ...


class _Seat:
    """One tenant's watch and topics."""

    def __init__(self, watch: BurstWatch, topics: Topics) -> None:
        self.watch = watch
        self.topics = topics


class BurstDesk:
    """Sees every new ticket once. The watch itself is in memory; what it was told is stored with the tickets."""

    def __init__(self, store: Store, policy: Policy, vectors: Vectors) -> None:
        self._store = store
        self._policy = policy
        self._vectors = vectors
        self._seats: dict[str, _Seat] = {}
        self._lock = threading.RLock()

    def see(self, tenant: str, ticket: Ticket) -> Episode | None:
        """The burst over the line that the ticket belongs to. Seeing it again after a crash tells the same."""
        with self._lock:
            seat = self._seat(tenant, ticket.created_at)
            known = self._store.read(lambda c: sightings.get(c, tenant, ticket.id))
            if known is None:
                self._note(tenant, seat, [ticket])
                seen = self._store.read(lambda c: sightings.get(c, tenant, ticket.id))
                return seat.watch.see(seen[0]) if seen else None
            return seat.watch.find(ticket.id)

    def confirmed(self, tenant: str, ticket_ids: Sequence[str]) -> None:
        """Somebody said that this burst is an outbreak."""
        with self._lock:
            if seat := self._seats.get(tenant):
                seat.watch.real.update(ticket_ids)

    def _seat(self, tenant: str, at: datetime) -> _Seat:
        if tenant not in self._seats:
            self._seats[tenant] = self._told_again(tenant, at)
        return self._seats[tenant]

    def _told_again(self, tenant: str, at: datetime) -> _Seat:
        """A watch that has seen everything that is stored: linear in the tickets of the memory, once for a process."""
        name, dimension = self._vectors.space()
        topics = Topics(dimension)
        for one in self._store.read(lambda c: sightings.topics(c, tenant, name)):
            topics.add(*one)
        zone = ZoneInfo(self._policy.head.zone)
        seat = _Seat(BurstWatch(self._policy.outbreaks, zone, rest_days(self._policy)), topics)
        real = (OutbreakState.CONFIRMED, OutbreakState.ENDED)
        for outbreak in self._store.read(lambda c: records.outbreaks.find(c, tenant, states=real, limit=1000)):
            if any(move.to == OutbreakState.CONFIRMED for move in outbreak.moves):
                seat.watch.real.update(outbreak.evidence.tickets)
        start = at - BURST_MEMORY
        # The ticket that is looked at now is seen afterwards, by itself.
        while unseen := self._store.read(lambda c: sightings.unseen(c, tenant, start, at, _BATCH)):
            self._note(tenant, seat, self._store.read(lambda c: tickets.get_many(c, tenant, unseen)))
        for sighting in self._store.read(lambda c: sightings.since(c, tenant, start)):
            seat.watch.see(sighting)
        return seat

    def _note(self, tenant: str, seat: _Seat, fresh: Sequence[Ticket]) -> None:
        """Stores what is seen of tickets, with the topics they moved, all at once."""
        name, _ = self._vectors.space()
        vectors = self._known_vectors(tenant, [one.id for one in fresh])
        seen = []
        for ticket in fresh:
            vector = vectors.get(ticket.id)
            near = seat.topics.place(ticket.id, vector, ticket.created_at) if vector is not None else ()
            seen.append(sighting_of(ticket, near))
        kept = [StoredTopic(id, *seat.topics.kept(id)) for id in sorted(seat.topics.changed)]
        with self._store.together() as connection:
            for sighting in seen:
                sightings.put(connection, tenant, sighting)
            sightings.put_topics(connection, tenant, name, kept, seat.topics.gone)
        seat.topics.changed.clear()
        seat.topics.gone.clear()

    def _known_vectors(self, tenant: str, ids: Sequence[str]) -> dict[str, Vector]:
        try:
            return self._vectors.known_vectors(tenant, ids)
        except TierwiseError:
            # Without the index the columns of the ticket still say what it is about.
            return {}
