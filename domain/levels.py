"""The escalation matrix on a ticket: which levels are due, what the one that applies changes, and when the next is due.

Due moments are computed from the SLA clocks whenever somebody looks; nothing is counted along the way, so a sweep that
was missed is caught up with: of the levels that have come due the last listed applies, the others are noted as passed.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.asof import standing
from domain.assessment import Assessment
from domain.errors import BadPolicy
from domain.matching import current_tier, holds
from domain.matrix import Matrix, promise_key
from domain.newest import remembered
from domain.passed import LevelPassed
from domain.policy.levels import Level
from domain.policy.people import Technician
from domain.policy.policy import Policy
from domain.properties import OWNERSHIP, Property
from domain.sla.clocks import sla_clocks
from domain.sla.life import Life, lives
from domain.ticket import EventKind, Ticket, Tier
from domain.writing import OUR_ID, Plan, Wanted, plan

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """A level whose moment has come."""

    level: Level
    key: str
    at: datetime | None
    """The moment; none for a level of the risk."""
    why: str
    ours: bool = False
    """Its time had run out before a change of ours made the promise, as when an escalation raises the priority. It says
    nothing about how the ticket is worked on, so it is passed in silence."""


@dataclass(frozen=True)
class Passing:
    """What a look at the matrix comes to."""

    matrix: Matrix
    levels: tuple[LevelPassed, ...]
    """What was passed now, in the order of the policy; the one that applies is the last."""
    speaks: Level | None
    """The level that applies."""
    steps: Plan
    """What it changes."""

    @classmethod
    def nothing(cls, matrix: Matrix) -> Passing:
        """A look at which no level is due."""
        return cls(matrix, (), None, Plan((), ()))

    @property
    def why(self) -> str:
        """Why the level that applies does so."""
        return self.levels[-1].why if self.levels else ""


def pass_levels(
    ticket: Ticket, policy: Policy, assessment: Assessment, at: datetime, matrix: Matrix, *, opens: bool = False,
    signing: bool = False,
) -> Passing:  # fmt: skip
    """The levels of a (cut) ticket that are due at `at` and were not passed before.

    With `opens` an escalation is about to be opened, which carries the changes of a level with `escalate`; otherwise
    what the level sets is for a change of its own. While an approval is pending (`signing`) tier, team and technician
    are only recommended: nobody gets the ticket before it is signed.
    """
    due = tuple(one for one in due_levels(ticket, policy, assessment, at, matrix) if one.key not in matrix.passed)
    if not due or not standing(ticket).open:
        return Passing.nothing(matrix)
    known = matrix.model_copy(update={"passed": matrix.passed | {one.key for one in due}})
    due = tuple(one for one in due if not one.ours)
    if not due:
        return Passing.nothing(known)
    speaks = due[-1]
    steps = _steps(ticket, policy, speaks, signing=signing)
    now = steps.apply if not (opens and speaks.level.escalate) else ()
    passed = tuple(
        LevelPassed(
            level=one.level.id, key=one.key, due_at=one.at, at=at, applied=one is speaks,
            why=one.why if one is speaks else f"{one.why} {speaks.level.id!r} speaks in its place.",
            changes=now if one is speaks else (),
        )
        for one in due
    )  # fmt: skip
    after = known.model_copy(update={"levels": (*matrix.levels, *passed)[-LEVELS_KEPT:]})
    return Passing(after, passed, speaks.level, steps)


LEVELS_KEPT = 100
"""Levels passed that are kept to be shown; their keys are kept for good."""


@remembered
def due_levels(
    ticket: Ticket, policy: Policy, assessment: Assessment, at: datetime, matrix: Matrix
) -> tuple[Due, ...]:  # fmt: skip
    """Every level whose moment has come, passed before or not, in the order of the policy."""
    return tuple(_due(ticket, policy, assessment, at, matrix))


def _due(ticket: Ticket, policy: Policy, assessment: Assessment, at: datetime, matrix: Matrix) -> Iterator[Due]:
    if not policy.escalation.levels:
        return
    known = lives(ticket, policy, at)
    clocks = {clock.clock: clock for clock in sla_clocks(ticket, policy, at)}
    promised = _promised_by_us_at(ticket)
    for level in policy.escalation.levels:
        if not holds(level.when, ticket, policy, assessment):
            continue
        if level.risk_at_least is not None:
            if assessment.risk >= level.risk_at_least:
                why = f"Level {level.id!r}: the risk {assessment.risk} reaches {level.risk_at_least}."
                yield Due(level, f"{level.id}:risk:{matrix.armed}", None, why)
            continue
        life = known.get(level.clock) if level.clock else None
        if life is None or life.started_at is None or life.now.state in ("stopped", "cancelled"):
            continue
        amount = amount_of(level, life.allowed)
        if life.used >= amount:
            why = f"Level {level.id!r}: {life.used // _MINUTE} of {life.allowed // _MINUTE} minutes of the "
            why += f"{life.clock.replace('_', ' ')} are used."
            moment = _reached(life, amount)
            ours = promised is not None and moment is not None and moment < promised
            yield Due(level, f"{level.id}:{promise_key(clocks[life.clock], ticket)}", moment, why, ours)


def next_level_moment(ticket: Ticket, policy: Policy, at: datetime, matrix: Matrix) -> datetime | None:
    """When the next level comes due if nothing changes; none when no running clock leads to one."""
    if not policy.escalation.levels or not standing(ticket).open:
        return None
    known = lives(ticket, policy, at)
    clocks = {clock.clock: clock for clock in sla_clocks(ticket, policy, at)}
    moments = []
    for level in policy.escalation.levels:
        life = known.get(level.clock) if level.clock else None
        if life is None or not life.running:
            continue
        amount = amount_of(level, life.allowed)
        passed = f"{level.id}:{promise_key(clocks[life.clock], ticket)}" in matrix.passed
        if amount > life.used and not passed:
            moments.append(_reached(life, amount))
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


def amount_of(level: Level, allowed: timedelta) -> timedelta:
    """How much working time a clock has used when a level of time comes due."""
    if level.at_percent is not None:
        return allowed * level.at_percent / 100
    if level.minutes_before_breach is not None:
        return max(timedelta(), allowed - level.minutes_before_breach * _MINUTE)
    return allowed + (level.minutes_after_breach or 0) * _MINUTE


def _reached(life: Life, amount: timedelta) -> datetime | None:
    try:
        return life.reached(amount) if life.running else life.at
    except BadPolicy:
        return None


def _promised_by_us_at(ticket: Ticket) -> datetime | None:
    """When the present promise came from a change of ours; none when somebody else made it, or nobody changed it."""
    for event in reversed(ticket.events):
        if event.kind == EventKind.PRIORITY or (event.kind == EventKind.SLA and event.field == "target"):
            return event.at if event.actor_id == OUR_ID else None
    return None


def _steps(ticket: Ticket, policy: Policy, due: Due, *, signing: bool) -> Plan:
    asked, modes = due.level.set, dict(policy.escalation.modes)
    if signing:
        modes |= {one: "recommend" for one in OWNERSHIP if modes.get(one) != "off"}
    values: dict[Property, str | None] = {
        "priority": raised_priority(ticket, policy, asked.priority), "sla_target": asked.sla_target,
        "status": asked.status, "queue": asked.queue,
    }  # fmt: skip
    wanted: dict[Property, Wanted | None] = {
        field: Wanted(to, due.why) for field, to in values.items() if to is not None
    }
    wanted |= _ownership(ticket, policy, due)
    return plan(ticket, wanted, dict.fromkeys(asked.tags, due.why), modes)


def _ownership(ticket: Ticket, policy: Policy, due: Due) -> dict[Property, Wanted | None]:
    """Tier, team and technician fit each other: the owner's team, the team's tier, and never a lower tier than now."""
    asked, here = due.level.set, current_tier(ticket, policy)
    order = list(Tier)
    tier = max(asked.tier or here, here, key=order.index)
    owner = _owner(ticket, policy, asked.owner, asked.team, tier)
    team = policy.team(owner.team if owner else asked.team)
    if team is not None and order.index(team.tier) < order.index(here):
        return {}
    found: dict[Property, Wanted | None] = {}
    if team is not None and (owner is not None or asked.team):
        tier = max(team.tier, tier, key=order.index)
        found["team"] = Wanted(team.id, due.why)
        moves = team != policy.team(standing(ticket).team)
        found["technician"] = Wanted(owner.id if owner else None, due.why) if owner or moves else None
    if asked.tier or tier != here:
        found["tier"] = Wanted(tier.value, due.why) if tier != here or standing(ticket).tier else None
    return found


def _owner(ticket: Ticket, policy: Policy, name: str | None, team: str | None, tier: Tier) -> Technician | None:
    if name is None:
        return None
    if name == "team_lead":
        found = policy.team(team or standing(ticket).team)
        return policy.technician_by_id.get(found.lead) if found else None
    if name == "tier_lead":
        return policy.lead_of(tier)
    if name in policy.technician_by_id:
        return policy.technician_by_id[name]
    return next((one for one in policy.holders(name) if isinstance(one, Technician)), None)


def raised_priority(ticket: Ticket, policy: Policy, wanted: str | None) -> str | None:
    """The priority, unless the ticket has one with a shorter time to resolve already."""
    if wanted is None:
        return None
    minutes = {one.priority.casefold(): one.resolution for one in policy.slas.targets if one.priority}
    now = minutes.get((standing(ticket).priority or policy.slas.default_priority).casefold())
    then = minutes.get(wanted.casefold())
    return None if now is not None and then is not None and now < then else wanted
