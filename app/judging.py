"""The promoted model at work: what was learned, with what is known of other tickets at the moment asked about."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

import structlog

from adapters.storage import stream
from adapters.storage.store import Store
from app.models import Loaded, load_active
from domain.errors import BadModel
from domain.learned import LearnedRisk, TeamOpinion
from domain.policy.policy import Policy
from domain.ports import Clock, Judgement
from domain.ticket import Ticket
from learning.desk import Desk
from learning.store import ModelStore
from learning.stream import begins, happenings

log = structlog.get_logger(__name__)

SLOT = timedelta(minutes=5)
"""The desk is the one of the last full five minutes: every opinion of a slot rests on the same, however many runs ask
at once, and is the same when it is asked for again."""
HORIZON = timedelta(days=120)
"""How far back a desk is built from at least: its slowest memory halves in two weeks, so what is older weighs under a
256th."""
STRIDE = timedelta(days=30)
"""The horizon moves in strides, so that desks of the same moment begin alike, however long a process has run."""
LATE = timedelta(hours=12)
"""Events that come in late by so much cost no building from the horizon: helpdesks are polled every few minutes, and
an outage of theirs or ours is over within a working day."""
_INSTANT = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Known:
    """A desk, from when and up to when it was told, and how many events there were. Nothing more is ever told to it:
    judgements that are out rest on it."""

    desk: Desk
    since: datetime
    until: datetime
    events: int


@dataclass(frozen=True)
class LearnedJudgement:
    """Implements `domain.ports.Judgement` with one model on one desk."""

    loaded: Loaded
    desk: Desk
    policy: Policy
    too_early: str = ""
    """Why nothing is said: the model was taught by what came after the moment."""

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        """One opinion for each target."""
        found = tuple(model.opinion(ticket, at, self.desk, self.policy) for model in self.loaded.risks.values())
        return tuple(self._hushed(one) for one in found) if self.too_early else found

    def teams(self, ticket: Ticket, at: datetime) -> TeamOpinion | None:
        """Which team the ticket belongs to; none without a team model, or where policy does not ask for it."""
        if self.loaded.teams is None or not self.policy.learning.routing:
            return None
        found = self.loaded.teams.opinion(ticket, at, self.desk)
        if self.too_early:
            return found.model_copy(update={"abstained": True, "why_abstained": self.too_early})
        return found

    def _hushed(self, risk: LearnedRisk) -> LearnedRisk:
        return risk.model_copy(update={"abstained": True, "why_abstained": self.too_early})


class ModelJudges:
    """Implements `domain.ports.Judges` over the stored models and tickets. A model is read once and again when another
    is promoted; a damaged one is told of once, and the points table answers."""

    def __init__(self, models: ModelStore, store: Store, policy: Policy, clock: Clock) -> None:
        self._models = models
        self._store = store
        self._policy = policy
        self._clock = clock
        self._lock = Lock()
        # One thread of our own: whoever waits for a desk to be built takes none from the rest of the house.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judging")
        self._loaded: dict[str, tuple[object, Loaded | None]] = {}
        self._now: dict[str, _Known] = {}
        self._before: dict[str, _Known] = {}
        self._past: dict[str, _Known] = {}

    async def judgement(self, tenant: str, at: datetime) -> Judgement | None:
        """The promoted model with what was known of other tickets at `at`; none when nothing is promoted."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.judgement_now, tenant, at)

    def judgement_now(self, tenant: str, at: datetime) -> Judgement | None:
        """The same, for callers that wait in a thread of their own."""
        with self._lock:
            loaded = self._active(tenant)
            if loaded is None:
                return None
            # A helpdesk's clock may be ahead of ours; nothing is known yet of what others do then.
            desk = self._desk(tenant, _slot(min(at, self._clock.now())))
        until = loaded.manifest.until
        early = f"it was learned from tickets up to {until:%Y-%m-%d %H:%M} UTC, after this moment" if at < until else ""
        return LearnedJudgement(loaded, desk, self._policy, early)

    def _active(self, tenant: str) -> Loaded | None:
        mark = self._models.mark(tenant)
        known = self._loaded.get(tenant)
        if known is None or known[0] != mark:
            known = self._loaded[tenant] = (mark, self._read(tenant))
        return known[1]

    def _read(self, tenant: str) -> Loaded | None:
        try:
            return load_active(self._models, tenant)
        except BadModel as error:
            log.warning("the promoted model cannot be used; the points table answers", tenant=tenant, error=str(error))
            return None

    def _desk(self, tenant: str, moment: datetime) -> Desk:
        now = self._now.get(tenant)
        if now is None or moment >= now.until:
            now = self._now[tenant] = self._grown(tenant, now, moment) or self._after_all(tenant, moment)
        if moment == now.until:
            return now.desk
        past = self._past.get(tenant)
        if past is None or past.until != moment or self._grown(tenant, past, moment) is None:
            past = self._past[tenant] = self._built(tenant, moment)
        return past.desk

    def _after_all(self, tenant: str, moment: datetime) -> _Known:
        """The desk of a moment, by way of one some hours before it, from where late events are caught up with."""
        earlier = moment - LATE
        before = self._grown(tenant, self._before.get(tenant), earlier) or self._built(tenant, earlier)
        self._before[tenant] = before
        return self._grown(tenant, before, moment) or self._built(tenant, moment)

    def _grown(self, tenant: str, known: _Known | None, moment: datetime) -> _Known | None:
        """A desk with what happened since; none where it has to be built anew, because what it was told has changed or
        it begins elsewhere."""
        if known is None or moment < known.until or known.since != _since(moment):
            return None
        if self._count(tenant, known.since, known.until) != known.events:
            return None
        if moment == known.until:
            return known
        desk, events = known.desk.copy(), known.events
        for happening in stream.happened(self._store.engine, tenant, known.until, moment):
            events += 1
            if begins(happening.ticket) >= known.since:
                desk.tell(happening)
        desk.advance(moment)
        return _Known(desk, known.since, moment, events)

    def _built(self, tenant: str, moment: datetime) -> _Known:
        desk, since = Desk(), _since(moment)
        begun = stream.in_order(self._store.engine, tenant, since=since, before=moment + _INSTANT)
        # Counted before it is told: what comes in meanwhile makes the count differ, so that it is told next time.
        events = self._count(tenant, since, moment)
        for happening in happenings(begun):
            if happening.at > moment:
                break
            desk.tell(happening)
        desk.advance(moment)
        # Events of tickets that began before the horizon are counted, though the desk has not heard of them.
        return _Known(desk, since, moment, events)

    def _count(self, tenant: str, since: datetime, until: datetime) -> int:
        return stream.count(self._store.engine, tenant, since=since, until=until)


def _since(moment: datetime) -> datetime:
    return _EPOCH + (moment - HORIZON - _EPOCH) // STRIDE * STRIDE


def _slot(at: datetime) -> datetime:
    return _EPOCH + (at - _EPOCH) // SLOT * SLOT
