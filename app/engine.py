"""The durable engine: DBOS on SQLite owns the order per ticket, the retries and the outbox; journeys run inside a step.

A delivery is safe once it is in the inbox. What is in the inbox or outbox and not in the queue (a crash between the
two) is put there at the next start and by every sweep; the same workflow id makes that harmless.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import structlog
from dbos import DBOS, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID

from adapters.storage import inbox
from adapters.storage.records import TIMER_BATCH
from adapters.storage.store import Store, own_delivery
from app.dispatch import Dispatch
from app.work import Work
from domain.base import derived_id
from domain.errors import Misconfigured, Unavailable
from domain.journey import Delivery, Timer, TimerFired
from domain.ports import Clock

log = structlog.get_logger(__name__)
T = TypeVar("T")

JOURNEYS, EFFECTS = "journeys", "effects"
PATIENCE_AT_STOP = 10
"""Seconds that work in progress is given to end when the process stops; what is cut off goes on at the next start."""
BATCHES = 10
"""Batches of due timers in one sweep: a flood of them must not keep inbox and outbox waiting."""
VERSION = "1"
"""Changes only together with a drain: DBOS leaves work of another version alone."""


class Engine:
    """Runs work and dispatch durably. One per process; DBOS keeps global state."""

    def __init__(
        self, path: Path, store: Store, work: Work, dispatch: Dispatch, clock: Clock, loop: JourneyLoop, *,
        workers: int, poll_seconds: float, sweep_seconds: float, send_attempts: int,
    ) -> None:  # fmt: skip
        self._path = path
        self._store = store
        self._work = work
        self._dispatch = dispatch
        self._clock = clock
        self._loop = loop
        self._workers = workers
        self._poll = poll_seconds
        self._sweep_seconds = sweep_seconds
        self._attempts = send_attempts
        self._stop = threading.Event()
        self._effects_wait = threading.Event()
        dispatch.on_more = self._effects_wait.set
        self._sweeper: threading.Thread | None = None

    def start(self) -> None:
        """Opens the queue, takes up what an earlier process left, and begins to sweep timers."""
        DBOS(
            config={
                "name": "tierwise",
                "system_database_url": f"sqlite:///{self._path}",
                "serializer": DBOSPortableJSONSerializer(),
                "executor_id": "embedded",
                "application_version": VERSION,
                "log_level": "WARNING",
                "use_listen_notify": False,
                "enable_otlp": False,
            }
        )
        self._register()
        DBOS.launch()
        DBOS.register_queue(
            JOURNEYS, partition_concurrency=1, worker_concurrency=self._workers, polling_interval_sec=self._poll
        )
        DBOS.register_queue(EFFECTS, worker_concurrency=self._workers, polling_interval_sec=self._poll)
        self.sweep()
        self._sweeper = threading.Thread(target=self._keep_sweeping, name="sweeper", daemon=True)
        self._sweeper.start()

    def stop(self) -> None:
        """Lets running work finish its step, then closes the queue; what waits goes on at the next start."""
        self._stop.set()
        self._effects_wait.set()
        if self._sweeper is not None:
            self._sweeper.join(timeout=10)
        # DBOS's wait sleeps a whole second even when nothing runs.
        busy = bool(DBOS.list_workflows(status="PENDING", limit=1))
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=PATIENCE_AT_STOP if busy else 0)

    def take(self, tenant: str, delivery: Delivery) -> tuple[str, bool]:
        """Takes a delivery in: on return it is safe. (Its run id, whether it is new.)

        Raises `DeliveryReused`, `DiskFull`, `Unavailable`.
        """
        run, new = self._store.accept(tenant, delivery)
        if new:
            self.go_on(tenant, delivery.arrival.ticket_id, run)
        return run, new

    def go_on(self, tenant: str, ticket_id: str, run: str) -> None:
        """Queues a delivery that is in the inbox already."""
        # A partition is one ticket of one tenant: its deliveries are worked on one after the other.
        with SetWorkflowID(run), SetEnqueueOptions(queue_partition_key=derived_id("t", tenant, ticket_id)):
            DBOS.enqueue_workflow(JOURNEYS, self._journey_workflow, tenant, ticket_id)

    def sweep(self, ticket_id: str | None = None) -> None:
        """Fires due timers (of one ticket, if one is named), and queues what lies in inbox or outbox unqueued."""
        for tenant, timer in self._due():
            if ticket_id is not None and timer.ticket_id != ticket_id:
                continue
            arrival = TimerFired(ticket_id=timer.ticket_id, timer=timer.timer, subject_id=timer.subject_id)
            delivery = own_delivery(
                tenant, f"timer:{timer.key}:{timer.subject_id}:{timer.due_at.isoformat()}", arrival, self._clock.now()
            )
            self._store.fire(tenant, timer, delivery)
        for tenant, waiting, run in self._store.read(inbox.waiting):
            self.go_on(tenant, waiting, self._fresh(run))
        self._send_waiting()

    def wake(self) -> None:
        """Something was put into the outbox: it is looked at now."""
        self._effects_wait.set()

    def _due(self) -> Iterator[tuple[str, Timer]]:
        """Due timers in small reads, each batch read once the one before has been fired; the rest next time."""
        for _ in range(BATCHES):
            batch = self._store.due_timers(self._clock.now())
            yield from batch
            if len(batch) < TIMER_BATCH:
                return

    def ping(self) -> None:
        """Raises `Misconfigured` when timers and effects are not looked after any more."""
        if self._sweeper is None or not self._sweeper.is_alive():
            raise Misconfigured("the engine has stopped sweeping", mend="restart this process")

    def idle(self) -> bool:
        """Whether nothing waits in inbox or outbox."""
        return not self._store.read(inbox.waiting) and not self._dispatch.waiting()

    def _register(self) -> None:
        @DBOS.step(
            name="work_off", retries_allowed=True, max_attempts=8, interval_seconds=1.0,
            should_retry=lambda error: isinstance(error, Unavailable),
        )  # fmt: skip
        def work_off(tenant: str, ticket_id: str) -> list[str]:
            return self._loop.run(self._work.work_off(tenant, ticket_id))

        @DBOS.workflow(name="journey", max_recovery_attempts=5)
        def journey(tenant: str, ticket_id: str) -> list[str]:
            results = work_off(tenant, ticket_id)
            self._effects_wait.set()
            return results

        @DBOS.step(
            name="send", retries_allowed=True, max_attempts=self._attempts, interval_seconds=1.0,
            should_retry=lambda error: isinstance(error, Unavailable),
        )  # fmt: skip
        def send(tenant: str, key: str) -> str:
            status = DBOS.step_status
            last = status is not None and (status.current_attempt or 0) + 1 >= self._attempts
            return self._dispatch.send(tenant, key, last_try=last)

        @DBOS.workflow(name="effect", max_recovery_attempts=5)
        def effect(tenant: str, key: str) -> str:
            return send(tenant, key)

        self._journey_workflow = journey
        self._effect_workflow = effect

    def _fresh(self, workflow_id: str) -> str:
        """The id to queue leftover work under: one that ended without finishing it needs another."""
        status = DBOS.get_workflow_status(workflow_id)
        if status is None or status.status in ("ENQUEUED", "PENDING", "DELAYED"):
            return workflow_id
        return f"{workflow_id}:{self._clock.now().isoformat()}"

    def _send_waiting(self) -> None:
        for tenant, key in self._dispatch.waiting():
            with SetWorkflowID(self._fresh(f"{tenant}:{key}")):
                DBOS.enqueue_workflow(EFFECTS, self._effect_workflow, tenant, key)

    def _keep_sweeping(self) -> None:
        """Queues effects as soon as a journey leaves some, and sweeps now and then."""
        # The monotonic clock: a stepped wall clock neither stalls nor bursts the sweeps.
        swept = time.monotonic()
        while not self._stop.is_set():
            self._effects_wait.wait(max(0.0, swept + self._sweep_seconds - time.monotonic()))
            self._effects_wait.clear()
            try:
                if time.monotonic() >= swept + self._sweep_seconds:
                    swept = time.monotonic()
                    self.sweep()
                else:
                    self._send_waiting()
            except Exception as error:  # noqa: BLE001 - the boundary: a sweep that fails is tried again, never given up
                log.warning("sweep will be tried again", error=f"{type(error).__name__}: {error}")


class JourneyLoop:
    """The event loop that journeys run on, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="journeys", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:  # Any: what a coroutine yields and is sent is the loop's business
        """Runs a coroutine there and waits for its result."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    def close(self) -> None:
        """Stops the loop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()
