"""The one change that would bring a ticket below the line, checked by working the points out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.asof import standing
from domain.assessment import Counterfactual, Reason
from domain.points import EXPLICIT, all_reasons, bounded, late_from
from domain.policy.policy import Policy
from domain.sla.lines import local_time, next_sla_moment
from domain.surroundings import Surroundings
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket

_INSTANT = timedelta(microseconds=1)


def total(reasons: Iterable[Reason]) -> int:
    """The risk that the bounded reasons add up to, 0–100."""
    return sum(reason.points for reason in bounded(reasons))


def counterfactual(
    ticket: Ticket, policy: Policy, at: datetime, around: Surroundings, reasons: tuple[Reason, ...]
) -> Counterfactual | None:
    """The smallest single change after which the risk is below `at_risk_from`; none when there is no such change.

    Tried in order: a reply to the requester, then the requester taking a request to escalate back.
    """
    if total(reasons) < policy.risk.at_risk_from or not standing(ticket).open:
        return None
    return _reply(ticket, policy, at, around, reasons) or _taken_back(policy, reasons)


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
    answered = replied(ticket, at)
    left = all_reasons(answered, policy, at, around)
    after = total(left)
    if after >= policy.risk.at_risk_from:
        return None
    before = _holds_until(ticket, policy, at, around)
    if before is not None and total(_replied_at(ticket, policy, before - _INSTANT, around)) >= policy.risk.at_risk_from:
        before = None
    when = f" before {local_time(before, policy, at)}" if before else " now"
    return Counterfactual(
        text=f"A reply to the requester{when} brings the risk to {after}.",
        without=_gone(reasons, left), risk_after=after, before=before,
    )  # fmt: skip


def _replied_at(ticket: Ticket, policy: Policy, moment: datetime, around: Surroundings) -> tuple[Reason, ...]:
    return all_reasons(replied(ticket, moment), policy, moment, around)


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
