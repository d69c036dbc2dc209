"""The SLA rules applied to one minute after the other, straight from the wall clock: slow, and easy to believe.

It shares no code with the product. Calendars, rules and events are the plain data of a case file; everything happens
on whole minutes. For every minute it asks: what had happened by then, what was known by then, what does the clock on
the wall say in that zone. Nothing is added up but ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

Plain: TypeAlias = Mapping[str, Any]
"""A mapping as YAML gives it; Any: its values are text, numbers, lists and mappings."""

CLOCKS = ("first_response", "next_response", "resolution")
LOOK_AHEAD = timedelta(days=40)
"""How far past the moment of looking the oracle walks to find when a target will be used up."""

_MINUTE = timedelta(minutes=1)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class OracleReading:
    """One clock at a moment, found by walking."""

    state: str
    used: int
    target: str
    allowed: int
    cycle: int
    breached_at: datetime | None
    due_at: datetime | None
    """None unless the clock runs, or when it lies beyond `LOOK_AHEAD`."""
    minutes: list[str] = field(default_factory=list)
    """The state of every minute from creation on."""


@dataclass
class _Minute:
    """One minute of one clock."""

    state: str
    cycle: int
    target: Plain


class Oracle:
    """One ticket under one policy."""

    def __init__(self, calendars: Sequence[Plain], slas: Plain, ticket: Plain, events: Sequence[Plain]) -> None:
        self._calendars = {one["id"]: one for one in calendars}
        self._zones = {one["id"]: ZoneInfo(one["zone"]) for one in calendars}
        self._slas = slas
        self._ticket = ticket
        self._created = moment(ticket["created_at"])
        self._events = [(moment(one["at"]), one) for one in events]
        self._asked: dict[tuple[str, datetime, datetime], bool] = {}

    def read(self, at: datetime) -> dict[str, OracleReading]:
        """Every promised clock at `at`."""
        happened = [event for when, event in self._events if when <= at]
        walks = {clock: self._walk(clock, happened, at) for clock in CLOCKS}
        return {clock: one for clock, walk in walks.items() if (one := self._reading(clock, walk, at))}

    def _walk(self, clock: str, happened: Sequence[Plain], at: datetime) -> list[_Minute]:
        """The state of a clock in every minute before `at`, and in the one that starts there."""
        hand = _Hand(clock, self._slas, self._ticket)
        hand.look(None)
        waiting = list(happened)
        minutes: list[_Minute] = []
        now = self._created
        while now <= at:
            while waiting and moment(waiting[0]["at"]) <= now:
                hand.look(waiting.pop(0))
            minutes.append(_Minute(hand.state, hand.cycle, hand.target))
            now += _MINUTE
        return minutes

    def _reading(self, clock: str, walk: list[_Minute], at: datetime) -> OracleReading | None:
        last = walk[-1]
        allowed = last.target.get(clock)
        if allowed is None:
            return None
        forward = self._slas.get("on_target_change") == "forward"
        final = {minute.cycle: minute.target for minute in walk}
        used, breached, due = 0, None, None
        states = []
        cycle = walk[0].cycle
        for number, minute in enumerate(walk[:-1]):
            start = self._created + number * _MINUTE
            target = minute.target if forward else final[minute.cycle]
            if minute.cycle != cycle:
                cycle, used, breached, due = minute.cycle, 0, None, None
            limit = allowed if cycle == last.cycle else final[cycle].get(clock)
            if minute.state != "running":
                states.append(minute.state)
                continue
            promised = target.get(clock)
            if breached is None and promised is not None and used >= promised:
                breached = start
            if not self._works(_calendar_of(target, clock), start, start):
                states.append("off_hours")
                continue
            states.append("overdue" if limit is not None and used >= limit else "running")
            used += 1
            if used == allowed:
                due = start + _MINUTE
        if last.cycle != cycle:
            used, breached, due = 0, None, None
        if last.state != "running":
            due = None
        elif due is None:
            due = self._ahead(clock, last.target, at, allowed - used)
        state = last.state
        if state == "running" and not self._works(_calendar_of(last.target, clock), at, at):
            state = "off_hours"
        return OracleReading(state, used, _name(last.target), allowed, last.cycle, breached, due, states)

    def _ahead(self, clock: str, target: Plain, at: datetime, left: int) -> datetime | None:
        now = at
        while now < at + LOOK_AHEAD:
            if self._works(_calendar_of(target, clock), now, at):
                left -= 1
            now += _MINUTE
            if left <= 0:
                return now
        return None

    def _works(self, calendar: str, minute: datetime, known: datetime) -> bool:
        """Whether the wall clock of a calendar shows working time in a minute, with what was known then."""
        key = (calendar, minute, known)
        if key not in self._asked:
            self._asked[key] = works(self._calendars[calendar], self._zones[calendar], minute, known)
        return self._asked[key]


def works(calendar: Plain, zone: ZoneInfo, minute: datetime, known: datetime) -> bool:
    """Whether a minute is working time, with what was known at `known`."""
    wall = minute.astimezone(zone)
    day = wall.strftime("%Y-%m-%d")
    clock = wall.strftime("%H:%M")
    for hours in _hours_of(calendar, day, _WEEK[wall.weekday()], known):
        first, last = hours.split("-")
        if first <= clock < last:
            return True
    return False


def _hours_of(calendar: Plain, day: str, weekday: str, known: datetime) -> Sequence[str]:
    """What is said about a day by everything known so far: the newest word about the day, else about its week."""
    special = [one for one in calendar.get("special_days", ()) if str(one["date"]) == day and _is_known(one, known)]
    if special:
        newest: Plain = _newest(special)
        return list(newest.get("hours", ()))
    if day in [str(one) for one in calendar.get("holidays", ())]:
        return ()
    changes = [one for one in calendar.get("changes", ()) if str(one["first"]) <= day and _is_known(one, known)]
    if changes:
        latest = max(str(one["first"]) for one in changes)
        week = _newest([one for one in changes if str(one["first"]) == latest])["hours"]
    else:
        week = calendar["hours"]
    return list(week.get(weekday, ()))


def _is_known(one: Plain, known: datetime) -> bool:
    return one.get("known_from") is None or moment(one["known_from"]) <= known


def _newest(told: Sequence[Plain]) -> Plain:
    best = told[0]
    for one in told[1:]:
        then, since = one.get("known_from"), best.get("known_from")
        if since is None or (then is not None and moment(then) >= moment(since)):
            best = one
    return best


def moment(value: str | datetime) -> datetime:
    """A moment of the case, in UTC."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read.astimezone(UTC)


def _name(target: Plain) -> str:
    return str(target.get("id") or "-".join(str(target.get("priority", "")).lower().split()))


def _calendar_of(target: Plain, clock: str) -> str:
    return str(target.get("calendars", {}).get(clock, target["calendar"]))


class _Hand:
    """The hand of one clock: what it does when something happens, decided from the whole story so far."""

    def __init__(self, clock: str, slas: Plain, ticket: Plain) -> None:
        self._clock = clock
        self._slas = slas
        self._ticket = ticket
        self._story: list[Plain] = []
        self._stopped_at: datetime | None = None
        self._settled = False
        self._asked = False
        self._first: _Hand | None = _Hand("first_response", slas, ticket) if clock == "next_response" else None
        self.state = ""
        self.cycle = 0
        self.target: Plain = {}

    def look(self, event: Plain | None) -> None:
        """Takes in an event, or the creation."""
        before = _Story(self._slas, self._ticket, self._story)
        if event is not None:
            self._story = [*self._story, event]
        after = _Story(self._slas, self._ticket, self._story)
        was_over = self.state in ("stopped", "cancelled")
        old_cycle = self.cycle
        getattr(self, f"_{self._clock}")(event, before, after)
        state = self._state_in(after)
        wanted = after.target()
        if not self.target:
            self.target = wanted
        elif wanted is not self.target and not (was_over and state in ("stopped", "cancelled")):
            self.target = wanted
            starts_anew = self._slas.get("on_target_change") == "reset" and state not in ("stopped", "cancelled")
            if starts_anew and self.cycle > 0 and self.cycle == old_cycle:
                self.cycle += 1
        self.state = state

    def _rules(self) -> Plain:
        found: Plain = self._slas.get("clocks", {}).get(self._clock, {})
        return found

    def _started(self, story: _Story) -> bool:
        start = self._rules().get("start", "created")
        if start == "created":
            return True
        return story.assigned() if start == "assigned" else _in(story.status(), self._rules().get("start_in", ()))

    def _first_response(self, event: Plain | None, before: _Story, after: _Story) -> None:
        if self.cycle == 0 and self._started(after):
            self.cycle = 1
        if event is not None and not self._settled:
            self._settled = _answers(event) or self._ends(before, after)

    def _next_response(self, event: Plain | None, before: _Story, after: _Story) -> None:
        first = self._first
        if first is None:
            return
        first.look(event)
        if event is None:
            return
        if _asks(event) and first._settled:
            self._asked = True
        newly = _in(after.status(), self._rules().get("stop_in", ())) and before.status() != after.status()
        if _answers(event) or (after.ended() and not before.ended()) or newly:
            self._asked = False
            self._settled = self._settled or self.cycle > 0
        idle = self.cycle == 0 or self._settled
        if self._asked and idle and not after.ended():
            self.cycle, self._settled = self.cycle + 1, False

    def _resolution(self, event: Plain | None, before: _Story, after: _Story) -> None:
        if self.cycle == 0 and self._started(after):
            self.cycle = 1
        ends = self._ends(before, after)
        if not self._settled:
            if ends and event is not None:
                self._settled, self._stopped_at = True, moment(event["at"])
            elif ends:
                self._settled, self._stopped_at = True, moment(self._ticket["created_at"])
        elif event is not None and not ends and not after.ended():
            left = _in(before.status(), self._rules().get("stop_in", ())) and not before.ended()
            if event["kind"] == "reopened" or left:
                self._settled = False
                self._reopen(moment(event["at"]))

    def _reopen(self, at: datetime) -> None:
        within = self._slas.get("continue_within")
        long_ago = within is not None and self._stopped_at is not None and (at - self._stopped_at) / _MINUTE > within
        if self.cycle > 0 and (self._slas.get("on_reopen") == "reset" or long_ago):
            self.cycle += 1

    def _ends(self, before: _Story, after: _Story) -> bool:
        return (after.ended() and not before.ended()) or _in(after.status(), self._rules().get("stop_in", ()))

    def _state_in(self, story: _Story) -> str:
        pausing = [*self._rules().get("pause_in", ())]
        if self._clock == "resolution":
            pausing += self._slas.get("pause_in", ())
        if self._settled:
            return "stopped"
        if _in(story.status(), self._slas.get("cancel_in", ())):
            return "cancelled"
        if self.cycle == 0:
            return "waiting"
        return "paused" if _in(story.status(), pausing) else "running"


class _Story:
    """Questions about everything that has happened, answered by reading it from the beginning."""

    def __init__(self, slas: Plain, ticket: Plain, events: Sequence[Plain]) -> None:
        self._slas = slas
        self._ticket = ticket
        self._events = events

    def status(self) -> str:
        status = "new"
        for event in self._events:
            if event["kind"] in ("status", "resolved", "closed", "reopened"):
                status = event.get("to") or ("reopened" if event["kind"] == "reopened" else status)
        return status

    def ended(self) -> bool:
        ended = False
        for number, event in enumerate(self._events):
            if event["kind"] == "reopened":
                ended = False
            elif event["kind"] in ("resolved", "closed"):
                then = _Story(self._slas, self._ticket, self._events[: number + 1]).status()
                ended = ended or not _in(then, self._slas.get("cancel_in", ()))
        return ended

    def assigned(self) -> bool:
        return any(e["kind"] == "assignment" and (e.get("team") or e.get("technician")) for e in self._events)

    def target(self) -> Plain:
        targets: Sequence[Plain] = self._slas["targets"]
        switches = [e.get("to") for e in self._events if e["kind"] == "sla" and e.get("field") == "target"]
        if switches and switches[-1]:
            for one in targets:
                if _name(one) == switches[-1]:
                    return one
        priority = self._last("priority", self._ticket.get("priority"))
        for wanted in (priority, self._slas["default_priority"]):
            for one in targets:
                if wanted and str(one.get("priority", "")).lower() == wanted.lower() and self._meets(one):
                    return one
        return targets[0]

    def _meets(self, target: Plain) -> bool:
        when = target.get("when", {})
        teams = [e["team"] for e in self._events if e["kind"] == "assignment" and e.get("team")]
        requester = self._ticket.get("requester") or {}
        found = {
            "category": self._last("category", self._ticket.get("category")), "team": teams[-1] if teams else None,
            "type": self._ticket.get("type"), "service": self._ticket.get("service"),
            "requester_role": requester.get("role"),
        }  # fmt: skip
        if "vip" in when and when["vip"] != bool(requester.get("vip")):
            return False
        return all(not when.get(name) or (has is not None and _in(has, when[name])) for name, has in found.items())

    def _last(self, kind: str, first: str | None) -> str | None:
        said = [event["to"] for event in self._events if event["kind"] == kind and event.get("to")]
        return said[-1] if said else first


def _in(value: str, names: Sequence[str]) -> bool:
    return value.lower() in [name.lower() for name in names]


def _answers(event: Plain) -> bool:
    return _public_message(event) and event.get("by") == "technician"


def _asks(event: Plain) -> bool:
    return _public_message(event) and event.get("by") == "requester"


def _public_message(event: Plain) -> bool:
    return event["kind"] in ("comment", "reply") and event.get("visibility", "public") != "internal"
