"""Live tickets of the demo: where each stands at the demo's moment, what it promises to show, what people do next.

Read from live/*.yaml; told/*.yaml holds hand-written closed tickets in the same form. Times are distances from the
demo's moment on the wall clock: `-3h20m`, `-2d4h`, `+25m`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.demo.story import DemoRequester
from domain.base import NonEmpty, Record
from domain.climb import climbs
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.sla.clocks import sla_clocks
from domain.ticket import Actor, ActorRole, Event, EventKind, Link, Outcome, Requester, Ticket

_DISTANCE = re.compile(r"^([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
Distance = Annotated[str, StringConstraints(pattern=_DISTANCE.pattern)]

NamedOutcome = Literal[
    "watching", "duplicate_linked", "handed_over", "handed_to_lead", "approval_rejected", "cancelled", "published",
    "linked", "refused", "review_rejected",
]  # fmt: skip


StepKind = Literal["answer", "approve", "reject", "event", "review", "carry_out", "wait", "done"]
"""What somebody does; `wait` lets the moments come that the ticket waits for, `done` closes its task."""


class Promise(Record):
    """What a live ticket is there to show, as facts that a test checks. Facts left out are not promised."""

    shows: NonEmpty
    outcome: NamedOutcome
    topic: str
    """The thing to show, in one word or two: `quiet but doomed`, `missing facts`, …"""
    escalated: bool | None = None
    risk_at_least: int | None = None
    risk_at_most: int | None = None
    reasons: tuple[str, ...] = ()
    """Reason codes that must be among the reasons."""
    tier: str | None = None
    team: str | None = None
    technician: str | None = None
    category: str | None = None
    language: str | None = None
    asks: tuple[str, ...] = ()
    """Form fields in the question."""
    approval: str | None = None
    """The approval rule that asks for a signature."""
    signed_for: str | None = None
    """The approver on whose behalf a delegate signs."""
    task: str | None = None
    """The state of the task that takes the grant away again."""
    evidence: tuple[str, ...] = ()
    """Ids of tickets, known problems or articles among the evidence."""
    duplicate_of: str | None = None
    flagged: bool | None = None
    """Whether text that speaks to software is flagged."""
    playbook: str | None = None


class WrittenEvent(Record):
    """An event as it stands in the file. `by` is `requester`, `helpdesk`, or the id of a technician."""

    at: Distance
    kind: EventKind
    by: str = "helpdesk"
    body: str | None = None
    visibility: Literal["public", "internal"] | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    team: str | None = None
    technician: str | None = None
    tier: str | None = None
    field: str | None = None


class WrittenStep(WrittenEvent):
    """A step of the script. `answer` is the requester's; the others name who does it in `by`."""

    kind: StepKind  # type: ignore[assignment] # a step is no event
    event: EventKind | None = None
    """For `event`: what happens."""
    approve: bool | None = None
    """For `review`: published or sent back."""
    reason: str = ""


class WrittenTicket(Record):
    """A ticket as it stands in the file. `requester` is an id of cast/requesters.yaml."""

    id: NonEmpty
    subject: str
    requester: str
    channel: str = "portal"
    type: Literal["incident", "request"] = "incident"
    category: str | None = None
    service: str | None = None
    asset: str | None = None
    priority: str = "medium"
    at: Distance
    body: str
    events: tuple[WrittenEvent, ...] = ()
    resolution: str | None = None
    links: tuple[Link, ...] = ()


class WrittenLive(WrittenTicket):
    """A live ticket: the ticket, its promise and its script."""

    promise: Promise
    script: tuple[WrittenStep, ...] = ()


class LiveFile(Record):
    """live/*.yaml"""

    tickets: tuple[WrittenLive, ...]


class ToldFile(Record):
    """told/*.yaml: closed tickets written out in full."""

    tickets: tuple[WrittenTicket, ...]


class ScriptStep(Record):
    """What somebody does after the demo's moment.

    `answer` and `event` carry the canonical event to deliver; the others carry who and why.
    """

    at: datetime
    kind: StepKind
    event: Event | None = None
    by: str | None = None
    approve: bool | None = None
    reason: str = ""


class LiveTicket(Record):
    """A ticket at the demo's moment, with what it promises and what happens next."""

    ticket: Ticket
    promise: Promise
    script: tuple[ScriptStep, ...] = ()


def moment_of(distance: str, moment: datetime) -> datetime:
    """The moment a written distance means."""
    match = _DISTANCE.match(distance)
    if match is None:
        raise BadInput(f"{distance!r} is no distance", mend="write it like -3h20m")
    sign, *numbers = match.groups()
    days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    gap = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return moment + gap if sign == "+" else moment - gap


class Maker:
    """Makes tickets of what is written in the files."""

    def __init__(self, moment: datetime, policy: Policy, people: tuple[DemoRequester, ...]) -> None:
        self._moment = moment
        self._policy = policy
        self._people = {one.id: one for one in people}

    def live(self, written: WrittenLive) -> LiveTicket:
        """A live ticket with its script."""
        ticket = self._ticket(written)
        late = [event.id for event in ticket.events if event.at > self._moment]
        if late:
            raise BadInput(f"{written.id} has events after the demo's moment: {late}", mend="move them to `script`")
        count, steps = len(ticket.events), []
        for step in written.script:
            count += step.kind in ("answer", "event")
            steps.append(self._step(written, step, f"{written.id}-{count}"))
        return LiveTicket(ticket=ticket, promise=written.promise, script=tuple(steps))

    def closed(self, written: WrittenTicket) -> Ticket:
        """A closed ticket that was written out in full, with its outcome."""
        ticket = self._ticket(written)
        ends = {
            kind: [e.at for e in ticket.events if e.kind == kind] for kind in (EventKind.RESOLVED, EventKind.CLOSED)
        }
        if not all(ends.values()):
            raise BadInput(f"{written.id} is not resolved and closed", mend="add both events")
        ups, clock = climbs(ticket), sla_clocks(ticket, self._policy, ends[EventKind.CLOSED][-1])[-1]
        outcome = Outcome(sla_met=not clock.breached, escalated=bool(ups), escalated_at=ups[0] if ups else None)
        facts: dict[str, object] = {
            "resolved_at": ends[EventKind.RESOLVED][-1],
            "closed_at": ends[EventKind.CLOSED][-1],
        }
        facts |= {"resolution": written.resolution, "closure_code": "solved", "outcome": outcome}
        return ticket.model_copy(update=facts)

    def _ticket(self, written: WrittenTicket) -> Ticket:
        person = self._people.get(written.requester)
        if person is None:
            raise BadInput(
                f"{written.id}: nobody is called {written.requester}", mend="add them to cast/requesters.yaml"
            )
        first = WrittenEvent(
            at=written.at, kind=EventKind.CREATED, by="requester", body=written.body, visibility="public"
        )
        events = [self._event(written, one, f"{written.id}-{n}") for n, one in enumerate((first, *written.events), 1)]
        return Ticket(
            id=written.id, source="helpdesk", subject=written.subject, description=written.body,
            requester=Requester(
                id=person.id, name=person.name, email=f"{person.id}@{self._policy.head.mail_domain}",
                role=person.role, vip=person.vip, site=person.site,
            ),
            channel=written.channel, type=written.type, category=written.category, service=written.service,
            asset=written.asset, priority=written.priority, created_at=events[0].at, links=written.links,
            events=tuple(events),
        )  # fmt: skip

    def _event(self, written: WrittenTicket, one: WrittenEvent, event_id: str, kind: EventKind | None = None) -> Event:
        raw: dict[str, object] = {
            "id": event_id,
            "at": moment_of(one.at, self._moment),
            "kind": kind or one.kind,
        }
        raw["actor"] = self._actor(written, one.by)
        given = {"body", "visibility", "to", "team", "technician", "tier", "field"}
        raw |= {name: value for name in sorted(given) if (value := getattr(one, name)) is not None}
        if one.from_ is not None:
            raw["from"] = one.from_
        return Event.model_validate(raw)

    def _actor(self, written: WrittenTicket, by: str) -> Actor:
        if by == "requester":
            return Actor(id=written.requester, role=ActorRole.REQUESTER)
        if by == "helpdesk":
            return Actor(id="helpdesk", role=ActorRole.SYSTEM)
        if by not in self._policy.technician_by_id:
            raise BadInput(f"{written.id}: {by} is no technician", mend="use an id of technicians.yaml")
        return Actor(id=by, role=ActorRole.TECHNICIAN)

    def _step(self, written: WrittenTicket, step: WrittenStep, event_id: str) -> ScriptStep:
        at = moment_of(step.at, self._moment)
        if step.kind == "answer":
            said = step.model_copy(update={"by": "requester", "visibility": "public"})
            return ScriptStep(at=at, kind="answer", event=self._event(written, said, event_id, EventKind.COMMENT))
        if step.kind == "event":
            if step.event is None:
                raise BadInput(f"{written.id}: a step of kind event lacks `event`", mend="say which kind of event")
            return ScriptStep(at=at, kind="event", event=self._event(written, step, event_id, step.event))
        return ScriptStep(at=at, kind=step.kind, by=step.by, approve=step.approve, reason=step.reason)
