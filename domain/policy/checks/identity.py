"""Everything that has an id has its own, and a name means one thing only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from domain.policy.checks.issue import Check, Issue, Path, check
from domain.policy.policy import Policy

CODES = {
    "duplicate-tier": "two tiers have the same id",
    "duplicate-team": "two teams have the same id",
    "duplicate-technician": "two technicians have the same id",
    "duplicate-person": "two people have the same id",
    "duplicate-calendar": "two calendars have the same id",
    "duplicate-category": "two categories have the same id",
    "duplicate-signal": "two text signals have the same id",
    "duplicate-rule": "two escalation rules have the same id",
    "duplicate-form": "two forms have the same id",
    "duplicate-approval": "two approval rules have the same id",
    "duplicate-notification": "two notification rules have the same id",
    "duplicate-step": "two steps of a playbook have the same id",
    "person-is-technician": "a person and a technician have the same id",
    "team-name-clash": "two teams share a name or alias",
    "category-name-clash": "two categories share a name or alias",
    "email-twice": "two technicians have the same e-mail address",
}


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


class _Named(_HasId, Protocol):
    @property
    def name(self) -> str: ...

    @property
    def aliases(self) -> tuple[str, ...]: ...


def repeated(names: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Every name that occurred before, case ignored: its place, the first place, the name."""
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(name.casefold(), place)
        if first != place:
            yield place, first, name


def _duplicates(kind: str, file: str, top: Path, items: Sequence[_HasId]) -> Iterator[Issue]:
    for place, first, name in repeated(item.id for item in items):
        yield Issue(
            f"duplicate-{kind}", file, (*top, place, "id"), f"the {kind} id {name!r} is taken by entry {first + 1}",
            "give each its own id, or remove one",
        )  # fmt: skip


def _step_ids(policy: Policy) -> Iterator[Issue]:
    for playbook in policy.playbooks:
        yield from _duplicates("step", f"playbooks/{playbook.id}.yaml", ("steps",), playbook.steps)


def _person_is_technician(policy: Policy) -> Iterator[Issue]:
    for place, person in enumerate(policy.people.people):
        if person.id in policy.technician_by_id:
            yield Issue(
                "person-is-technician", "people.yaml", ("people", place, "id"),
                f"{person.id!r} is a technician already", "remove the entry here: technicians can hold roles",
            )  # fmt: skip


def _clashes(code: str, file: str, top: str, items: Sequence[_Named]) -> Iterator[Issue]:
    owners: dict[str, str] = {}
    for place, item in enumerate(items):
        paths: list[tuple[str, Path]] = [(item.id, ("id",)), (item.name, ("name",))]
        paths += [(alias, ("aliases", index)) for index, alias in enumerate(item.aliases)]
        for name, path in paths:
            owner = owners.setdefault(name.casefold(), item.id)
            if owner != item.id:
                yield Issue(
                    code,
                    file,
                    (top, place, *path),
                    f"{name!r} already means {owner!r}",
                    "give it another name",
                )


def _emails(policy: Policy) -> Iterator[Issue]:
    people = policy.technicians.technicians
    for place, first, email in repeated(person.email for person in people):
        yield Issue(
            "email-twice", "technicians.yaml", ("technicians", place, "email"),
            f"{email} is the address of {people[first].id!r}", "give each technician their own address",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(lambda p: _duplicates("tier", "tiers.yaml", ("tiers",), p.tiers.tiers), "tiers"),
    check(lambda p: _duplicates("team", "teams.yaml", ("teams",), p.teams.teams), "teams"),
    check(
        lambda p: _duplicates("technician", "technicians.yaml", ("technicians",), p.technicians.technicians),
        "technicians",
    ),
    check(lambda p: _duplicates("person", "people.yaml", ("people",), p.people.people), "people"),
    check(
        lambda p: _duplicates("calendar", "calendars.yaml", ("calendars",), p.calendars.calendars),
        "calendars",
    ),
    check(
        lambda p: _duplicates("category", "categories.yaml", ("categories",), p.categories.categories),
        "categories",
    ),
    check(lambda p: _duplicates("signal", "risk.yaml", ("signals",), p.risk.signals), "risk"),
    check(lambda p: _duplicates("rule", "escalation.yaml", ("rules",), p.escalation.rules), "escalation"),
    check(lambda p: _duplicates("form", "forms.yaml", ("forms",), p.forms.forms), "forms"),
    check(lambda p: _duplicates("approval", "approvals.yaml", ("rules",), p.approvals.rules), "approvals"),
    check(
        lambda p: _duplicates("notification", "notifications.yaml", ("rules",), p.notifications.rules),
        "notifications",
    ),
    check(_step_ids),
    check(_person_is_technician, "people", "technicians"),
    check(lambda p: _clashes("team-name-clash", "teams.yaml", "teams", p.teams.teams), "teams"),
    check(
        lambda p: _clashes("category-name-clash", "categories.yaml", "categories", p.categories.categories),
        "categories",
    ),
    check(_emails, "technicians"),
)
