"""Who gets the ticket: eligibility, then the team where an opinion is clear, then the score. Pure.

Nobody eligible is a result of its own. A team opinion counts within the tier's teams that have somebody eligible: it
never makes anybody eligible, and where the clear team is full the next ones are ranked as if nothing had been said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.asof import standing
from domain.calendars import is_working
from domain.evidence import EvidenceItem
from domain.learned import TeamOpinion
from domain.points import duration
from domain.policy.people import Team, Technician
from domain.policy.policy import Policy
from domain.ports import TrackRecord
from domain.ranking import Figures, score, shrunken, typical_minutes
from domain.route import Candidate, Route
from domain.thresholds import ROUTE_PRIOR_TICKETS, ROUTE_TEAM_CLEAR, ROUTE_TEAM_IN_TIER
from domain.ticket import Ticket, Tier

_SHOWN = 12


@dataclass(frozen=True)
class Staffing:
    """What the router knows of the people at a moment."""

    records: tuple[TrackRecord, ...]
    """On tickets of the kind."""
    load: Mapping[str, int]
    solved_for_requester: frozenset[str]
    """Technicians who solved a ticket of this requester before."""
    similar: tuple[EvidenceItem, ...]
    """Similar past tickets, with who resolved them."""
    sent_back: frozenset[str] = frozenset()
    """Who has had this escalation and sent it back."""
    teams: TeamOpinion | None = None
    """Which team the ticket belongs to, as far as was learned; none without a model."""


def choose(ticket: Ticket, policy: Policy, tier: Tier, category: str | None, at: datetime, staffing: Staffing) -> Route:
    """The route of a (cut) ticket to `tier`. Equal scores go to the emptier desk, then by id."""
    people = _considered(policy, tier, category, staffing.similar)
    chances = team_chances(staffing.teams, policy, tier)
    figures = shrunken(staffing.records, {one.id: one.team for one in people})
    typical = typical_minutes(figures.values())
    shares = _similar_shares(staffing.similar)
    candidates = [
        _candidate(one, policy, tier, category, at, staffing, figures[one.id], typical, shares) for one in people
    ]
    if chances:
        candidates = [
            one.model_copy(update={"team_chance": round(chances.get(one.team, 0.0), 4)}) for one in candidates
        ]
    first = _clear_team(chances, candidates)
    candidates.sort(key=lambda one: (one.team != first if first else False, *_rank(one)))
    eligible = [one for one in candidates if not one.not_eligible]
    if not eligible:
        return _to_lead(ticket, policy, tier, candidates)
    winner, runner_up = eligible[0], eligible[1] if len(eligible) > 1 else None
    return Route(
        result="technician", tier=tier.value, team=winner.team, technician=winner.technician,
        confidence=_confidence(winner, runner_up, figures[winner.technician]),
        why=_team_why(first, chances, policy) + _why(winner, runner_up, policy, figures, len(staffing.similar)),
        candidates=tuple(candidates[:_SHOWN]), left_team=_left(ticket, policy, winner.team),
    )  # fmt: skip


def team_chances(opinion: TeamOpinion | None, policy: Policy, tier: Tier) -> dict[str, float]:
    """Team id → its share of what the opinion gives the teams of the tier; empty when it says nothing about them."""
    if opinion is None or opinion.abstained:
        return {}
    given: dict[str, float] = {}
    for guess in opinion.teams:
        team = policy.team(guess.team)
        if team is not None and team.tier == tier:
            given[team.id] = given.get(team.id, 0.0) + guess.probability
    whole = sum(given.values())
    return {team: chance / whole for team, chance in given.items()} if whole >= ROUTE_TEAM_IN_TIER else {}


def not_eligible(
    person: Technician, policy: Policy, tier: Tier, category: str | None, at: datetime, load: int
) -> tuple[str, ...]:
    """Why a technician cannot take a ticket of the category in the tier at `at`; empty when they can."""
    team, calendar = _team(person, policy), policy.calendar_by_id[person.shift]
    reasons = []
    if team.tier != tier:
        reasons.append(f"tier: works in {team.tier.value}")
    skills = person.skills or team.categories
    if category is not None and skills and category not in skills:
        reasons.append(f"skill: does not work on {category}")
    today = at.astimezone(ZoneInfo(calendar.zone)).date()
    away = next((one for one in person.leave if one.first <= today <= one.last), None)
    if person.left is not None and person.left <= today:
        reasons.append("left: not here any more")
    if away:
        reasons.append(f"leave: away until {away.last.isoformat()}")
    if not is_working(calendar, at):
        reasons.append(f"shift: outside the hours of {calendar.id}")
    if load >= person.capacity:
        reasons.append(f"load: {load} of {person.capacity} tickets")
    return tuple(reasons)


def _considered(policy: Policy, tier: Tier, category: str | None, similar: Iterable[EvidenceItem]) -> list[Technician]:
    """Everybody in the tier's teams that handle the category, and whoever resolved a similar ticket."""
    teams = {
        team.id
        for team in policy.teams.teams
        if team.tier == tier and (category is None or not team.categories or category in team.categories)
    }
    solvers = {item.by_whom for item in similar if item.by_whom}
    return [person for person in policy.technicians.technicians if person.team in teams or person.id in solvers]


def _candidate(
    person: Technician,
    policy: Policy,
    tier: Tier,
    category: str | None,
    at: datetime,
    staffing: Staffing,
    figures: Figures,
    typical: float | None,
    shares: Mapping[str, float],
) -> Candidate:
    load, affinity = staffing.load.get(person.id, 0), person.id in staffing.solved_for_requester
    reasons = not_eligible(person, policy, tier, category, at, load)
    if person.id in staffing.sent_back:
        reasons = ("sent back: has had this escalation already", *reasons)
    points = score(figures, typical, shares.get(person.id, 0.0), affinity, load, person.capacity)
    return Candidate(
        technician=person.id, team=person.team, score=round(points, 6),
        similar_resolved=sum(item.by_whom == person.id for item in staffing.similar),
        success=round(figures.success, 4),
        minutes=round(figures.minutes) if figures.minutes is not None else None,
        open_tickets=load, capacity=person.capacity, affinity=affinity,
        not_eligible=reasons,
    )  # fmt: skip


def _clear_team(chances: Mapping[str, float], candidates: Iterable[Candidate]) -> str | None:
    """The team that is clear and has somebody who can take the ticket now."""
    best = min(chances, key=lambda team: (-chances[team], team), default=None)
    if best is None or chances[best] < ROUTE_TEAM_CLEAR:
        return None
    return best if any(one.team == best and not one.not_eligible for one in candidates) else None


def _team_why(first: str | None, chances: Mapping[str, float], policy: Policy) -> str:
    if first is None or not any(team != first for team in chances):
        return ""
    return f"It belongs to {policy.team_by_name[first.lower()].name} ({chances[first]:.0%} among the tier's teams). "


def _similar_shares(similar: Iterable[EvidenceItem]) -> dict[str, float]:
    """Technician → share of the similar tickets they resolved, each weighing as much as it is near."""
    weights: dict[str, float] = {}
    for item in similar:
        if item.by_whom:
            weights[item.by_whom] = weights.get(item.by_whom, 0.0) + item.score
    total = sum(weights.values())
    return {who: weight / total for who, weight in weights.items()} if total else {}


def _rank(candidate: Candidate) -> tuple[bool, float, float, str]:
    fill = candidate.open_tickets / candidate.capacity if candidate.capacity else 1.0
    return bool(candidate.not_eligible), -candidate.score, fill, candidate.technician


def _confidence(winner: Candidate, runner_up: Candidate | None, figures: Figures) -> float:
    """How clear the choice is, 0–1: the lead over the runner-up, halved where nothing is known of the winner."""
    total = winner.score + runner_up.score if runner_up else winner.score
    lead = winner.score / total if total else 0.5
    known = figures.resolved + winner.similar_resolved
    return round(lead * (0.5 + 0.5 * known / (known + ROUTE_PRIOR_TICKETS)), 3)


def _why(
    winner: Candidate,
    runner_up: Candidate | None,
    policy: Policy,
    figures: Mapping[str, Figures],
    similar: int,
) -> str:
    first = f"{_name(winner, policy)}: {_figures(winner, figures[winner.technician], similar)}."
    if runner_up is None:
        return f"{first} Nobody else is eligible now."
    second = _figures(runner_up, figures[runner_up.technician], similar)
    return f"{first} Before {_name(runner_up, policy)}: {second}."


def _figures(candidate: Candidate, figures: Figures, similar: int) -> str:
    hard = ", adjusted for how hard their tickets were" if figures.adjusted else ""
    parts = [f"{candidate.success:.0%} lasting fixes ({figures.good} of {figures.resolved}, with the team's{hard})"]
    if candidate.minutes is not None:
        parts.append(f"usually {duration(candidate.minutes)}")
    if similar:
        parts.append(f"resolved {candidate.similar_resolved} of {similar} similar tickets")
    if candidate.affinity:
        parts.append("has helped this requester before")
    parts.append(f"{candidate.open_tickets} of {candidate.capacity} tickets open")
    return ", ".join(parts)


def _to_lead(ticket: Ticket, policy: Policy, tier: Tier, candidates: list[Candidate]) -> Route:
    lead = policy.lead_of(tier)
    causes = Counter(reason.partition(":")[0] for one in candidates for reason in one.not_eligible)
    listed = ", ".join(f"{cause} {count}" for cause, count in sorted(causes.items()))
    people = f"none of {len(candidates)} people can take it now ({listed})" if candidates else "nobody works on it"
    return Route(
        result="nobody_eligible", tier=tier.value, team=lead.team, technician=lead.id, confidence=0.0,
        why=f"In {tier.value} {people}; it goes to {lead.name}, who leads the tier.",
        candidates=tuple(candidates[:_SHOWN]), left_team=_left(ticket, policy, lead.team),
    )  # fmt: skip


def _left(ticket: Ticket, policy: Policy, new_team: str) -> str | None:
    had = standing(ticket).team
    known = policy.team(had)
    name = known.id if known else had
    return name if name != new_team else None


def _team(person: Technician, policy: Policy) -> Team:
    return policy.team_by_name[person.team.lower()]


def _name(candidate: Candidate, policy: Policy) -> str:
    return policy.technician_by_id[candidate.technician].name
