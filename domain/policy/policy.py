"""The whole policy of an organisation, as every decision sees it."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from domain.base import content_hash
from domain.policy.base import PolicyModel, Slug
from domain.policy.forms import FormsFile
from domain.policy.judgement import CategoriesFile, Category, EscalationFile, RiskFile
from domain.policy.learning import LearningFile
from domain.policy.notifications import NotificationsFile
from domain.policy.outbreaks import OutbreaksFile
from domain.policy.people import PeopleFile, Person, Team, TeamsFile, Technician, TechniciansFile, TiersFile
from domain.policy.playbooks import Playbook
from domain.policy.promises import SlasFile
from domain.policy.signing import ApprovalsFile
from domain.policy.time import Calendar, CalendarsFile
from domain.ticket import Tier


class PolicyFile(PolicyModel):
    """policy.yaml: the head of the folder."""

    name: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    organisation: str
    zone: str
    """The zone in which people who belong to no calendar read times."""
    mail_domain: str = "example.com"


class Policy(PolicyModel):
    """A checked policy folder. Build it with `adapters.policy_folder.load_policy`."""

    head: PolicyFile
    tiers: TiersFile
    teams: TeamsFile
    technicians: TechniciansFile
    people: PeopleFile
    calendars: CalendarsFile
    slas: SlasFile
    risk: RiskFile
    categories: CategoriesFile
    escalation: EscalationFile
    forms: FormsFile
    approvals: ApprovalsFile
    notifications: NotificationsFile
    outbreaks: OutbreaksFile = OutbreaksFile()
    learning: LearningFile = LearningFile()
    playbooks: tuple[Playbook, ...] = ()

    @cached_property
    def stamp(self) -> str:
        """'<version>+<first 12 hex of the content hash>': two policies with one stamp are the same."""
        return f"{self.head.version}+{content_hash(self.model_dump(mode='json'))[:12]}"

    @cached_property
    def team_by_name(self) -> dict[str, Team]:
        """Teams by id and by every alias, lower case."""
        names = {}
        for team in self.teams.teams:
            for name in (team.id, team.name, *team.aliases):
                names[name.lower()] = team
        return names

    @cached_property
    def technician_by_id(self) -> dict[str, Technician]:
        """Technicians by id."""
        return {technician.id: technician for technician in self.technicians.technicians}

    @cached_property
    def calendar_by_id(self) -> dict[str, Calendar]:
        """Calendars by id."""
        return {calendar.id: calendar for calendar in self.calendars.calendars}

    @cached_property
    def category_by_name(self) -> dict[str, Category]:
        """Categories by id, name and alias, lower case."""
        names = {}
        for category in self.categories.categories:
            for name in (category.id, category.name, *category.aliases):
                names[name.lower()] = category
        return names

    def team(self, name: str | None) -> Team | None:
        """The team with this id, name or alias."""
        return self.team_by_name.get(name.lower()) if name else None

    def same_team(self, one: str, other: str) -> bool:
        """Whether two names mean one team."""
        first, second = self.team(one), self.team(other)
        return first.id == second.id if first and second else one.casefold() == other.casefold()

    def category(self, name: str | None) -> Category | None:
        """The category with this id, name or alias."""
        return self.category_by_name.get(name.lower()) if name else None

    def lead_of(self, tier: Tier) -> Technician:
        """The technician who leads a tier."""
        lead = next(rule.lead for rule in self.tiers.tiers if rule.id == tier)
        return self.technician_by_id[lead]

    def members(self, team: Slug) -> tuple[Technician, ...]:
        """The technicians of a team."""
        return tuple(person for person in self.technicians.technicians if person.team == team)

    @cached_property
    def somebody(self) -> dict[str, Person | Technician]:
        """Everybody we know, people and technicians, by id."""
        known: dict[str, Person | Technician] = {person.id: person for person in self.people.people}
        return known | self.technician_by_id

    def holders(self, role: Slug) -> tuple[Person | Technician, ...]:
        """The people who hold a role, first choice first."""
        return tuple(self.somebody[holder] for holder in self.people.roles.get(role, ()))

    def is_vip(self, *names: str | None) -> bool:
        """Whether any of these requester ids or addresses is on the VIP list."""
        vips = {vip.lower() for vip in self.people.vips}
        return any(name is not None and name.lower() in vips for name in names)
