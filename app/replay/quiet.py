"""Looks that come to nothing but a risk, worked out from numbers alone.

Most looks open nothing, pass no level and end nothing. Those need no reasons, sentences and records, which cost many
times what the numbers do. What is worked out here is exactly what `assess` and `look` come to; wherever they might come
to more, the answer is none, and the whole look is taken. A test compares the two on random histories.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.asof import standing
from domain.calendars import next_news
from domain.categorising import categorise
from domain.duplicates import already_linked
from domain.errors import BadPolicy
from domain.escalation import Escalation, EscalationState
from domain.levels import amount_of
from domain.loops import causality_depth
from domain.matching import holds
from domain.matrix import Matrix
from domain.points import EXPLICIT, lasting_reasons, late_from
from domain.policy.base import When
from domain.policy.judgement import SlaPoints
from domain.policy.levels import Level
from domain.policy.policy import Policy
from domain.policy.promises import ClockName
from domain.rules.dialect import compile_expression
from domain.sla.life import Life, lives
from domain.surroundings import Surroundings
from domain.ticket import Ticket
from domain.triage import assess
from domain.writing import OUR_ID

_OVER = ("stopped", "cancelled")
_OF_THE_TICKET = ("ticket.", "requester.")
"""Names of conditions that only events change (`ticket.age_minutes` apart, which reads the clock)."""
_OF_NO_RISK = (-1, None, False)


class Quiet(NamedTuple):
    """A look that only watches."""

    risk: int
    matrix: Matrix
    level_at: datetime | None
    """When the next level comes due if nothing changes."""
    line_at: datetime | None
    """When the pressing clock reaches the next line of the points table if nothing changes."""


@dataclass
class Still:
    """What holds of a cut ticket until its next event, under one policy."""

    ticket: Ticket
    points: int
    """Of the rows that time does not change."""
    whole: bool
    """Something is said or asked that only a whole look weighs."""
    holding: dict[tuple[int, int | None, bool], tuple[bool, ...]] = field(default_factory=dict)
    """(risk, line reached, older than usual) → which levels' conditions hold; of no risk when none of them asks for
    it."""


class Quickly:
    """Looks under one policy. No condition of it may read the clock, and no model may judge."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._lines = sorted(policy.risk.sla, key=lambda one: one.at_percent)
        self._levels = policy.escalation.levels
        self._urgent = any(one.urgent for one in policy.categories.categories)
        self._by_risk = any(_asks_for_risk(one.when) for one in self._levels)
        rule = policy.escalation.de_escalate
        self._calm_after = timedelta(minutes=rule.after_minutes) if rule is not None else None

    def still(self, ticket: Ticket) -> Still:
        """What the looks at a cut ticket have in common."""
        rows = lasting_reasons(ticket, self._policy)
        whole = (
            self._urgent_kind(ticket)
            or not standing(ticket).open
            or already_linked(ticket)
            or any(row.code == EXPLICIT for row in rows)
            or any(event.actor_id == OUR_ID for event in ticket.events)
            or causality_depth(ticket) >= self._policy.escalation.max_depth
        )
        return Still(ticket, sum(row.points for row in rows), whole)

    def look(
        self, still: Still, at: datetime, matrix: Matrix, last: Escalation | None, around: Surroundings
    ) -> Quiet | None:
        """What a look at `at` comes to; none when the whole look has to be taken."""
        if still.whole or (last is not None and last.state == EscalationState.CANCELLED):
            return None
        known = lives(still.ticket, self._policy, at)
        pressing, percent = _pressing(known)
        line = next((one for one in reversed(self._lines) if one.at_percent <= percent), None)
        late = late_from(still.ticket, around)
        older = late is not None and at > late
        points = still.points + (line.points if line else 0) + (self._policy.risk.older_than_usual if older else 0)
        risk = min(max(points, 0), 100)
        seen = matrix.looked(risk, still.ticket, self._policy, at)
        held = (risk, line.at_percent if line else None, older) if self._by_risk else _OF_NO_RISK
        due = self._due(still, known, seen, risk, held, at, around)
        if any(key not in seen.passed for _, key in due):
            return None
        causes = {f"level:{key}" for level, key in due if level.escalate}
        if risk >= self._policy.risk.at_risk_from:
            causes |= _risks(seen, line, pressing, still.ticket)
        if last is None or last.ended:
            if not causes <= seen.spent:
                return None
            causes = set()
        elif self._may_be_taken_down(seen, last, at):
            return None
        after = seen.model_copy(update={"spent": seen.spent | causes, "version": matrix.version + 1})
        return Quiet(risk, after, self._level_at(known, after, still.ticket, at), self._line_at(known, percent, at))

    def _urgent_kind(self, ticket: Ticket) -> bool:
        """Whether its category may be an urgent one: words may say so, or the helpdesk."""
        if not self._urgent:
            return False
        category = categorise(ticket, self._policy, ()).category
        return category is not None and category.urgent

    def _due(
        self, still: Still, known: Mapping[ClockName, Life], seen: Matrix, risk: int,
        held: tuple[int, int | None, bool], at: datetime, around: Surroundings,
    ) -> list[tuple[Level, str]]:  # fmt: skip
        """Every level whose moment has come and whose condition holds, with its key."""
        found = [
            (place, level, key)
            for place, level in enumerate(self._levels)
            if (key := _key_if_due(level, known, seen, risk, still.ticket)) is not None
        ]
        if not found:
            return []
        if held not in still.holding:
            opinion = assess(still.ticket, self._policy, at, around, explain=False)
            still.holding[held] = tuple(
                holds(level.when, still.ticket, self._policy, opinion) for level in self._levels
            )
        holding = still.holding[held]
        return [(level, key) for place, level, key in found if holding[place]]

    def _may_be_taken_down(self, seen: Matrix, last: Escalation, at: datetime) -> bool:
        if self._calm_after is None or seen.low_since is None:
            return False
        return at - max(seen.low_since, last.updated_at) >= self._calm_after

    def _level_at(
        self, known: Mapping[ClockName, Life], after: Matrix, ticket: Ticket, at: datetime
    ) -> datetime | None:
        moments = []
        for level in self._levels:
            life = known.get(level.clock) if level.clock else None
            if life is None or not life.running:
                continue
            amount = amount_of(level, life.allowed)
            if amount > life.used and f"{level.id}:{_promise(life, ticket)}" not in after.passed:
                moments.append(_reached(life, amount))
        return min((one for one in moments if one is not None and one > at), default=None)

    def _line_at(self, known: Mapping[ClockName, Life], percent: int, at: datetime) -> datetime | None:
        ahead = next((one.at_percent for one in self._lines if one.at_percent > percent), None)
        if ahead is None:
            return None
        return min((one for one in _crossing(known, ahead, at) if one is not None and one > at), default=None)


def _asks_for_risk(when: When) -> bool:
    """Whether a condition asks for anything that triage works out, but for the category, which time does not change."""
    names = compile_expression(when.if_).names if when.if_ is not None else ()
    return when.risk_at_least is not None or any(not name.startswith(_OF_THE_TICKET) for name in names)


def _pressing(known: Mapping[ClockName, Life]) -> tuple[Life | None, int]:
    """The clock that has started, not stopped and used the most of its target, and its percent; −1 without one."""
    found: Life | None = None
    percent = -1
    for life in known.values():
        if life.now.state not in _OVER and life.started_at is not None:
            used = life.used * 100 // life.allowed
            if used > percent:
                found, percent = life, used
    return found, percent


def _risks(seen: Matrix, line: SlaPoints | None, pressing: Life | None, ticket: Ticket) -> set[str]:
    found = {f"risk:{seen.armed}"}
    if line is not None and pressing is not None:
        found.add(f"sla:{line.at_percent}:{_promise(pressing, ticket)}")
    return found


def _key_if_due(level: Level, known: Mapping[ClockName, Life], seen: Matrix, risk: int, ticket: Ticket) -> str | None:
    if level.risk_at_least is not None:
        return f"{level.id}:risk:{seen.armed}" if risk >= level.risk_at_least else None
    life = known.get(level.clock) if level.clock else None
    if life is None or life.started_at is None or life.now.state in _OVER:
        return None
    return f"{level.id}:{_promise(life, ticket)}" if life.used >= amount_of(level, life.allowed) else None


def _promise(life: Life, ticket: Ticket) -> str:
    return f"{life.clock}:{life.target.name}:{life.now.cycle}:{standing(ticket).reopens}"


def _crossing(known: Mapping[ClockName, Life], percent: int, at: datetime) -> Iterator[datetime | None]:
    """When each running clock crosses a share of its target, and when more becomes known of its calendar."""
    for life in known.values():
        if life.running and life.allowed * percent > life.used * 100:
            yield _reached(life, life.allowed * percent / 100)
            yield next_news(life.now.calendar, at)


def _reached(life: Life, amount: timedelta) -> datetime | None:
    try:
        return life.reached(amount)
    except BadPolicy:
        return None
