"""Every name that points somewhere points at something that is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from domain.policy.checks.issue import Check, Issue, Path, check, did_you_mean, unknown
from domain.policy.conditions import CONDITIONS, Conditions
from domain.policy.policy import Policy

__all__ = ["CHECKS", "CODES", "CONDITIONS", "RECIPIENTS", "is_zone", "priorities"]

CODES = {
    "unknown-zone": "a time zone is not in the IANA database",
    "unknown-calendar": "a calendar is not in calendars.yaml",
    "unknown-team": "a team is not in teams.yaml",
    "unknown-technician": "a technician is not in technicians.yaml",
    "unknown-category": "a category is not in categories.yaml",
    "unknown-skill": "a skill is not a category of categories.yaml",
    "unknown-tier": "a tier is not in tiers.yaml",
    "unknown-priority": "a priority has no target in slas.yaml",
    "unknown-role": "a role is not in people.yaml",
    "unknown-person": "somebody who holds a role is neither a person nor a technician",
    "unknown-recipient": "a notification goes to somebody we do not know",
    "default-without-target": "the default priority has no target in slas.yaml",
}

RECIPIENTS = ("requester", "owner", "assignee", "team_lead", "approvers")
"""Who a notification can go to besides roles and addresses."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_zone(name: str) -> bool:
    """Whether the IANA database knows the zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def is_email(name: str) -> bool:
    """Whether a recipient is written as an address."""
    return _EMAIL.fullmatch(name) is not None


def zone_issue(file: str, path: Path, name: str) -> Iterator[Issue]:
    """What is wrong with the name of a zone."""
    if not is_zone(name):
        mend = did_you_mean(name, available_timezones(), "use an IANA name such as Europe/Berlin or UTC")
        yield Issue("unknown-zone", file, path, f"there is no time zone {name!r}", mend)


def _zones_of_calendars(policy: Policy) -> Iterator[Issue]:
    for place, calendar in enumerate(policy.calendars.calendars):
        yield from zone_issue("calendars.yaml", ("calendars", place, "zone"), calendar.zone)


def _calendar(policy: Policy, file: str, path: Path, name: str) -> Iterator[Issue]:
    if name not in policy.calendar_by_id:
        yield unknown("unknown-calendar", file, path, "calendar", name, policy.calendar_by_id)


def _calendars_of_teams(policy: Policy) -> Iterator[Issue]:
    for place, team in enumerate(policy.teams.teams):
        yield from _calendar(policy, "teams.yaml", ("teams", place, "calendar"), team.calendar)


def _shifts(policy: Policy) -> Iterator[Issue]:
    for place, person in enumerate(policy.technicians.technicians):
        yield from _calendar(policy, "technicians.yaml", ("technicians", place, "shift"), person.shift)


def _calendars_of_targets(policy: Policy) -> Iterator[Issue]:
    for place, target in enumerate(policy.slas.targets):
        yield from _calendar(policy, "slas.yaml", ("targets", place, "calendar"), target.calendar)
        for clock, name in target.calendars.items():
            yield from _calendar(policy, "slas.yaml", ("targets", place, "calendars", clock), name)


def _teams(policy: Policy) -> Iterator[Issue]:
    known = [team.id for team in policy.teams.teams]
    for place, person in enumerate(policy.technicians.technicians):
        if person.team not in known:
            yield unknown(
                "unknown-team", "technicians.yaml", ("technicians", place, "team"), "team", person.team, known
            )


def _leads(policy: Policy, file: str, top: str, leads: Iterable[str]) -> Iterator[Issue]:
    for place, lead in enumerate(leads):
        if lead not in policy.technician_by_id:
            known = policy.technician_by_id
            yield unknown("unknown-technician", file, (top, place, "lead"), "technician", lead, known)


def _categories_of_teams(policy: Policy) -> Iterator[Issue]:
    known = [category.id for category in policy.categories.categories]
    for place, team in enumerate(policy.teams.teams):
        for index, name in enumerate(team.categories):
            if name not in known:
                path = ("teams", place, "categories", index)
                yield unknown("unknown-category", "teams.yaml", path, "category", name, known)


def _skills(policy: Policy) -> Iterator[Issue]:
    known = [category.id for category in policy.categories.categories]
    for place, person in enumerate(policy.technicians.technicians):
        for index, name in enumerate(person.skills):
            if name not in known:
                path = ("technicians", place, "skills", index)
                yield unknown("unknown-skill", "technicians.yaml", path, "category", name, known)


def _tiers_of_teams(policy: Policy) -> Iterator[Issue]:
    known = [tier.id.value for tier in policy.tiers.tiers]
    for place, team in enumerate(policy.teams.teams):
        if team.tier not in known:
            yield unknown("unknown-tier", "teams.yaml", ("teams", place, "tier"), "tier", team.tier.value, known)


def _tiers_of_rules(policy: Policy) -> Iterator[Issue]:
    known = [tier.id.value for tier in policy.tiers.tiers]
    for place, rule in enumerate(policy.escalation.rules):
        if rule.to_tier not in known:
            path = ("rules", place, "to_tier")
            yield unknown("unknown-tier", "escalation.yaml", path, "tier", rule.to_tier.value, known)


def priorities(policy: Policy) -> list[str]:
    """The priorities that have an SLA target, as slas.yaml writes them."""
    return list(dict.fromkeys(target.priority for target in policy.slas.targets if target.priority is not None))


def _priority(policy: Policy, file: str, path: Path, name: str, *, at_key: bool = False) -> Iterator[Issue]:
    known = priorities(policy)
    if name.casefold() not in (other.casefold() for other in known):
        issue = unknown("unknown-priority", file, path, "priority", name, known)
        yield Issue(issue.code, file, path, f"{issue.problem} in slas.yaml", issue.mend, at_key)


def _priorities_of_risk(policy: Policy) -> Iterator[Issue]:
    for name in policy.risk.priority:
        yield from _priority(policy, "risk.yaml", ("priority", name), name, at_key=True)


def _priorities_of_rules(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.escalation.rules):
        if rule.priority is not None:
            yield from _priority(policy, "escalation.yaml", ("rules", place, "priority"), rule.priority)


def _priorities_of_forms(policy: Policy) -> Iterator[Issue]:
    if "never_wait_for" not in policy.forms.model_fields_set:
        return
    for place, name in enumerate(policy.forms.never_wait_for):
        yield from _priority(policy, "forms.yaml", ("never_wait_for", place), name)


def _default_priority(policy: Policy) -> Iterator[Issue]:
    for issue in _priority(policy, "slas.yaml", ("default_priority",), policy.slas.default_priority):
        yield Issue("default-without-target", issue.file, issue.path, issue.problem, issue.mend)


def _roles(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.approvals.rules):
        if rule.approvers not in policy.people.roles:
            path = ("rules", place, "approvers")
            yield unknown("unknown-role", "approvals.yaml", path, "role", rule.approvers, policy.people.roles)


def _holders(policy: Policy) -> Iterator[Issue]:
    known = [person.id for person in policy.people.people] + list(policy.technician_by_id)
    for role, holders in policy.people.roles.items():
        for place, holder in enumerate(holders):
            if holder not in known:
                path = ("roles", role, place)
                yield unknown("unknown-person", "people.yaml", path, "person or technician", holder, known)


def _recipients(policy: Policy) -> Iterator[Issue]:
    known = [*RECIPIENTS, *policy.people.roles]
    for place, rule in enumerate(policy.notifications.rules):
        for index, name in enumerate(rule.to):
            if name not in known and not is_email(name):
                path = ("rules", place, "to", index)
                yield unknown("unknown-recipient", "notifications.yaml", path, "recipient", name, known)


def _when_category(conditions: Conditions) -> Callable[[Policy], Iterator[Issue]]:
    def find(policy: Policy) -> Iterator[Issue]:
        known = {category.id.casefold(): category.id for category in policy.categories.categories}
        for file, path, when in conditions(policy):
            for place, name in enumerate(when.category):
                if name.casefold() not in known:
                    meant = policy.category(name)
                    at = (*path, "category", place)
                    yield unknown(
                        "unknown-category",
                        file,
                        at,
                        "category",
                        name,
                        [meant.id] if meant else known.values(),
                    )

    return find


def _when_priority(conditions: Conditions) -> Callable[[Policy], Iterator[Issue]]:
    def find(policy: Policy) -> Iterator[Issue]:
        for file, path, when in conditions(policy):
            for place, name in enumerate(when.priority):
                yield from _priority(policy, file, (*path, "priority", place), name)

    return find


def _when_tier(conditions: Conditions) -> Callable[[Policy], Iterator[Issue]]:
    def find(policy: Policy) -> Iterator[Issue]:
        known = [tier.id.value for tier in policy.tiers.tiers]
        for file, path, when in conditions(policy):
            for place, name in enumerate(when.tier):
                if name.upper() not in known:
                    yield unknown("unknown-tier", file, (*path, "tier", place), "tier", name, known)

    return find


CHECKS: tuple[Check, ...] = (
    check(lambda p: zone_issue("policy.yaml", ("zone",), p.head.zone), "head"),
    check(_zones_of_calendars, "calendars"),
    check(_calendars_of_teams, "teams", "calendars"),
    check(_shifts, "technicians", "calendars"),
    check(_calendars_of_targets, "slas", "calendars"),
    check(_teams, "technicians", "teams"),
    check(
        lambda p: _leads(p, "tiers.yaml", "tiers", (tier.lead for tier in p.tiers.tiers)),
        "tiers",
        "technicians",
    ),
    check(
        lambda p: _leads(p, "teams.yaml", "teams", (team.lead for team in p.teams.teams)),
        "teams",
        "technicians",
    ),
    check(_categories_of_teams, "teams", "categories"),
    check(_skills, "technicians", "categories"),
    check(_tiers_of_teams, "teams", "tiers"),
    check(_tiers_of_rules, "escalation", "tiers"),
    check(_priorities_of_risk, "risk", "slas"),
    check(_priorities_of_rules, "escalation", "slas"),
    check(_priorities_of_forms, "forms", "slas"),
    check(_default_priority, "slas"),
    check(_roles, "approvals", "people"),
    check(_holders, "people", "technicians"),
    check(_recipients, "notifications", "people"),
    *(check(_when_category(where), part, "categories") for part, where in CONDITIONS.items()),
    *(check(_when_priority(where), part, "slas") for part, where in CONDITIONS.items()),
    *(check(_when_tier(where), part, "tiers") for part, where in CONDITIONS.items()),
)
