"""The one change that would bring a ticket below the line, verified by applying it and weighing the ticket again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.asof import standing
from domain.assessment import Counterfactual, Reason
from domain.learned_points import USUAL
from domain.matching import current_tier
from domain.points import EXPLICIT, bounded, late_from
from domain.policy.people import Team, Technician
from domain.policy.policy import Policy
from domain.sla.lines import local_time, next_sla_moment
from domain.surroundings import Surroundings
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from domain.weighing import weigh

_INSTANT = timedelta(microseconds=1)


def total(reasons: Iterable[Reason]) -> int:
    """The risk that the bounded reasons add up to, 0–100."""
    return sum(reason.points for reason in bounded(reasons))


def counterfactual(
    ticket: Ticket, policy: Policy, at: datetime, around: Surroundings, reasons: tuple[Reason, ...]
) -> Counterfactual | None:
    """The smallest single change after which the risk is below `at_risk_from`; none when there is no such change.

    Tried in order: a reply to the requester, somebody taking the ticket (where the risk is learned and nobody has it),
    then the requester taking a request to escalate back. `reasons` are those that count, learned or of the table.
    """
    if total(reasons) < policy.risk.at_risk_from or not standing(ticket).open:
        return None
    return (
        _reply(ticket, policy, at, around, reasons)
        or _taken(ticket, policy, at, around, reasons)
        or _taken_back(policy, reasons)
    )


def replied(ticket: Ticket, at: datetime) -> Ticket:
    """The ticket as it would be if a technician wrote to the requester at `at`."""
    reply = Event(
        id="a reply", at=at, kind=EventKind.REPLY, actor=Actor(role=ActorRole.TECHNICIAN),
        visibility="public", body="a reply",
    )  # fmt: skip
    return ticket.model_copy(update={"events": (*ticket.events, reply)})


def _reply(
    ticket: Ticket, policy: Policy, at: datetime, around: Surroundings, reasons: tuple[Reason, ...]
) -> Counterfactual | None:
    left = _weighed_again(replied(ticket, at), policy, at, around, reasons)
    if left is None:
        return None
    after = total(left)
    # Only the points table tells at which moment time adds points; what is learned changes with every minute.
    before = None if _is_learned(reasons) else _holds_until(ticket, policy, at, around)
    if before is not None and total(_replied_at(ticket, policy, before - _INSTANT, around)) >= policy.risk.at_risk_from:
        before = None
    when = f" before {local_time(before, policy, at)}" if before else " now"
    return Counterfactual(
        text=f"A reply to the requester{when} brings the risk to {after}.",
        without=_gone(reasons, left), risk_after=after, before=before,
    )  # fmt: skip


def _weighed_again(
    imagined: Ticket, policy: Policy, at: datetime, around: Surroundings, reasons: tuple[Reason, ...]
) -> tuple[Reason, ...] | None:
    """What counts after a change; none when it does not bring the risk below the line, or cannot be compared because
    another judge answers then."""
    left = weigh(imagined, policy, at, around).reasons
    if total(left) >= policy.risk.at_risk_from or _is_learned(left) != _is_learned(reasons):
        return None
    return left


def _is_learned(reasons: Iterable[Reason]) -> bool:
    return any(reason.code == USUAL or reason.code.startswith("learned:") for reason in reasons)


def _taken(
    ticket: Ticket, policy: Policy, at: datetime, around: Surroundings, reasons: tuple[Reason, ...]
) -> Counterfactual | None:
    now = standing(ticket)
    if now.technician is not None or not _is_learned(reasons):
        return None
    team = policy.team(now.team)
    taker = policy.technician_by_id.get(team.lead) if team else policy.lead_of(current_tier(ticket, policy))
    if taker is None:
        return None
    left = _weighed_again(_taken_by(ticket, team, taker, at), policy, at, around, reasons)
    if left is None:
        return None
    after = total(left)
    return Counterfactual(
        text=f"{taker.name} taking the ticket now brings the risk to {after}.", without=_gone(reasons, left),
        risk_after=after,
    )  # fmt: skip


def _taken_by(ticket: Ticket, team: Team | None, taker: Technician, at: datetime) -> Ticket:
    event = Event(
        id="an assignment", at=at, kind=EventKind.ASSIGNMENT, actor=Actor(role=ActorRole.TECHNICIAN),
        team=standing(ticket).team if team else taker.team, technician=taker.id,
    )  # fmt: skip
    return ticket.model_copy(update={"events": (*ticket.events, event)})


def _replied_at(ticket: Ticket, policy: Policy, moment: datetime, around: Surroundings) -> tuple[Reason, ...]:
    return weigh(replied(ticket, moment), policy, moment, around).reasons


def _holds_until(ticket: Ticket, policy: Policy, at: datetime, around: Surroundings) -> datetime | None:
    """The next moment at which time alone adds points: an SLA line crossed, or older than usual."""
    late = late_from(ticket, around)
    moments = [next_sla_moment(ticket, policy, at), late if late is not None and late > at else None]
    return min((moment for moment in moments if moment is not None), default=None)


def _taken_back(policy: Policy, reasons: tuple[Reason, ...]) -> Counterfactual | None:
    left = tuple(reason for reason in reasons if reason.code != EXPLICIT)
    after = total(left)
    if len(left) == len(reasons) or after >= policy.risk.at_risk_from:
        return None
    return Counterfactual(
        text=f"The requester taking the request to escalate back brings the risk to {after}.",
        without=(EXPLICIT,),
        risk_after=after,
    )


def _gone(reasons: Iterable[Reason], left: Iterable[Reason]) -> tuple[str, ...]:
    """The codes that count for less after the change."""
    points: dict[str, int] = {}
    for reason in reasons:
        points[reason.code] = points.get(reason.code, 0) + reason.points
    for reason in left:
        if reason.code in points:
            points[reason.code] -= reason.points
    return tuple(code for code, lost in points.items() if lost > 0)
