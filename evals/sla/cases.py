"""SLA cases as data: calendars, promises, what happened, and questions whose answers were worked out by hand.

The format is docs/reference/sla-cases.md. Calendars and promises are written as in calendars.yaml and slas.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from domain.base import Moment
from domain.errors import BadInput
from domain.policy.checks.references import is_zone
from domain.policy.judgement import CategoriesFile
from domain.policy.people import PeopleFile, TeamsFile
from domain.policy.policy import Policy, PolicyFile
from domain.policy.promises import ClockName, SlasFile, SlaTarget
from domain.policy.time import Calendar, CalendarsFile
from domain.sla.clocks import ClockStatus
from domain.sla.ledger import RowState
from domain.ticket import ActorRole, Ticket

Plain = Mapping[str, Any]


def _zoned(value: object) -> object:
    # YAML reads a timestamp with a zone as a naive one in UTC; texts keep theirs.
    return value.isoformat() if isinstance(value, datetime) and value.tzinfo else value


When = Annotated[Moment, BeforeValidator(_zoned)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseEvent(_Part):
    """Something that happened; a comment or reply is a message with words in it."""

    at: When
    kind: str
    by: ActorRole | None = None
    visibility: Literal["public", "internal"] = "public"
    to: str | None = None
    field: str | None = None
    team: str | None = None
    technician: str | None = None
    body: str | None = None


class CaseTicket(_Part):
    """The ticket itself, as it is created."""

    created_at: When
    priority: str | None = None
    category: str | None = None
    type: str | None = None
    service: str | None = None
    requester: dict[str, JsonValue] | None = None


class Question(_Part):
    """What a clock is asked at a moment; only the answers that are given are compared."""

    at: When
    clock: ClockName
    used: float | None = None
    """Working minutes used."""
    remaining: float | None = None
    """Working minutes left of the target."""
    status: ClockStatus | None = None
    due: When | Literal["none"] | None = None
    """When the target is used up; `none` when the clock does not run."""
    breached: bool | None = None
    breached_at: When | None = None
    started: When | None = None
    stopped: When | None = None
    target: str | None = None
    cycle: int | None = None
    promised: bool | None = None
    """False when there is no such promise."""
    minute: When | None = None
    """A moment whose state in the ledger is asked for."""
    state: RowState | None = None
    """The state of that minute."""


class Case(_Part):
    """One ticket under one policy."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
    title: str
    source: str | None = None
    """The public issue it stems from, for example 'zammad #3180'."""
    why: str
    """How the expected values were worked out."""
    calendars: tuple[dict[str, Any], ...]
    slas: dict[str, Any]
    ticket: CaseTicket
    events: tuple[CaseEvent, ...] = ()
    ask: Annotated[tuple[Question, ...], Field(min_length=1)]


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a YAML file, or of every .yaml of a folder, in order. Raises `BadInput` naming file and case."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise BadInput(f"{path}: no case files", mend="name a .yaml file, or a folder with some")
    cases = tuple(case for file in files for case in _read(file))
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise BadInput(f"case {case.id!r} occurs twice", mend="give each case its own id")
        seen.add(case.id)
    return cases


def _read(file: Path) -> Iterator[Case]:
    try:
        whole = yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader of our own
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}", mend="check the path") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}: not YAML: {' '.join(str(error).split())}", mend="mend the file") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("cases"), list):
        raise BadInput(f"{file}: there is no list `cases`", mend="see docs/reference/sla-cases.md")
    for number, one in enumerate(whole["cases"], 1):
        name = one.get("id", f"number {number}") if isinstance(one, dict) else f"number {number}"
        try:
            yield Case.model_validate(_whole(one, whole))
        except (ValidationError, TypeError) as error:
            raise BadInput(f"{file}: case {name}: {_first(error)}", mend="see docs/reference/sla-cases.md") from error


def _whole(case: Any, file: Plain) -> dict[str, Any]:  # Any: what YAML holds; the model checks it
    """The case with the calendars and promises of its file filled in."""
    shared = {one["id"]: one for one in file.get("calendars", ())}
    own = {one["id"]: one for one in case.get("calendars", ())}
    slas = {**file.get("slas", {}), **case.get("slas", {})}
    return {**case, "calendars": tuple({**shared, **own}.values()), "slas": slas}


def policy_of(case: Case) -> Policy:
    """The case's calendars and promises as a policy in which nothing else is. Raises `BadInput`."""
    return policy_from(case.id, case.calendars, case.slas)


def policy_from(name: str, calendars: Sequence[Plain], slas: Plain) -> Policy:
    """As `policy_of`, from plain data."""
    try:
        parts: dict[str, Any] = {
            "head": PolicyFile(name=name, version="1.0.0", organisation="Cases", zone="UTC"),
            "calendars": CalendarsFile.model_validate({"calendars": list(calendars)}),
            "slas": SlasFile.model_validate(slas),
            "people": PeopleFile.model_construct(None, people=(), vips=(), roles={}),
            "teams": TeamsFile.model_construct(None, teams=()),
            "categories": CategoriesFile.model_construct(None, categories=()),
        }
    except ValidationError as error:
        raise BadInput(f"case {name}: {_first(error)}", mend="write it as in calendars.yaml and slas.yaml") from error
    _refuse_unknown(name, parts["calendars"].calendars, parts["slas"].targets)
    return Policy.model_construct(None, **parts)


def _refuse_unknown(name: str, calendars: Sequence[Calendar], targets: Sequence[SlaTarget]) -> None:
    known = {one.id for one in calendars}
    for calendar in calendars:
        if not is_zone(calendar.zone):
            raise BadInput(f"case {name}: there is no time zone {calendar.zone!r}", mend="use an IANA name")
    for target in targets:
        for asked in (target.calendar, *target.calendars.values()):
            if asked not in known:
                raise BadInput(f"case {name}: there is no calendar {asked!r}", mend="name one of the case or its file")


def ticket_of(case: Case) -> Ticket:
    """The case's ticket with its events. Raises `BadInput`."""
    events = [one.model_dump(exclude_none=True) for one in case.events]
    return ticket_from(case.id, case.ticket.model_dump(exclude_none=True), events)


def ticket_from(name: str, ticket: Plain, events: Sequence[Plain]) -> Ticket:
    """As `ticket_of`, from plain data."""
    created = {"id": "created", "at": ticket["created_at"], "kind": "created"}
    rows = [created, *(_event(number, event) for number, event in enumerate(events, 1))]
    try:
        return _TICKET.validate_python({**ticket, "id": name, "events": rows})
    except ValidationError as error:
        raise BadInput(f"case {name}: {_first(error)}", mend="see docs/reference/sla-cases.md") from error


_TICKET = TypeAdapter(Ticket)


def _event(number: int, event: Plain) -> dict[str, Any]:
    row = {name: value for name, value in event.items() if name != "by"}
    if event.get("by"):
        row["actor"] = {"role": event["by"]}
    if event["kind"] in ("comment", "reply"):
        row.setdefault("body", "A message.")
    return {**row, "id": f"e{number}"}


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    finding = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in finding['loc'])}: {finding['msg']}"


class _Loader(yaml.SafeLoader):
    """Plain YAML that leaves moments and dates as the texts they are."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
