"""Notifications that can reach somebody: channels, fallbacks, hours and templates that hold together."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, Path, check, unknown
from domain.policy.checks.references import RECIPIENTS, is_email, zone_issue
from domain.policy.notifications import MAIL, Channel, NotificationRule, QuietHours
from domain.policy.people import Person, Technician
from domain.policy.policy import Policy
from domain.policy.time import WEEKDAYS
from domain.telling.templates import PUBLIC, VARIABLES, Flaw, flaws

CODES = {
    "duplicate-channel": "two channels have the same id, or one is called mail",
    "unknown-channel": "a channel is not in notifications.yaml",
    "channel-without-target": "a Teams or webhook channel has no target",
    "requester-on-channel": "a requester would be told somewhere else than by mail",
    "fallback-circle": "a fallback leads back to a channel that was tried already, with nobody new to tell",
    "acknowledge-without-fallback": "a rule waits for an acknowledgement but nobody is told next",
    "digest-and-urgent": "a rule is both critical and gathered into the digest",
    "quiet-forever": "quiet hours leave no minute of the week",
    "quiet-without-hours": "an entry of quiet_hours has neither hours nor days",
    "quiet-unknown": "quiet hours are meant for somebody we do not know",
    "slack-id-twice": "two people have the same Slack id",
    "template-variable": "a template uses a variable that does not exist there",
    "template-flaw": "a template cannot be read, is too long or does what templates may not do",
}

FILE = "notifications.yaml"
GROUPS = ("technicians", "requesters")
"""Whom quiet hours can be meant for besides people, teams and roles."""


def _channels(policy: Policy) -> Iterator[Issue]:
    for place, first, name in repeated((MAIL, *(one.id for one in policy.notifications.channels))):
        taken = "the channel that is always there" if first == 0 else f"entry {first}"
        yield Issue(
            "duplicate-channel", FILE, ("channels", place - 1, "id"), f"the channel id {name!r} is taken by {taken}",
            "give each its own id, or remove one",
        )  # fmt: skip
    for place, channel in enumerate(policy.notifications.channels):
        if channel.target is None and channel.kind != "slack":
            yield Issue(
                "channel-without-target", FILE, ("channels", place, "id"), f"channel {channel.id!r} has no target",
                "name the workflow or webhook as the settings call it: `target: …`",
            )  # fmt: skip


def _by_id(policy: Policy) -> dict[str, Channel | None]:
    return {MAIL: None, **{one.id: one for one in policy.notifications.channels}}


def _rule_channels(policy: Policy) -> Iterator[Issue]:
    known = _by_id(policy)
    for place, rule in enumerate(policy.notifications.rules):
        path: Path = ("rules", place)
        if rule.channel not in known:
            yield unknown("unknown-channel", FILE, (*path, "channel"), "channel", rule.channel, known)
        elif rule.channel != MAIL and "requester" in rule.to:
            yield Issue(
                "requester-on-channel", FILE, (*path, "to", rule.to.index("requester")),
                f"the requester is told by mail only, not on {rule.channel!r}",
                "give the requester a rule of their own",
            )  # fmt: skip
        for index, step in enumerate(rule.fallback):
            if step.channel not in known:
                where = (*path, "fallback", index, "channel")
                yield unknown("unknown-channel", FILE, where, "channel", step.channel, known)
        yield from _fallbacks(path, rule)


def _fallbacks(path: Path, rule: NotificationRule) -> Iterator[Issue]:
    tried = {(rule.channel, rule.to)}
    for index, step in enumerate(rule.fallback):
        now = (step.channel, step.to or rule.to)
        if now in tried:
            yield Issue(
                "fallback-circle", FILE, (*path, "fallback", index, "channel"),
                f"{step.channel!r} was tried already for the same people", "name another channel, or others in `to`",
            )  # fmt: skip
        tried.add(now)
    if rule.acknowledge_within is not None and not rule.fallback:
        yield Issue(
            "acknowledge-without-fallback", FILE, (*path, "acknowledge_within"),
            f"rule {rule.id!r} waits {rule.acknowledge_within} minutes, then nobody else is told",
            "add `fallback:` with a channel or other people",
        )  # fmt: skip
    if rule.digest and rule.urgent:
        yield Issue(
            "digest-and-urgent", FILE, (*path, "digest"), f"rule {rule.id!r} is urgent and gathered",
            "remove `digest` or `urgent`",
        )  # fmt: skip


def _fallback_people(policy: Policy) -> Iterator[Issue]:
    known = [*RECIPIENTS, *policy.people.roles]
    for place, rule in enumerate(policy.notifications.rules):
        for index, step in enumerate(rule.fallback):
            for where, name in enumerate(step.to):
                path = ("rules", place, "fallback", index, "to", where)
                if name == "requester":
                    yield Issue(
                        "requester-on-channel", FILE, path, "a fallback tells the inside, never the requester",
                        "name somebody else",
                    )  # fmt: skip
                elif name not in known and not is_email(name):
                    yield unknown("unknown-recipient", FILE, path, "recipient", name, known)


def _budgets(policy: Policy) -> Iterator[Issue]:
    for role in policy.notifications.budget_of:
        if role not in policy.people.roles:
            yield unknown("unknown-role", FILE, ("budget_of", role), "role", role, policy.people.roles)


def _quiet(policy: Policy) -> Iterator[Issue]:
    for place, quiet in enumerate(policy.notifications.quiet_hours):
        path: Path = ("quiet_hours", place)
        if quiet.zone is not None:
            yield from zone_issue(FILE, (*path, "zone"), quiet.zone)
        if quiet.hours is None and not quiet.days:
            yield Issue(
                "quiet-without-hours", FILE, path, "nothing is quiet", "add `hours:` or `days:`, or remove the entry"
            )
        elif _always_quiet(quiet):
            yield Issue(
                "quiet-forever", FILE, path, "every minute of the week is quiet, so nothing would ever be told",
                "leave some hours of some day",
            )  # fmt: skip


def _always_quiet(quiet: QuietHours) -> bool:
    return set(quiet.days) == set(WEEKDAYS) or quiet.hours in ("00:00-24:00", "24:00-00:00")


def _quiet_people(policy: Policy) -> Iterator[Issue]:
    teams = [team.id for team in policy.teams.teams]
    people = [one.id for one in policy.people.people]
    known = [*GROUPS, *policy.people.roles, *teams, *policy.technician_by_id, *people]
    for place, quiet in enumerate(policy.notifications.quiet_hours):
        for index, name in enumerate(quiet.who):
            if name not in known:
                path = ("quiet_hours", place, "who", index)
                yield unknown("quiet-unknown", FILE, path, "person, team or role", name, known)


def _own_zones(policy: Policy) -> Iterator[Issue]:
    for place, person in enumerate(policy.people.people):
        if person.zone is not None:
            yield from zone_issue("people.yaml", ("people", place, "zone"), person.zone)


def _technicians_zones(policy: Policy) -> Iterator[Issue]:
    for place, person in enumerate(policy.technicians.technicians):
        if person.zone is not None:
            yield from zone_issue("technicians.yaml", ("technicians", place, "zone"), person.zone)


def _slack_ids(policy: Policy) -> Iterator[Issue]:
    owners: dict[str, str] = {}
    everyone: list[tuple[str, Path, Person | Technician]] = [
        ("technicians.yaml", ("technicians", place), one) for place, one in enumerate(policy.technicians.technicians)
    ]
    everyone += [("people.yaml", ("people", place), one) for place, one in enumerate(policy.people.people)]
    for file, path, person in everyone:
        owner = owners.setdefault(person.slack, person.id) if person.slack else person.id
        if owner != person.id:
            yield Issue(
                "slack-id-twice", file, (*path, "slack"), f"{person.slack} is {owner!r} in Slack already",
                "give each person their own member id",
            )  # fmt: skip


def _priorities(policy: Policy) -> Iterator[Issue]:
    if "critical_priorities" not in policy.notifications.model_fields_set:
        return
    known = {one.priority.casefold(): one.priority for one in policy.slas.targets if one.priority}
    for place, name in enumerate(policy.notifications.critical_priorities):
        if name.casefold() not in known:
            path = ("critical_priorities", place)
            yield unknown("unknown-priority", FILE, path, "priority", name, known.values())


def _templates(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.notifications.rules):
        public = "requester" in rule.to
        for key, source in (("subject", rule.subject), ("text", rule.text)):
            if source is not None:
                for flaw in flaws(source, public=public):
                    yield _flaw(("rules", place, key), flaw, public=public)


def _flaw(path: Path, flaw: Flaw, *, public: bool) -> Issue:
    where = f"line {flaw.line}, column {flaw.column} of the template: {flaw.problem}"
    if flaw.unknown is None:
        return Issue("template-flaw", FILE, path, where, "see the page on notifications for what templates may do")
    known = PUBLIC if public else VARIABLES
    if public and flaw.unknown in VARIABLES:
        mend = f"the requester reads this rule: use {', '.join(PUBLIC)} only, or make a rule for each"
        return Issue("template-variable", FILE, path, where, mend)
    return Issue("template-variable", FILE, path, where, unknown("", "", (), "", flaw.unknown, known).mend)


CHECKS: tuple[Check, ...] = (
    check(_channels, "notifications"),
    check(_rule_channels, "notifications"),
    check(_fallback_people, "notifications", "people"),
    check(_budgets, "notifications", "people"),
    check(_quiet, "notifications"),
    check(_quiet_people, "notifications", "people", "teams", "technicians"),
    check(_own_zones, "people"),
    check(_technicians_zones, "technicians"),
    check(_slack_ids, "technicians", "people"),
    check(_priorities, "notifications", "slas"),
    check(_templates, "notifications"),
)
