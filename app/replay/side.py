"""One side of a replay: a policy, with or without a model, watching every ticket of the stream as live work would.

What live work does at an event or a timer is done by the same pure functions: `assess`, `look`, `choose`, `messages`.
An escalation is opened, handed over at once, and ends when the ticket is resolved or policy takes it down; nobody asks,
signs, accepts or sends back. The ticket goes on as it really did, so nothing that policy would write is written.

Live work looks at a watched ticket every `look_again_after` minutes. Between its own events a look can only come to
something new when time alone changes what is asked, so a replay looks at exactly those moments: a line of the points
table or a level of the matrix is reached, the ticket becomes older than usual, a rest or a low risk has lasted. Only
where a condition of the policy reads the clock, or a model judges, looks are spread over time besides.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.replay.board import Board
from app.replay.past import Past, records_of_kind
from app.replay.quiet import Quickly, Still
from app.replay.rows import TARGETS, Alert, Row
from domain.asof import standing
from domain.assessment import Action, Assessment, Decision, Reason
from domain.base import derived_id
from domain.effects import Message, WriteBack
from domain.escalation import Escalation, EscalationState
from domain.looking import Look, look
from domain.matching import current_tier, playbook_for
from domain.matrix import Matrix
from domain.notices import Notice, messages
from domain.points import all_reasons, bounded, late_from
from domain.policy.conditions import CONDITIONS
from domain.policy.policy import Policy
from domain.ports import Judgement
from domain.route import Route
from domain.routing import Staffing, choose
from domain.rules.dialect import compile_expression
from domain.sla.clocks import sla_clocks, sla_moments
from domain.sla.lines import pressing_clock
from domain.surroundings import Surroundings
from domain.ticket import Event, EventKind, Ticket, Tier
from domain.triage import assess

REASONS_KEPT = 4
"""Reasons of an opinion that are kept for the examples."""
TEXT_KEPT = 160
"""Characters of each."""
_CLOCKS_IN_RULES = ("now", "ticket.age_minutes", "sla.")
_OURS = "tierwise"

_READ_FIELDS = frozenset({"queue", "tag", "target", "duplicate_of", "subject", "description"})
"""Fields whose change something asks about; that of any other changes nothing that is decided."""

Judging = Callable[[datetime], Judgement | None]


@dataclass
class _Watched:
    """A ticket that is not over, as this side sees it."""

    ticket: Ticket
    matrix: Matrix
    row: Row
    last: Escalation | None = None
    turn: int = 0
    """Counts looks: a timer of an earlier one is void."""
    still: Still | None = None
    """What its looks have in common until its next event."""
    idle: int = 0
    """Looks since its last event."""
    fresh: bool = True
    """Nobody has looked at it yet."""


@dataclass
class Watcher:
    """Watches the stream for one policy. `happened` and `pass_time` are called in the order of time."""

    name: str
    policy: Policy
    past: Past
    judging: Judging | None = None
    changes: int = 0
    """Changes that would have been written."""
    every_look_whole: bool = False
    """Takes whole looks only, which come to the same (`app.replay.quiet`) and cost more."""
    board: Board = field(init=False)
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _timers: list[tuple[datetime, str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.board = Board(self.policy)
        self._by_clock = reads_the_clock(self.policy)
        quickly = not self.every_look_whole and self.judging is None and not self._by_clock
        self._quickly = Quickly(self.policy) if quickly else None
        self._names = {
            one.id: tuple(dict.fromkeys(name.lower() for name in (one.id, one.name, *one.aliases)))
            for one in self.policy.categories.categories
        }
        self._playbooks: dict[str, Policy] = {}

    @property
    def open(self) -> int:
        """Tickets that are being watched."""
        return len(self._watched)

    def happened(self, ticket: Ticket, at: datetime, new: Sequence[Event]) -> Row:
        """New events that share their moment, with the ticket cut after them; its row."""
        watched = self._watched.get(ticket.id)
        if watched is None:
            watched = self._watched[ticket.id] = _Watched(ticket, Matrix(ticket_id=ticket.id), Row())
        watched.ticket, watched.still = ticket, None
        if self.judging is None and not watched.fresh and all(_changes_nothing(one) for one in new):
            return watched.row
        watched.fresh = False
        watched.turn += 1
        watched.idle = 0
        if standing(ticket).open:
            self._look(watched, at)
        elif any(one.kind in (EventKind.RESOLVED, EventKind.CLOSED) for one in new):
            last = watched.last
            if last is not None and not last.ended:
                watched.last = last.move(EscalationState.RESOLVED, at=at, by="helpdesk", why="the ticket was resolved")
        return watched.row

    def pass_time(self, until: datetime, *, last: bool = False) -> None:
        """Everything that comes due before `until` (with `last`: by then)."""
        while True:
            notice = self.board.next_due()
            timer = self._timers[0][0] if self._timers else None
            due = min((one for one in (notice, timer) if one is not None), default=None)
            if due is None or due > until or (due == until and not last):
                return
            if notice is not None and notice <= due:
                self.board.due(due)
                continue
            at, ticket_id, turn = heapq.heappop(self._timers)
            watched = self._watched.get(ticket_id)
            if watched is not None and watched.turn == turn:
                watched.idle += 1
                watched.turn += 1
                self._look(watched, at)

    def over(self, ticket_id: str) -> None:
        """The ticket is not watched any more."""
        self._watched.pop(ticket_id, None)

    def _look(self, watched: _Watched, at: datetime) -> None:
        ticket, row = watched.ticket, watched.row
        around = Surroundings(
            escalated_share=self.past.escalated_share(),
            usual_minutes=self.past.usual_minutes(standing(ticket).category),
            judgement=self.judging(at) if self.judging is not None else None,
        )
        if self._looked_quickly(watched, around, at):
            return
        opinion = assess(ticket, self.policy, at, around, explain=False)
        seen = look(opinion, ticket, self.policy, at, watched.matrix, watched.last)
        watched.matrix = seen.matrix
        self._note(row, opinion, seen, at)
        if seen.escalation is not None:
            row.taken_down += seen.escalation.state == EscalationState.DE_ESCALATED
            watched.last = seen.escalation
        told: list[Message] = []
        for effect in seen.effects:
            if isinstance(effect.body, Message):
                told.append(effect.body)
            else:
                self.changes += isinstance(effect.body, WriteBack)
        if seen.decision.action == Action.ESCALATE:
            told += self._escalate(watched, opinion, seen.decision, around, at)
        if told:
            self.board.tell(told, at)
        moments: list[datetime | None] = [timer.due_at for timer in seen.timers]
        if seen.decision.action == Action.WATCH:
            moments += (next_line(ticket, self.policy, at), *self._changes_by_time(watched, around, at))
        self._plan_next(watched, moments, at)

    def _looked_quickly(self, watched: _Watched, around: Surroundings, at: datetime) -> bool:
        """Takes a look that only watches, in numbers; false when it may come to more than that."""
        if self._quickly is None:
            return False
        if watched.still is None:
            watched.still = self._quickly.still(watched.ticket)
        seen = self._quickly.look(watched.still, at, watched.matrix, watched.last, around)
        if seen is None:
            return False
        watched.matrix, row = seen.matrix, watched.row
        row.looks += 1
        if not row.highs or seen.risk > row.highs[-1][1]:
            row.highs.append((at, seen.risk))
            row.top = _heaviest(bounded(all_reasons(watched.ticket, self.policy, at, around)))
        self._plan_next(watched, (seen.level_at, seen.line_at, *self._changes_by_time(watched, around, at)), at)
        return True

    def _note(self, row: Row, opinion: Assessment, seen: Look, at: datetime) -> None:
        if not row.looks and opinion.learned:
            found = {one.target: one.probability for one in opinion.learned}
            row.said = (found.get(TARGETS[0]), found.get(TARGETS[1]))
        row.looks += 1
        row.levels += len(seen.decision.levels)
        if not row.highs or opinion.risk > row.highs[-1][1]:
            row.highs.append((at, opinion.risk))
            row.top = _heaviest(opinion.reasons)

    def _escalate(
        self, watched: _Watched, opinion: Assessment, decision: Decision, around: Surroundings, at: datetime
    ) -> Iterator[Message]:  # fmt: skip
        ticket, row, now = watched.ticket, watched.row, standing(watched.ticket)
        route = self._route(ticket, opinion, decision, around, at)
        row.alerts += 1
        self.changes += 1
        if row.first is None:
            clock = next((one for one in sla_clocks(ticket, self.policy, at) if one.clock == "resolution"), None)
            row.first = Alert(
                at=at, risk=decision.risk, why=tuple(one[:TEXT_KEPT] for one in decision.why),
                reasons=_heaviest(opinion.reasons), to_tier=route.tier, team=route.team, technician=route.technician,
                nobody_eligible=route.result == "nobody_eligible",
                left_minutes=clock.remaining_minutes if clock and clock.stopped_at is None else None,
                needs_minutes=self.past.team_minutes(now.team),
            )  # fmt: skip
        watched.last = Escalation(
            id=derived_id("esc", ticket.id, str(row.alerts)), ticket_id=ticket.id, state=EscalationState.HANDED_OVER,
            opened_at=at, updated_at=at, risk=decision.risk, reason="; ".join(decision.why), from_tier=now.tier,
            to_tier=route.tier, from_team=now.team, to_team=route.team, technician=route.technician,
            decision_id=decision.id, run_id="replay",
        )  # fmt: skip
        nobody = route.result == "nobody_eligible"
        notice = Notice(
            occasion="handed_to_lead" if nobody else "handed_over", ticket=ticket, at=at,
            headline="Nobody eligible: yours as the lead" if nobody else "Escalated to you",
            public_text="Your request was passed on.", internal_text="; ".join(decision.why), assessment=opinion,
            route=route, escalation_id=watched.last.id, escalation_version=1, priority=decision.priority,
        )  # fmt: skip
        yield from messages(self.policy, notice)
        yield from self._started(notice, opinion)

    def _started(self, notice: Notice, opinion: Assessment) -> tuple[Message, ...]:
        """What a playbook has told besides, as in live work."""
        book = playbook_for(notice.ticket, self.policy, opinion)
        if book is None or not book.notify:
            return ()
        if book.id not in self._playbooks:
            rules = tuple(one for one in self.policy.notifications.rules if one.id in book.notify)
            only = self.policy.notifications.model_copy(update={"rules": rules})
            self._playbooks[book.id] = self.policy.model_copy(update={"notifications": only})
        return messages(self._playbooks[book.id], replace(notice, occasion="playbook_started"))

    def _route(
        self, ticket: Ticket, opinion: Assessment, decision: Decision, around: Surroundings, at: datetime
    ) -> Route:  # fmt: skip
        learned = around.judgement if self.policy.learning.mode == "on" else None
        tier = Tier(decision.to_tier) if decision.to_tier else current_tier(ticket, self.policy)
        staffing = Staffing(
            records=records_of_kind(self.past, self._names.get(opinion.category or "", ())), load=self.past.load,
            solved_for_requester=self.past.solvers(ticket.requester_id, ticket.id), similar=(),
            teams=learned.teams(ticket, at) if learned is not None else None,
        )  # fmt: skip
        return choose(ticket, self.policy, tier, opinion.category, at, staffing)

    def _plan_next(self, watched: _Watched, moments: Iterable[datetime | None], at: datetime) -> None:
        due = min((one for one in moments if one is not None and one > at), default=None)
        if due is not None:
            heapq.heappush(self._timers, (due, watched.ticket.id, watched.turn))

    def _changes_by_time(self, watched: _Watched, around: Surroundings, at: datetime) -> Iterator[datetime | None]:
        rules, last = self.policy.escalation, watched.last
        pause = timedelta(minutes=rules.look_again_after)
        yield late_from(watched.ticket, around)
        if last is not None and last.ended:
            yield last.updated_at + timedelta(minutes=rules.cooldown)
        if last is not None and not last.ended and rules.de_escalate is not None and watched.matrix.low_since:
            low = max(watched.matrix.low_since, last.updated_at)
            yield low + timedelta(minutes=rules.de_escalate.after_minutes)
        if self._by_clock:
            yield at + pause
        elif around.judgement is not None:
            yield at + pause * 2 ** min(watched.idle, _LONGEST_WAIT)


_LONGEST_WAIT = 10
"""With a model, looks between two events come 1, 2, 4, … pauses apart, up to 2 to this power."""


def next_line(ticket: Ticket, policy: Policy, at: datetime) -> datetime | None:
    """When the pressing clock reaches the next line of the points table: the highest line reached counts, so lines
    that another clock reaches below it change nothing. None when there is no such line ahead."""
    pressing = pressing_clock(ticket, policy, at)
    reached = pressing.used_percent if pressing is not None else -1
    ahead = min((one.at_percent for one in policy.risk.sla if one.at_percent > reached), default=None)
    moments = sla_moments(ticket, policy, at, (ahead,)) if ahead is not None else ()
    return moments[0] if moments else None


def reads_the_clock(policy: Policy) -> bool:
    """Whether a condition of the policy asks for something that time alone changes at no moment known ahead."""
    return any(
        name.startswith(_CLOCKS_IN_RULES)
        for conditions in CONDITIONS.values()
        for _, _, when in conditions(policy)
        if when.if_ is not None
        for name in compile_expression(when.if_).names
    )


def _changes_nothing(event: Event) -> bool:
    """Whether nothing that is decided reads the event: a field of no meaning to any rule was touched."""
    return event.kind == EventKind.FIELD and event.field not in _READ_FIELDS and not (
        event.team or event.tier or event.body
    )  # fmt: skip


def _heaviest(reasons: Iterable[Reason]) -> tuple[tuple[int, str, str], ...]:
    rows = sorted(reasons, key=lambda one: (-abs(one.points), one.code, one.text))
    return tuple((one.points, one.code, one.text[:TEXT_KEPT]) for one in rows[:REASONS_KEPT])
