"""Promises that can be kept, chosen and understood: nothing shadowed, nothing that starts and pauses at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from domain.calendars import HORIZON, working_time
from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, Path, check, unknown
from domain.policy.checks.references import is_zone
from domain.policy.policy import Policy
from domain.policy.promises import CLOCKS, ClockRules, NextResponseRules, SlaTarget, TargetWhen
from domain.policy.time import Calendar

CODES = {
    "special-day-twice": "a calendar says two things about one day, known at the same time",
    "change-twice": "two changes of hours start on the same day and are known at the same time",
    "change-without-work": "from a change of hours on nobody ever works",
    "target-twice": "two SLA targets without a condition are for the same priority",
    "duplicate-target": "two SLA targets have the same id",
    "target-without-name": "an SLA target has neither a priority nor an id",
    "condition-unread": "an SLA target has a condition but no priority, so its condition is never asked",
    "unreachable-target": "an earlier SLA target takes every ticket that this one asks for",
    "target-without-fallback": "every SLA target of a priority has a condition",
    "resolution-before-response": "a resolution target is shorter than the first response target",
    "target-out-of-reach": "a calendar does not have as many working minutes as its target asks for within five years",
    "pause-status-twice": "slas.yaml names a status twice in a list",
    "status-contradiction": "a status starts, pauses, stops or cancels a clock at the same time",
    "start-without-status": "a clock starts with a status, but no status is named",
    "start-status-unread": "statuses are named for the start of a clock that starts with something else",
    "continue-within-unread": "`continue_within` stands beside `on_reopen: reset`",
}

_FILE = "slas.yaml"
_LISTS = ("category", "type", "service", "requester_role", "team")


def _days(policy: Policy) -> Iterator[Issue]:
    for place, calendar in enumerate(policy.calendars.calendars):
        seen: set[tuple[date, datetime | None]] = {(day, None) for day in calendar.holidays}
        # Days that a set or file adds stand behind those written by hand and never repeat them.
        for index, one in enumerate(calendar.special_days):
            key = (one.date, one.known_from)
            if key in seen:
                yield Issue(
                    "special-day-twice", "calendars.yaml", ("calendars", place, "special_days", index),
                    f"{one.date.isoformat()} is named already", "keep one entry, or say from when the other is known",
                )  # fmt: skip
            seen.add(key)
        yield from _changes(calendar, ("calendars", place, "changes"))


def _changes(calendar: Calendar, path: Path) -> Iterator[Issue]:
    seen = set()
    for index, one in enumerate(calendar.changes):
        key = (one.first, one.known_from)
        if key in seen:
            yield Issue(
                "change-twice", "calendars.yaml", (*path, index, "first"),
                f"{one.first.isoformat()} has other hours already", "keep one of the two",
            )  # fmt: skip
        seen.add(key)
    last = max(calendar.changes, key=lambda one: one.first, default=None)
    if last is not None and not any(last.hours.values()):
        index = calendar.changes.index(last)
        yield Issue(
            "change-without-work", "calendars.yaml", (*path, index, "hours"),
            f"from {last.first.isoformat()} on calendar {calendar.id!r} has no working minute",
            "give at least one day working hours, or add a later change",
        )  # fmt: skip


def _targets(policy: Policy) -> Iterator[Issue]:
    targets = policy.slas.targets
    plain = [(place, one) for place, one in enumerate(targets) if one.priority and one.when == TargetWhen()]
    for number, first, name in repeated(one.priority or "" for _, one in plain):
        yield Issue(
            "target-twice", _FILE, ("targets", plain[number][0], "priority"),
            f"priority {name!r} has target {plain[first][0] + 1} already",
            "keep one target for each priority, or give the earlier one a condition",
        )  # fmt: skip
    for place, target in enumerate(targets):
        yield from _target(target, ("targets", place))
    yield from _names(targets)
    yield from _shadowed(targets)
    yield from _fallbacks(targets)


def _target(target: SlaTarget, path: Path) -> Iterator[Issue]:
    if target.resolution < target.first_response:
        yield Issue(
            "resolution-before-response", _FILE, (*path, "resolution"),
            f"resolution within {target.resolution} minutes comes before the first response "
            f"within {target.first_response}", "make the resolution target the longer one",
        )  # fmt: skip
    if target.priority is None and target.id is None:
        yield Issue("target-without-name", _FILE, path, "nothing can choose this target", "give it a priority or an id")
    if target.priority is None and target.when != TargetWhen():
        yield Issue(
            "condition-unread", _FILE, (*path, "when"), "only an event that names the id chooses this target",
            "give it a priority, or remove the condition",
        )  # fmt: skip


def _names(targets: tuple[SlaTarget, ...]) -> Iterator[Issue]:
    # A target without an id goes by its priority; one with a condition needs a name of its own beside it.
    plain = {one.name for one in targets if one.id is None and one.when == TargetWhen()}
    seen: set[str] = set()
    for place, one in enumerate(targets):
        taken = one.name in seen or (one.id is not None and one.name in plain)
        if one.name and taken and not (one.id is None and one.when == TargetWhen()):
            yield Issue(
                "duplicate-target", _FILE, ("targets", place, "id"), f"another target is called {one.name!r}",
                "give each target with a condition an id of its own",
            )  # fmt: skip
        seen.add(one.name)


def _shadowed(targets: tuple[SlaTarget, ...]) -> Iterator[Issue]:
    for place, one in enumerate(targets):
        if one.priority is None or one.when == TargetWhen():
            continue
        before = (other for other in targets[:place] if _same(other.priority, one.priority))
        hidden_by = next((other for other in before if _covers(other.when, one.when)), None)
        if hidden_by is not None:
            yield Issue(
                "unreachable-target", _FILE, ("targets", place, "when"),
                f"target {hidden_by.name!r} takes every ticket that this one asks for",
                f"move it above {hidden_by.name!r}",
            )  # fmt: skip


def _fallbacks(targets: tuple[SlaTarget, ...]) -> Iterator[Issue]:
    plain = {one.priority.casefold() for one in targets if one.priority and one.when == TargetWhen()}
    last = {one.priority.casefold(): place for place, one in enumerate(targets) if one.priority}
    for priority, place in last.items():
        if priority not in plain:
            yield Issue(
                "target-without-fallback", _FILE, ("targets", place, "when"),
                f"priority {targets[place].priority!r} has no target for tickets that meet none of its conditions",
                "add a target for this priority without `when`, after the others",
            )  # fmt: skip


def _covers(wide: TargetWhen, narrow: TargetWhen) -> bool:
    """Whether every ticket that meets `narrow` meets `wide`."""
    for name in _LISTS:
        asked = {one.casefold() for one in getattr(wide, name)}
        given = {one.casefold() for one in getattr(narrow, name)}
        if asked and not (given and given <= asked):
            return False
    return wide.vip is None or wide.vip == narrow.vip


def _same(one: str | None, other: str) -> bool:
    return one is not None and one.casefold() == other.casefold()


def _names_in_conditions(policy: Policy) -> Iterator[Issue]:
    categories = {one.id.casefold(): one.id for one in policy.categories.categories}
    teams = {one.id.casefold(): one.id for one in policy.teams.teams}
    for place, target in enumerate(policy.slas.targets):
        path: Path = ("targets", place, "when")
        for index, name in enumerate(target.when.category):
            if name.casefold() not in categories:
                at = (*path, "category", index)
                yield unknown("unknown-category", _FILE, at, "category", name, categories.values())
        for index, name in enumerate(target.when.team):
            if name.casefold() not in teams:
                yield unknown("unknown-team", _FILE, (*path, "team", index), "team", name, teams.values())


def _reachable(policy: Policy) -> Iterator[Issue]:
    # Any start will do: what counts is how much a calendar works in the long run, not when.
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for place, target in enumerate(policy.slas.targets):
        needed: dict[str, int] = {}
        for clock in CLOCKS:
            name = target.calendar_of(clock)
            needed[name] = max(needed.get(name, 0), target.minutes(clock) or 0)
        for name, longest in needed.items():
            calendar = policy.calendar_by_id.get(name)
            if calendar is None or not is_zone(calendar.zone):
                continue
            if working_time(calendar, start, start + HORIZON) < timedelta(minutes=longest):
                yield Issue(
                    "target-out-of-reach", _FILE, ("targets", place),
                    f"calendar {calendar.id!r} has fewer than {longest} working minutes in five years",
                    "lower the target or use a calendar with more hours",
                )  # fmt: skip


def _statuses(policy: Policy) -> Iterator[Issue]:
    slas = policy.slas
    lists: list[tuple[Path, tuple[str, ...]]] = [(("pause_in",), slas.pause_in), (("cancel_in",), slas.cancel_in)]
    for clock in CLOCKS:
        rules: ClockRules | NextResponseRules = getattr(slas.clocks, clock)
        path: Path = ("clocks", clock)
        roles = {"pause_in": rules.pause_in, "stop_in": rules.stop_in}
        if isinstance(rules, ClockRules):
            roles["start_in"] = rules.start_in
            yield from _start(rules, path)
        lists += [((*path, role), statuses) for role, statuses in roles.items()]
        shared = {"pause_in": slas.pause_in} if clock == "resolution" else {}
        yield from _contradictions(path, roles, shared | {"cancel_in": slas.cancel_in})
    for at, statuses in lists:
        for place, first, name in repeated(statuses):
            yield Issue(
                "pause-status-twice",
                _FILE,
                (*at, place),
                f"{name!r} is entry {first + 1} already",
                "remove one of the two",
            )
    if slas.continue_within is not None and slas.on_reopen == "reset":
        yield Issue(
            "continue-within-unread", _FILE, ("continue_within",), "every reopened ticket starts anew already",
            "remove `continue_within`, or set `on_reopen: continue`",
        )  # fmt: skip


def _start(rules: ClockRules, path: Path) -> Iterator[Issue]:
    if rules.start == "status" and not rules.start_in:
        yield Issue("start-without-status", _FILE, (*path, "start"), "no status starts the clock", "add `start_in:`")
    if rules.start != "status" and rules.start_in:
        yield Issue(
            "start-status-unread", _FILE, (*path, "start_in"), f"the clock starts with {rules.start!r}",
            "set `start: status`, or remove `start_in`",
        )  # fmt: skip


def _contradictions(
    path: Path, roles: dict[str, tuple[str, ...]], shared: dict[str, tuple[str, ...]]
) -> Iterator[Issue]:
    """A status with two roles: what it does would depend on an order nobody wrote down."""
    owners: dict[str, str] = {}
    for role, statuses in shared.items():
        owners |= {status.casefold(): role for status in statuses}
    for role, statuses in roles.items():
        for index, status in enumerate(statuses):
            other = owners.setdefault(status.casefold(), role)
            if other != role:
                yield Issue(
                    "status-contradiction", _FILE, (*path, role, index), f"{status!r} stands in {other} as well",
                    "keep it in one of the two",
                )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_days, "calendars"),
    check(_targets, "slas"),
    check(_names_in_conditions, "slas", "categories", "teams"),
    check(_reachable, "slas", "calendars"),
    check(_statuses, "slas"),
)
