"""What one ticket's journey costs, as a multiple of one embedding call of the same text."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from adapters.clock import SetClock
from adapters.policy_folder import load_policy
from adapters.storage.store import run_id
from app.bootstrap import Services, open_services
from app.demo.organisation import load_demo
from app.demo.run import FOLDER, take_in
from app.settings import Settings
from domain.journey import Delivery, EventArrived
from domain.ticket import Event, Ticket
from retrieval.embeddings import MiniLm


def run(rounds: int = 10) -> dict[str, float]:
    """Live tickets of the demo, renamed and reworded for each round, over its year of closed tickets.

    Milliseconds of one embedding call and of one whole journey: recording the event, every step of the graph with
    its synchronous checkpoints, and the records it leaves. No queue, no dispatch. `multiple` = journey / embedding.
    """
    organisation = load_demo(FOLDER)
    watched = next(one.ticket for one in organisation.live if one.promise.outcome == "watching")
    escalated = next(one.ticket for one in organisation.live if one.promise.outcome == "handed_over" and not one.script)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), tenant=organisation.tenant, sweep_seconds=3600)
        with open_services(settings, clock=SetClock(organisation.moment), policy=load_policy(FOLDER)) as services:
            take_in(services, organisation)
            return {
                **_measure(services, watched, rounds, "watch"),
                **_measure(services, escalated, rounds, "hand_over"),
            }


def _measure(services: Services, ticket: Ticket, rounds: int, name: str) -> dict[str, float]:
    model = MiniLm()
    model.encode(["warm"])
    calls, journeys = [], []
    for number in range(-2, rounds):
        fresh = _reworded(ticket, f"{name}-{number + 2}")
        started = time.perf_counter()
        model.encode([f"{fresh.subject}\n{fresh.description}"])
        embedded = time.perf_counter() - started
        seconds = _journey(services, fresh)
        if number >= 0:
            calls.append(embedded)
            journeys.append(seconds)
    call, journey = median(calls) * 1000, median(journeys) * 1000
    return {
        f"{name}_embedding_ms": round(call, 2),
        f"{name}_journey_ms": round(journey, 2),
        f"{name}_multiple": round(journey / call, 2),
    }


def _journey(services: Services, ticket: Ticket) -> float:
    tenant, event = services.settings.tenant, ticket.events[-1]
    delivery = Delivery(
        source="bench", delivery_id=ticket.id, run_id=run_id(tenant, "bench", ticket.id),
        received_at=services.clock.now(), arrival=EventArrived(ticket_id=ticket.id, event=event, ticket=ticket),
    )  # fmt: skip
    services.store.accept(tenant, delivery)
    started = time.perf_counter()
    services.loop.run(services.work.work_off(tenant, ticket.id))
    return time.perf_counter() - started


def _reworded(ticket: Ticket, mark: str) -> Ticket:
    """The same ticket of another requester and with another text, so that nothing is a duplicate or remembered."""
    requester = ticket.requester.model_copy(update={"id": f"bench-{mark}"}) if ticket.requester else None
    said = f"{ticket.description} My reference is {mark}."
    first: Event = ticket.events[0].model_copy(update={"body": said})
    return ticket.model_copy(
        update={
            "id": f"BENCH-{mark}", "requester": requester, "description": said, "asset": mark,
            "subject": f"{ticket.subject} ({mark})", "events": (first, *ticket.events[1:]),
        }
    )  # fmt: skip
