"""What SLA clocks know of a ticket as its events pass, and which promise holds for it then."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, Protocol

from domain.about import is_vip
from domain.policy.policy import Policy
from domain.policy.promises import SlasFile, SlaTarget, TargetWhen
from domain.ticket import ActorRole, Event, EventKind, Ticket

SWITCH_FIELD = "target"
"""The field of an event of kind `sla` that names the target to count from then on; an empty `to` goes back."""


class Facts(NamedTuple):
    """Where a ticket stands after an event, as far as its clocks care."""

    status: str
    priority: str | None
    category: str | None
    team: str | None = None
    assigned: bool = False
    """Whether it ever went to a team or a technician."""
    ended: bool = False
    """Whether it is resolved or closed and has not been reopened."""
    switched_to: str | None = None
    """The target an event named."""


def facts_at_creation(ticket: Ticket) -> Facts:
    """Before the first event."""
    return Facts(status="new", priority=ticket.priority, category=ticket.category)


def after(facts: Facts, event: Event, cancelling: frozenset[str]) -> Facts:
    """The facts after one more event."""
    match event.kind:
        case EventKind.STATUS if event.to is not None:
            return facts._replace(status=str(event.to))
        case EventKind.PRIORITY if event.to is not None:
            return facts._replace(priority=str(event.to))
        case EventKind.CATEGORY if event.to is not None:
            return facts._replace(category=str(event.to))
        case EventKind.ASSIGNMENT:
            somebody = bool(event.team or event.technician)
            return facts._replace(team=event.team or facts.team, assigned=facts.assigned or somebody)
        case EventKind.RESOLVED | EventKind.CLOSED:
            return _ended(facts, event, cancelling)
        case EventKind.REOPENED:
            return facts._replace(status="reopened" if event.to is None else str(event.to), ended=False)
        case EventKind.SLA if event.field == SWITCH_FIELD:
            return facts._replace(switched_to=str(event.to) if event.to else None)
    return facts


def _ended(facts: Facts, event: Event, cancelling: frozenset[str]) -> Facts:
    status = facts.status if event.to is None else str(event.to)
    # What was cancelled is put away, not fulfilled.
    return facts._replace(status=status, ended=facts.ended or status.casefold() not in cancelling)


def is_answer(event: Event) -> bool:
    """A public message of a technician; software and internal notes answer nobody."""
    return event.is_message and not event.is_internal and event.role == ActorRole.TECHNICIAN


def is_request(event: Event) -> bool:
    """A public message of the requester."""
    return event.is_message and not event.is_internal and event.role == ActorRole.REQUESTER


class Promises:
    """Chooses the target of a ticket. Raises nothing: what no target names counts as the default priority."""

    def __init__(self, ticket: Ticket, policy: Policy) -> None:
        self._ticket = ticket
        self._policy = policy
        self._known: dict[tuple[str | None, str | None, str | None, str | None], SlaTarget] = {}

    def of(self, facts: Facts) -> SlaTarget:
        """The target that holds with these facts: the one an event named, else the first that fits."""
        key = (facts.switched_to, facts.priority, facts.category, facts.team)
        if key not in self._known:
            self._known[key] = self._choose(facts)
        return self._known[key]

    def _choose(self, facts: Facts) -> SlaTarget:
        slas = self._policy.slas
        if facts.switched_to:
            named = next((one for one in slas.targets if one.name == facts.switched_to), None)
            if named:
                return named
        known = has_priority(slas, facts.priority)
        found = self._first(slas, facts.priority or "", facts) if known else None
        return found or self._first(slas, slas.default_priority, facts) or slas.targets[0]

    def _first(self, slas: SlasFile, priority: str, facts: Facts) -> SlaTarget | None:
        wanted = priority.casefold()
        named = (one for one in slas.targets if one.priority is not None and one.priority.casefold() == wanted)
        return next((one for one in named if self._fits(one.when, facts)), None)

    def _fits(self, when: TargetWhen, facts: Facts) -> bool:
        ticket = self._ticket
        return (
            _named(when.category, facts.category, self._policy.category)
            and _named(when.team, facts.team, self._policy.team)
            and _named(when.type, ticket.type)
            and _named(when.service, ticket.service)
            and _named(when.requester_role, ticket.requester.role if ticket.requester else None)
            and (when.vip is None or when.vip == is_vip(ticket, self._policy))
        )


def has_priority(slas: SlasFile, priority: str | None) -> bool:
    """Whether a target names the priority; case is ignored."""
    wanted = (priority or "").casefold()
    return any(one.priority is not None and one.priority.casefold() == wanted for one in slas.targets)


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


def _named(wanted: Collection[str], value: str | None, meant: Callable[[str], _HasId | None] | None = None) -> bool:
    if not wanted:
        return True
    names = {one.casefold() for one in wanted}
    if value is None:
        return False
    if value.casefold() in names:
        return True
    one = meant(value) if meant else None
    return one is not None and one.id.casefold() in names
