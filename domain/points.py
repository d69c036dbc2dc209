"""The points table, row by row: what speaks for an escalation of a ticket, each with its evidence.

Rows are independent of each other; `bounded` makes their points sum to a risk within 0–100.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from domain.asof import Standing, standing
from domain.assessment import Reason
from domain.climb import climbs
from domain.matching import is_vip
from domain.newest import KEPT_LONG, remembering
from domain.policy.judgement import RiskFile, WordList
from domain.policy.policy import Policy
from domain.sla.lines import local_time, pressing_clock
from domain.surroundings import Neighbour, Surroundings
from domain.text.fold import fold
from domain.text.passages import Passage, requester_passages
from domain.text.signals import Signal, find_signals
from domain.thresholds import (
    OLDER_THAN_USUAL,
    RESEMBLANCE_CLEAR,
    RESEMBLANCE_LEAST,
    RESEMBLANCE_LIFT,
    RESEMBLANCE_SHARE,
)
from domain.ticket import Event, EventKind, Ticket

URGENCY_SIGNAL = "urgency"
"""The id of the text signal that a "no hurry" phrase takes back."""
EXPLICIT = "explicit_request"
UNANSWERED = "unanswered"
SLA = "sla"

_CLOCK_NAMES = {"first_response": "first response", "next_response": "next response", "resolution": "resolution"}


def all_reasons(ticket: Ticket, policy: Policy, at: datetime, around: Surroundings) -> tuple[Reason, ...]:
    """Every row of the table that applies to the (cut) ticket at `at`; rows worth no points are left out."""
    risk = policy.risk
    rows = [
        _sla(ticket, policy, at), *lasting_reasons(ticket, policy), _age(ticket, risk, at, around),
        _resemblance(risk, around), _outbreak(ticket, risk, at, around),
    ]  # fmt: skip
    return tuple(row for row in rows if row is not None and row.points)


@remembering(KEPT_LONG)
def lasting_reasons(ticket: Ticket, policy: Policy) -> tuple[Reason, ...]:
    """The rows that neither time nor other tickets change: they hold until the ticket's next event."""
    now, risk = standing(ticket), policy.risk
    passages = requester_passages(ticket)
    rows: list[Reason | None] = [_priority(ticket, risk, now), *_signals(passages, risk)]
    rows += [_explicit(passages, ticket, risk), *_unanswered(ticket, risk, now)]
    rows += [_vip(ticket, policy), *_passing_around(ticket, risk, now)]
    return tuple(row for row in rows if row is not None and row.points)


def bounded(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons with an explicit `ceiling` or `floor` when they add up to more than 100 or less than 0."""
    rows = tuple(reasons)
    total = sum(row.points for row in rows)
    if total > 100:
        return (*rows, Reason(code="ceiling", points=100 - total, text="The risk ends at 100."))
    if total < 0:
        return (*rows, Reason(code="floor", points=-total, text="The risk starts at 0."))
    return rows


def late_from(ticket: Ticket, around: Surroundings) -> datetime | None:
    """The moment from which the ticket is older than usual; none when nothing tells what is usual."""
    if around.usual_minutes is None:
        return None
    return ticket.created_at + timedelta(minutes=OLDER_THAN_USUAL * around.usual_minutes)


def _sla(ticket: Ticket, policy: Policy, at: datetime) -> Reason | None:
    clock = pressing_clock(ticket, policy, at)
    if clock is None:
        return None
    lines = [line for line in policy.risk.sla if line.at_percent <= clock.used_percent]
    if not lines:
        return None
    line = max(lines, key=lambda one: one.at_percent)
    name = _CLOCK_NAMES[clock.clock]
    if clock.breached and clock.breached_at is not None:
        text = f"The {name} target was breached at {local_time(clock.breached_at, policy, at)}."
    elif clock.due_at is not None:
        due = local_time(clock.due_at, policy, at)
        text = f"{clock.used_percent} % of the {name} target is used; it ends at {due}."
    else:
        text = f"{clock.used_percent} % of the {name} target is used; the clock is paused."
    return Reason(code=SLA, points=line.points, text=text, event_id=_first_event(ticket))


def _priority(ticket: Ticket, risk: RiskFile, now: Standing) -> Reason | None:
    points = {name.casefold(): points for name, points in risk.priority.items()}
    if now.priority is None or now.priority.casefold() not in points:
        return None
    source = _last(ticket, EventKind.PRIORITY) or _first_event(ticket)
    text = f"The priority is {now.priority}."
    return Reason(code="priority", points=points[now.priority.casefold()], text=text, event_id=source)


def _signals(passages: Iterable[Passage], risk: RiskFile) -> Iterator[Reason]:
    pieces = tuple(passages)
    calm_until = max((number for number, one in enumerate(pieces) if _own(one, risk.no_hurry)), default=-1)
    for signal in risk.signals:
        taken_back = calm_until if signal.id == URGENCY_SIGNAL else -1
        hits = (
            (passage, hit)
            for number, passage in enumerate(pieces)
            if number > taken_back
            for hit in _own(passage, signal.lists)
        )
        for passage, hit in hits if signal.each else _first_of(hits):
            yield _words_reason(
                f"words:{signal.id}", signal.points, signal.id.replace("_", " ").capitalize(), passage, hit
            )


def _first_of(hits: Iterator[tuple[Passage, Signal]]) -> list[tuple[Passage, Signal]]:
    first = next(hits, None)
    return [] if first is None else [first]


def _explicit(passages: Iterable[Passage], ticket: Ticket, risk: RiskFile) -> Reason | None:
    """A request to escalate, unless the ticket has gone up since it was made."""
    granted = max(climbs(ticket), default=None)
    for passage in passages:
        if granted is not None and passage.at <= granted:
            continue
        hit = next(iter(_own(passage, risk.explicit)), None)
        if hit:
            return _words_reason(EXPLICIT, risk.explicit_request, "The requester asks for an escalation", passage, hit)
    return None


def _own(passage: Passage, lists: Iterable[WordList]) -> list[Signal]:
    return [hit for hit in find_signals(passage.read, lists) if passage.is_own(hit.span)]


def _words_reason(code: str, points: int, lead: str, passage: Passage, hit: Signal) -> Reason:
    where = hit.span if passage.in_body else None
    quote = " ".join(hit.quote.split())
    return Reason(
        code=code,
        points=points,
        text=f"{lead}: “{quote}”.",
        event_id=passage.event_id,
        span=where,
        quote=hit.quote,
    )


def _unanswered(ticket: Ticket, risk: RiskFile, now: Standing) -> list[Reason | None]:
    waiting = [event for event in now.unanswered if not _opens(ticket, event)]
    return [
        Reason(
            code=UNANSWERED, points=risk.unanswered_message, event_id=event.id,
            text=f"The requester wrote ({number} of {len(waiting)}) and has no answer yet.",
        )
        for number, event in enumerate(waiting[-risk.unanswered_at_most :] if risk.unanswered_at_most else (), 1)
    ]  # fmt: skip


def _opens(ticket: Ticket, event: Event) -> bool:
    """Whether a message only repeats, at the moment of creation, the text the ticket was opened with."""
    opening = {fold(text).text.strip() for text in (ticket.description, *_created_bodies(ticket)) if text}
    return event.at == ticket.created_at and fold(event.body or "").text.strip() in opening


def _created_bodies(ticket: Ticket) -> Iterator[str | None]:
    return (event.body for event in ticket.events if event.kind == EventKind.CREATED)


def _vip(ticket: Ticket, policy: Policy) -> Reason | None:
    if not is_vip(ticket, policy):
        return None
    return Reason(code="vip", points=policy.risk.vip, text="The requester is a VIP.", event_id=_first_event(ticket))


def _passing_around(ticket: Ticket, risk: RiskFile, now: Standing) -> Iterator[Reason]:
    if now.reopens:
        text = f"The ticket was reopened {_times(now.reopens)}."
        yield Reason(code="reopened", points=risk.reopened, text=text, event_id=_last(ticket, EventKind.REOPENED))
    passed_on = _last(ticket, EventKind.ASSIGNMENT)
    if now.bounces:
        text = f"It came back {_times(now.bounces)} to a team that had had it before."
        yield Reason(code="bounce", points=risk.bounce, text=text, event_id=passed_on)
    if now.reassignments >= risk.reassignments_from:
        text = f"It went from team to team {_times(now.reassignments)}."
        yield Reason(code="reassigned", points=risk.reassigned, text=text, event_id=passed_on)


def _age(ticket: Ticket, risk: RiskFile, at: datetime, around: Surroundings) -> Reason | None:
    late = late_from(ticket, around)
    if late is None or around.usual_minutes is None or at <= late:
        return None
    age = (at - ticket.created_at).total_seconds() / 60
    text = f"Open for {duration(age)}; tickets of this category usually take {duration(around.usual_minutes)}."
    return Reason(code="older_than_usual", points=risk.older_than_usual, text=text, event_id=_first_event(ticket))


def _resemblance(risk: RiskFile, around: Surroundings) -> Reason | None:
    near = around.neighbours
    if len(near) < RESEMBLANCE_LEAST:
        return None
    share = weighted_share(near)
    usual = around.escalated_share if around.escalated_share is not None else 0.0
    if share < max(RESEMBLANCE_SHARE, min(RESEMBLANCE_LIFT * usual, RESEMBLANCE_CLEAR)) or share <= usual:
        return None
    escalated = [one.ticket_id for one in near if one.escalated]
    text = (
        f"{len(escalated)} of the {len(near)} nearest resolved tickets were escalated"
        f" (usual: {usual:.0%}): {', '.join(escalated[:3])}."
    )
    return Reason(code="resembles_escalated", points=risk.resembles_escalated, text=text)


def weighted_share(neighbours: Iterable[Neighbour]) -> float:
    """The share of escalated tickets among neighbours, each weighing as much as it is near; 0 without any."""
    near = tuple(neighbours)
    total = sum(one.similarity for one in near)
    return sum(one.similarity for one in near if one.escalated) / total if total > 0 else 0.0


def _outbreak(ticket: Ticket, risk: RiskFile, at: datetime, around: Surroundings) -> Reason | None:
    burst = around.burst
    if burst is None or at > burst.until:
        return None
    names = ", ".join(burst.others[:5]) + (" and more" if len(burst.others) > 5 else "")
    text = f"{burst.text} Others: {names}." if names else burst.text
    return Reason(code="outbreak", points=risk.outbreak, text=text, event_id=_first_event(ticket))


def duration(minutes: float) -> str:
    """A length of time as people say it: '45 min', '3 h', '2 days'."""
    if minutes < 90:
        return f"{round(minutes)} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 60 / 24)} days"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _first_event(ticket: Ticket) -> str | None:
    return ticket.events[0].id if ticket.events else None


def _last(ticket: Ticket, kind: EventKind) -> str | None:
    return next((event.id for event in reversed(ticket.events) if event.kind == kind), None)
