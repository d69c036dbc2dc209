"""How events turn a clock: what starts, pauses, stops, cancels and resets it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.newest import KEPT_LONG, remembering
from domain.policy.policy import Policy
from domain.policy.promises import CLOCKS, ClockName, ClockRules, NextResponseRules, SlasFile, SlaTarget
from domain.sla.facts import Facts, Promises, after, facts_at_creation, is_answer, is_request
from domain.ticket import Event, EventKind, Ticket

State = Literal["waiting", "running", "paused", "stopped", "cancelled"]
_OVER = ("stopped", "cancelled")


class Turn(NamedTuple):
    """Where an event leaves a clock."""

    at: datetime
    state: State
    why: str
    target: SlaTarget
    """The target that holds for the clock from here on."""
    cycle: int
    """0 before the clock first starts; 1 more each time it starts anew."""


class _Change(NamedTuple):
    """What an event did, worked out once for all clocks."""

    at: datetime
    event: Event | None
    """None at creation."""
    before: Facts
    now: Facts
    status: str
    """The status after it, in small letters."""
    answers: bool
    asks: bool
    target: SlaTarget


@remembering(KEPT_LONG)
def turns(ticket: Ticket, policy: Policy) -> dict[ClockName, tuple[Turn, ...]]:
    """Every clock's turns from creation on, one for each event that does something to it."""
    clocks = {name: _clock(name, policy.slas) for name in CLOCKS}
    for change in _changes(ticket, policy):
        for clock in clocks.values():
            clock.take(change)
    return {name: tuple(clock.turns) for name, clock in clocks.items()}


def _changes(ticket: Ticket, policy: Policy) -> Iterator[_Change]:
    promises, cancelling = Promises(ticket, policy), folded(policy.slas.cancel_in)
    facts = facts_at_creation(ticket)
    target = promises.of(facts)
    yield _Change(ticket.created_at, None, facts, facts, facts.status.casefold(), False, False, target)
    for event in ticket.events:
        now = after(facts, event, cancelling)
        target = target if now is facts else promises.of(now)
        status = now.status.casefold()
        yield _Change(event.at, event, facts, now, status, is_answer(event), is_request(event), target)
        facts = now


@lru_cache(maxsize=256)
def folded(statuses: tuple[str, ...]) -> frozenset[str]:
    """Statuses as they are compared: case ignored."""
    return frozenset(status.casefold() for status in statuses)


def _clock(name: ClockName, slas: SlasFile) -> _Clock:
    if name == "first_response":
        return _FirstResponse(slas, slas.clocks.first_response)
    if name == "next_response":
        return _NextResponse(slas, slas.clocks.next_response)
    return _Resolution(slas, slas.clocks.resolution, slas.pause_in)


class _Clock(ABC):
    """A clock as events pass. Subclasses say what starts and stops it."""

    def __init__(self, slas: SlasFile, rules: ClockRules | NextResponseRules, also_pause: tuple[str, ...] = ()) -> None:
        self._slas = slas
        self._pausing = folded((*also_pause, *rules.pause_in))
        self._stopping = folded(rules.stop_in)
        self._cancelling = folded(slas.cancel_in)
        self._start = rules.start if isinstance(rules, ClockRules) else "created"
        self._starting = folded(rules.start_in) if isinstance(rules, ClockRules) else frozenset[str]()
        self.turns: list[Turn] = []
        self.cycle = 0
        self.stopped = ""
        """Why it has stopped; empty while it has not."""

    def take(self, change: _Change) -> None:
        """Goes on past an event."""
        last = self.turns[-1] if self.turns else None
        target = last.target if last else change.target
        self.follow(change)
        state, why = self._state(change)
        # A promise that was kept or broken is not touched afterwards, unless the clock runs again.
        if target is not change.target and last and not (last.state in _OVER and state in _OVER):
            target = change.target
            if self._slas.on_target_change == "reset" and self.cycle and state not in _OVER and not self._fresh():
                self.cycle += 1
        if last is None or last.target is not target or (last.state, last.why, last.cycle) != (state, why, self.cycle):
            self.turns.append(Turn(change.at, state, why, target, self.cycle))

    @abstractmethod
    def follow(self, change: _Change) -> None:
        """Starts or stops the clock as the event says."""

    def begins(self, change: _Change) -> bool:
        """Whether what starts the clock has come."""
        if self._start == "created":
            return True
        return change.now.assigned if self._start == "assigned" else change.status in self._starting

    def end(self, change: _Change) -> str:
        """Why the event stops a clock; empty when it does not."""
        if change.now.ended and change.event is not None and not change.before.ended:
            return f"{change.event.kind.value} with event {change.event.id}"
        return self.stopped_by_status(change)

    def stopped_by_status(self, change: _Change) -> str:
        """Why the status that an event sets stops the clock; empty when it does not."""
        if change.status not in self._stopping:
            return ""
        return f"the status {change.now.status!r} stops the clock"

    def _fresh(self) -> bool:
        """Whether the clock started anew with this very event, so that another target needs no second start."""
        return self.turns[-1].cycle != self.cycle

    def _state(self, change: _Change) -> tuple[State, str]:
        if self.stopped:
            return "stopped", self.stopped
        if change.status in self._cancelling:
            return "cancelled", f"the status {change.now.status!r} cancels the clock"
        if not self.cycle:
            return "waiting", self.waits_for()
        if change.status in self._pausing:
            return "paused", f"the status {change.now.status!r} pauses the clock"
        return "running", ""

    def waits_for(self) -> str:
        """What the clock waits for before it starts."""
        if self._start == "assigned":
            return "not assigned yet"
        return f"not in {' or '.join(repr(one) for one in sorted(self._starting))} yet"


class _FirstResponse(_Clock):
    """Stops for good at the first answer, or when the ticket ends without one."""

    def follow(self, change: _Change) -> None:
        if not self.cycle and self.begins(change):
            self.cycle = 1
        if self.stopped or change.event is None:
            return
        answered = f"answered with event {change.event.id}" if change.answers else ""
        self.stopped = answered or self.end(change)


class _NextResponse(_Clock):
    """Starts with a message of the requester after the first response, stops with the next answer."""

    def __init__(self, slas: SlasFile, rules: NextResponseRules) -> None:
        super().__init__(slas, rules)
        self._first = _FirstResponse(slas, slas.clocks.first_response)
        self._unanswered = False

    def follow(self, change: _Change) -> None:
        event = change.event
        self._first.follow(change)
        if event is None:
            return
        if change.asks and self._first.stopped:
            self._unanswered = True
        ends = f"answered with event {event.id}" if change.answers else self.end(change)
        if ends:
            self._unanswered = False
            if self.cycle and not self.stopped:
                self.stopped = ends
        runs = bool(self.cycle) and not self.stopped
        if self._unanswered and not runs and not change.now.ended:
            self.cycle, self.stopped = self.cycle + 1, ""

    def stopped_by_status(self, change: _Change) -> str:
        # A status that was there already is no answer to what was written in it.
        return super().stopped_by_status(change) if change.now.status != change.before.status else ""

    def waits_for(self) -> str:
        return "no message of the requester waits for another answer"


class _Resolution(_Clock):
    """Stops when the ticket ends, and goes on or starts anew when it is reopened."""

    def __init__(self, slas: SlasFile, rules: ClockRules, also_pause: tuple[str, ...]) -> None:
        super().__init__(slas, rules, also_pause)
        self._stopped_at: datetime | None = None

    def follow(self, change: _Change) -> None:
        if not self.cycle and self.begins(change):
            self.cycle = 1
        ends = self.end(change)
        if self.stopped and self._reopened(change, ends):
            self._go_on(change.at)
        elif not self.stopped and ends:
            self.stopped, self._stopped_at = ends, change.at

    def _reopened(self, change: _Change, ends: str) -> bool:
        event = change.event
        if ends or event is None or change.now.ended:
            return False
        if event.kind == EventKind.REOPENED:
            return True
        left = change.before.status.casefold() in self._stopping
        return left and not change.before.ended

    def _go_on(self, at: datetime) -> None:
        slas, since = self._slas, self._stopped_at
        self.stopped, self._stopped_at = "", None
        within = slas.continue_within
        late = within is not None and since is not None and at - since > timedelta(minutes=within)
        if self.cycle and (slas.on_reopen == "reset" or late):
            self.cycle += 1
