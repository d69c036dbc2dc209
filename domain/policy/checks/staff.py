"""There is somebody behind every tier, team, category and role."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, check
from domain.policy.policy import Policy

CODES = {
    "empty-team": "a team has no technician",
    "tier-without-team": "a tier has no team",
    "lead-of-other-tier": "the lead of a tier works in a team of another tier",
    "category-without-team": "no team works on a category",
    "role-without-holders": "nobody holds a role",
    "holder-twice": "a role names the same person twice",
    "vip-twice": "the VIP list names somebody twice",
    "nobody-takes-tickets": "every technician of a team has capacity 0",
}


def _teams(policy: Policy) -> Iterator[Issue]:
    for place, team in enumerate(policy.teams.teams):
        members = policy.members(team.id)
        if not members:
            yield Issue(
                "empty-team", "teams.yaml", ("teams", place, "id"), f"team {team.id!r} has no technician",
                f"set `team: {team.id}` for somebody in technicians.yaml, or remove the team",
            )  # fmt: skip
        elif not any(person.capacity for person in members):
            yield Issue(
                "nobody-takes-tickets", "teams.yaml", ("teams", place, "id"),
                f"every technician of team {team.id!r} has capacity 0", "give somebody a capacity of 1 or more",
            )  # fmt: skip


def _tiers(policy: Policy) -> Iterator[Issue]:
    staffed = {team.tier for team in policy.teams.teams}
    for place, tier in enumerate(policy.tiers.tiers):
        if tier.id not in staffed:
            yield Issue(
                "tier-without-team", "tiers.yaml", ("tiers", place, "id"), f"no team belongs to {tier.id.value}",
                f"set `tier: {tier.id.value}` for a team in teams.yaml, or remove the tier",
            )  # fmt: skip


def _tier_leads(policy: Policy) -> Iterator[Issue]:
    tier_of = {team.id: team.tier for team in policy.teams.teams}
    for place, tier in enumerate(policy.tiers.tiers):
        lead = policy.technician_by_id.get(tier.lead)
        works_in = tier_of.get(lead.team) if lead else None
        if lead and works_in and works_in != tier.id:
            yield Issue(
                "lead-of-other-tier", "tiers.yaml", ("tiers", place, "lead"),
                f"{lead.id!r} leads {tier.id.value} but works in {works_in.value} (team {lead.team!r})",
                f"name a technician of a team of {tier.id.value}",
            )  # fmt: skip


def _categories(policy: Policy) -> Iterator[Issue]:
    covered = {name for team in policy.teams.teams for name in team.categories}
    for place, category in enumerate(policy.categories.categories):
        if category.id not in covered:
            yield Issue(
                "category-without-team", "categories.yaml", ("categories", place, "id"),
                f"no team works on category {category.id!r}",
                f"add {category.id!r} to the categories of a team in teams.yaml",
            )  # fmt: skip


def _roles(policy: Policy) -> Iterator[Issue]:
    for role, holders in policy.people.roles.items():
        if not holders:
            yield Issue(
                "role-without-holders", "people.yaml", ("roles", role), f"nobody holds the role {role!r}",
                "name at least one person or technician, or remove the role",
            )  # fmt: skip
        for place, _, name in repeated(holders):
            path = ("roles", role, place)
            yield Issue(
                "holder-twice",
                "people.yaml",
                path,
                f"{name!r} holds {role!r} already",
                "remove one of the two",
            )


def _vips(policy: Policy) -> Iterator[Issue]:
    for place, first, name in repeated(policy.people.vips):
        yield Issue(
            "vip-twice", "people.yaml", ("vips", place), f"{name!r} is entry {first + 1} already",
            "remove one of the two",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_teams, "teams", "technicians"),
    check(_tiers, "tiers", "teams"),
    check(_tier_leads, "tiers", "teams", "technicians"),
    check(_categories, "categories", "teams"),
    check(_roles, "people"),
    check(_vips, "people"),
)
