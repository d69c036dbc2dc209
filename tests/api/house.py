"""A running house behind its HTTP API, as tests talk to it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from fastapi.testclient import TestClient

from adapters.clock import SetClock
from adapters.storage import keys
from adapters.storage.keys import Role
from api.server import create_app
from app.bootstrap import Services, open_services
from app.settings import Settings
from domain.history import dump_event, dump_ticket
from domain.ticket import Event, Ticket
from retrieval.embeddings import HashEmbedder
from tests.conftest import NOW
from tests.tickets import ticket

Json = Any  # what came over the wire; tests look into it key by key

DOOMED = "Please escalate this. Nobody can work, production is down, still waiting for an answer!"
"""Words that send any ticket up at once."""


SPOOLER = "The print server ran out of disk space. Deleted the old spool files and restarted the spooler. Prints again."


class Answer(Protocol):
    """An answer of any HTTP client."""

    @property
    def status_code(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def json(self) -> Json: ...


@dataclass
class House:
    """Services, their clock, and a client on this machine."""

    services: Services
    clock: SetClock
    client: TestClient

    def key(self, *roles: Role, tenant: str = "default", person: str | None = None) -> dict[str, str]:
        """The header of a fresh key."""
        _, key = self.services.store.write(lambda c: keys.create(c, tenant, frozenset(roles), self.clock.now(), person))
        return {"Authorization": f"Bearer {key}"}

    def send(self, about: Ticket, event: Event | None = None, headers: Mapping[str, str] | None = None) -> Json:
        """Sends the ticket with its newest event, or with another one; the run, once it rests."""
        body = event_body(about, event)
        answer = self.client.post("/v1/tickets/test/events", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        self.rest()
        return self.get(f"/v1/runs/{answer.json()['run_id']}", headers)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Json:
        """What a call that must succeed answers."""
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
        """What a call that must end in `status` answers."""
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def rest(self) -> None:
        """Waits until everything that arrived has been worked off and every effect carried out."""
        deadline = time.monotonic() + 60
        while not self.services.engine.idle():
            assert time.monotonic() < deadline, "the engine did not come to rest"
            time.sleep(0.01)


@contextmanager
def open_house(folder: Path, **more: Any) -> Iterator[House]:
    """A house on the default policy: real stores, real engine, a deterministic embedder, a clock that stands at NOW.

    `more` are settings.
    """
    clock = SetClock(NOW)
    settings = Settings(data_dir=folder, poll_seconds=0.02, sweep_seconds=3600, **more)
    with open_services(settings, embedder=HashEmbedder(), clock=clock) as services:
        yield House(services, clock, local_client(services))


def local_client(services: Services, host: str = "localhost", address: str = "127.0.0.1") -> TestClient:
    """A client that names `host` and calls from `address`."""
    return TestClient(create_app(services), base_url=f"http://{host}", client=(address, 50000))


def event_body(about: Ticket, event: Event | None = None) -> Json:
    """A body of `POST /v1/tickets/{source}/events`."""
    return {
        "ticket_id": about.id,
        "event": json.loads(dump_event(event or about.events[-1])),
        "ticket": json.loads(dump_ticket(about)),
    }


def quiet(id: str) -> Ticket:
    """A ticket that nothing is wrong with, of a requester who has no other."""
    return ticket(id, requester=f"r-{id}")


def handed_over(house: House, id: str, category: str = "hardware", subject: str = "Badge printer out") -> Json:
    """The escalation of a fresh ticket that was handed over to somebody."""
    house.send(ticket(id, subject=subject, body=DOOMED, category=category, requester=f"r-{id}"))
    return house.get(f"/v1/escalations?ticket={id}")["items"][0]


def asked(house: House, id: str) -> Json:
    """The run of a fresh ticket whose requester is asked for facts."""
    return house.send(ticket(id, subject="VPN", body=f"VPN fails. {DOOMED}", category="vpn", requester=f"r-{id}"))


def to_sign(house: House, id: str) -> Json:
    """The approval that a fresh ticket waits for."""
    text = f"I need write access to the production database in order to mend the stock list until Friday. {DOOMED}"
    house.send(ticket(id, subject="Database access", body=text, category="database-access", requester=f"r-{id}"))
    return house.get(f"/v1/approvals?ticket={id}")["items"][0]


def signed(house: House, id: str) -> Json:
    """The approval that a fresh ticket waited for, granted."""
    approval = to_sign(house, id)
    body = {"approve": True, "content_hash": approval["content_hash"], "by": "dana-whitlock"}
    granted = house.post(f"/v1/approvals/{approval['id']}/decision", body)
    house.rest()
    return granted


def to_take_away(house: House, id: str) -> Json:
    """The task that is left of a fresh ticket's grant which was taken back."""
    approval = signed(house, id)
    house.post(f"/v1/approvals/{approval['id']}/revoke", {"by": "dana-whitlock", "reason": "audit"})
    house.rest()
    return house.get(f"/v1/tasks?ticket={id}")["items"][0]


def delegated(
    house: House, by: str = "dana-whitlock", to: str = "pat-ivers", days: int = 3,
    headers: Mapping[str, str] | None = None,
) -> Json:  # fmt: skip
    """A delegation from the moment it is until some days later."""
    at = house.clock.now()
    body = {"by": by, "to": to, "first": at.isoformat(), "last": (at + timedelta(days=days)).isoformat()}
    return house.post("/v1/delegations", {**body, "reason": "on leave"}, 201, headers)


def drafted(house: House, id: str, subject: str = "Badge printer out", solved: str = SPOOLER) -> Json:
    """The draft under review that came of a fresh ticket which was escalated, solved and closed."""
    handed_over(house, id, subject=subject)
    for minute, kind in enumerate(("comment", "resolved", "closed"), 1):
        at = later(minute)
        house.clock.at = at
        actor = {"id": "robin-hale", "role": "technician"}
        event = {
            "id": f"s{minute}",
            "at": at,
            "kind": kind,
            "visibility": "public",
            "actor": actor,
            "body": solved,
        }
        house.send(quiet(id), Event.model_validate(event))
    return house.get(f"/v1/knowledge/drafts?ticket={id}")["items"][0]


def is_problem(answer: Answer, status: int, code: str | None = None) -> Json:
    """The problem document of an answer that must be one, with a code and a mend."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["code"] and body["mend"] and body["detail"]
    assert code is None or body["code"] == code
    return body


def later(minutes: float) -> datetime:
    """A moment after NOW."""
    return NOW + timedelta(minutes=minutes)
