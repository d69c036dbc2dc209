"""The escalation matrix holds together: every level can come due, none contradicts another, each names what exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.levels import amount_of
from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, Path, check, did_you_mean, one_of, unknown
from domain.policy.checks.references import priorities
from domain.policy.checks.rules import can_meet, covers
from domain.policy.levels import Level
from domain.policy.policy import Policy
from domain.policy.promises import SlaTarget
from domain.ticket import Tier

CODES = {
    "level-twice": "two levels have the same id",
    "level-changes-nothing": "a level neither changes nor opens anything, and nobody is told of it",
    "level-never-due": "no promise has the clock that a level counts",
    "level-out-of-order": "a level is listed before one that comes due earlier on the same clock",
    "levels-contradict": "two levels come due at the same moment for the same tickets and set different values",
    "level-lowers": "a level sets a tier or priority that is below what its condition asks for",
    "level-owner-elsewhere": "the owner of a level works in another team than the level names",
    "unknown-owner": "the owner of a level is nobody we know",
    "unknown-target": "an SLA target is not in slas.yaml",
    "tier-above-the-top": "a level sets a tier that the organisation does not have",
    "rearm-above-the-line": "rearm_below is above at_risk_from",
    "cooldown-too-short": "a ticket taken down by itself may go up again sooner than it took to be calm",
}
OWNERS = ("team_lead", "tier_lead")


def _levels(policy: Policy) -> Iterator[tuple[Path, Level]]:
    for place, level in enumerate(policy.escalation.levels):
        yield ("levels", place), level


def _issue(code: str, path: Path, problem: str, mend: str) -> Issue:
    return Issue(code, "escalation.yaml", path, problem, mend)


def _twice(policy: Policy) -> Iterator[Issue]:
    for place, first, name in repeated(level.id for level in policy.escalation.levels):
        yield _issue("level-twice", ("levels", place, "id"), f"level {first + 1} is called {name!r} already",
                     "give each level an id of its own")  # fmt: skip


def _changes_nothing(policy: Policy) -> Iterator[Issue]:
    told = any("level_reached" in rule.on for rule in policy.notifications.rules)
    for path, level in _levels(policy):
        if not level.does_something and not told:
            mend = "give it `set:` or `escalate: true`, or a notification on level_reached"
            yield _issue("level-changes-nothing", (*path, "id"), f"level {level.id!r} does nothing", mend)


def _applying(policy: Policy, level: Level) -> list[SlaTarget]:
    """The targets of tickets that the level's condition can hold for."""
    named = {name.casefold() for name in level.when.priority}
    return [one for one in policy.slas.targets if not named or (one.priority or "").casefold() in named]


def _never_due(policy: Policy) -> Iterator[Issue]:
    for path, level in _levels(policy):
        if level.clock and not any(one.minutes(level.clock) for one in _applying(policy, level)):
            name = level.clock.replace("_", " ")
            problem = f"no target that level {level.id!r} meets promises a {name}"
            mend = "add the promise to slas.yaml, or count another clock"
            yield _issue("level-never-due", (*path, "clock"), problem, mend)


def _amounts(policy: Policy, level: Level) -> dict[str, timedelta]:
    """When the level comes due on each promise it can meet, as used working time."""
    if level.clock is None:
        return {}
    found = {one.name: one.minutes(level.clock) for one in _applying(policy, level)}
    return {name: amount_of(level, timedelta(minutes=minutes)) for name, minutes in found.items() if minutes}


def _order(policy: Policy) -> Iterator[Issue]:
    """Of several levels that are due the last listed speaks, so a later moment must not stand before an earlier one."""
    amounts = [_amounts(policy, level) for level in policy.escalation.levels]
    for place, level in enumerate(policy.escalation.levels):
        for before, other in enumerate(policy.escalation.levels[:place]):
            if other.clock != level.clock or not can_meet(other.when, level.when):
                continue
            shared = amounts[place].keys() & amounts[before].keys()
            if any(amounts[before][name] > amounts[place][name] for name in shared):
                yield _issue(
                    "level-out-of-order", ("levels", place, "id"),
                    f"level {level.id!r} comes due before {other.id!r}, which stands above it",
                    f"list it before {other.id!r}: of those that are due the last one speaks",
                )  # fmt: skip
                break
            if shared and all(amounts[before][name] == amounts[place][name] for name in shared):
                yield from _contradiction(place, level, other)
                break


def _contradiction(place: int, level: Level, other: Level) -> Iterator[Issue]:
    values, others = level.set.model_dump(exclude={"tags"}), other.set.model_dump(exclude={"tags"})
    differing = [name for name in values if values[name] and others[name] and values[name] != others[name]]
    if differing or covers(other.when, level.when):
        what = f" and set {differing[0]} to different values" if differing else " for the same tickets"
        yield _issue(
            "levels-contradict", ("levels", place, "id"),
            f"levels {other.id!r} and {level.id!r} come due together{what}",
            "give one of them another moment, or conditions that no ticket meets both of",
        )  # fmt: skip


def _lowers(policy: Policy) -> Iterator[Issue]:
    order, urgent = list(Tier), {one.priority.casefold(): one.resolution for one in policy.slas.targets if one.priority}
    for path, level in _levels(policy):
        tiers = [Tier(name.upper()) for name in level.when.tier if name.upper() in Tier.__members__]
        if level.set.tier and tiers and all(order.index(one) > order.index(level.set.tier) for one in tiers):
            problem = f"level {level.id!r} is for tickets above {level.set.tier.value} and sets that tier"
            yield _issue("level-lowers", (*path, "set", "tier"), problem, "a tier is never lowered: set a higher one")
        named = [urgent[name.casefold()] for name in level.when.priority if name.casefold() in urgent]
        wanted = urgent.get((level.set.priority or "").casefold())
        if wanted is not None and named and all(one < wanted for one in named):
            problem = f"level {level.id!r} is for tickets more urgent than {level.set.priority}"
            yield _issue("level-lowers", (*path, "set", "priority"), problem, "a priority is never lowered")


def _references(policy: Policy) -> Iterator[Issue]:
    known = priorities(policy)
    for path, level in _levels(policy):
        name = level.set.priority
        if name is not None and name.casefold() not in (one.casefold() for one in known):
            yield unknown("unknown-priority", "escalation.yaml", (*path, "set", "priority"), "priority", name, known)


def _targets(policy: Policy) -> Iterator[Issue]:
    known = [target.name for target in policy.slas.targets]
    for place, rule in enumerate(policy.escalation.rules):
        if rule.sla_target is not None and rule.sla_target not in known:
            path: Path = ("rules", place, "sla_target")
            yield unknown("unknown-target", "escalation.yaml", path, "SLA target", rule.sla_target, known)
    for at, level in _levels(policy):
        if level.set.sla_target is not None and level.set.sla_target not in known:
            path = (*at, "set", "sla_target")
            yield unknown("unknown-target", "escalation.yaml", path, "SLA target", level.set.sla_target, known)


def _tiers(policy: Policy) -> Iterator[Issue]:
    known = [tier.id for tier in policy.tiers.tiers]
    for path, level in _levels(policy):
        if level.set.tier is not None and level.set.tier not in known:
            problem = f"there is no tier {level.set.tier.value} in tiers.yaml"
            yield _issue("tier-above-the-top", (*path, "set", "tier"), problem, one_of(one.value for one in known))


def _teams(policy: Policy) -> Iterator[Issue]:
    known = [team.id for team in policy.teams.teams]
    for path, level in _levels(policy):
        if level.set.team is not None and level.set.team not in known:
            yield unknown("unknown-team", "escalation.yaml", (*path, "set", "team"), "team", level.set.team, known)


def _owners(policy: Policy) -> Iterator[Issue]:
    for path, level in _levels(policy):
        name, at = level.set.owner, (*path, "set", "owner")
        if name is None or name in OWNERS:
            continue
        technicians = policy.technician_by_id
        holders = (technicians[one] for one in policy.people.roles.get(name, ()) if one in technicians)
        person = technicians.get(name) or next(holders, None)
        if person is None:
            known = [*OWNERS, *policy.technician_by_id, *policy.people.roles]
            nobody = name in policy.people.roles
            mend = "let a technician hold the role" if nobody else did_you_mean(name, known, one_of(known))
            yield _issue("unknown-owner", at, f"nobody can own a ticket as {name!r}", mend)
        elif level.set.team is not None and person.team != level.set.team:
            problem = f"{person.id!r} works in {person.team!r}, not in {level.set.team!r}"
            yield _issue("level-owner-elsewhere", at, problem, "leave the team out, or name somebody of it")


def _rearm(policy: Policy) -> Iterator[Issue]:
    line = policy.escalation.rearm_below
    if line is not None and line > policy.risk.at_risk_from:
        problem = f"rearm_below {line} is above the line {policy.risk.at_risk_from}, so the risk is always low"
        yield _issue("rearm-above-the-line", ("rearm_below",), problem, "lower it to monitor_from or below")


def _cooldown(policy: Policy) -> Iterator[Issue]:
    rule = policy.escalation.de_escalate
    if rule is not None and policy.escalation.cooldown < rule.after_minutes:
        problem = f"the cooldown is {policy.escalation.cooldown}, but a ticket is taken down after {rule.after_minutes}"
        mend = "make the cooldown at least as long as de_escalate.after_minutes"
        yield _issue("cooldown-too-short", ("cooldown",), problem, mend)


CHECKS: tuple[Check, ...] = (
    check(_twice, "escalation"),
    check(_changes_nothing, "escalation", "notifications"),
    check(_never_due, "escalation", "slas"),
    check(_order, "escalation", "slas"),
    check(_lowers, "escalation", "slas"),
    check(_references, "escalation", "slas"),
    check(_targets, "escalation", "slas"),
    check(_tiers, "escalation", "tiers"),
    check(_teams, "escalation", "teams"),
    check(_owners, "escalation", "technicians", "people"),
    check(_rearm, "escalation", "risk"),
    check(_cooldown, "escalation"),
)
