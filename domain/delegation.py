"""Deciding on somebody else's behalf: for a time, for some rules, over a few hops, and never in a circle. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.base import Moment, Record, derived_id
from domain.errors import BadInput, Conflict
from domain.policy.policy import Policy
from domain.thresholds import DELEGATION_HOPS


class Delegation(Record):
    """`delegate` may decide for `principal` from `first` until, not including, `last`."""

    id: str
    principal: str
    delegate: str
    first: Moment
    last: Moment
    only: tuple[str, ...] = ()
    """Approval rules it is limited to; none means all."""
    reason: str
    made_by: str
    """The person who made it, or `policy`."""
    made_at: Moment | None = None
    ended_at: Moment | None = None
    ended_by: str | None = None
    version: int = 1

    def holds(self, rule: str | None, at: datetime) -> bool:
        """Whether it is in force at `at` for an approval rule (none: for any)."""
        ended = self.ended_at is not None and self.ended_at <= at
        return self.first <= at < self.last and not ended and (rule is None or not self.only or rule in self.only)

    def end(self, *, by: str, at: datetime) -> Delegation:
        """The delegation taken back; one that is over stays as it is."""
        if self.ended_at is not None or self.last <= at:
            return self
        return self.model_copy(update={"ended_at": at, "ended_by": by, "version": self.version + 1})


@dataclass(frozen=True)
class Roll:
    """Who can speak at a moment: the delegations we know of, and who is gone or away."""

    delegations: tuple[Delegation, ...] = ()
    gone: frozenset[str] = frozenset()
    """People who have left."""
    away: frozenset[str] = frozenset()
    """People on leave."""
    apart: Mapping[str, str] = field(default_factory=dict)
    """Who is kept apart by now, and why: the technician who holds the ticket may be another than when it was asked."""


def roll_call(policy: Policy, at: datetime, recorded: Iterable[Delegation] = ()) -> Roll:
    """The roll at `at`: delegations of people.yaml and those `recorded` at run time, leaves and leavers."""
    today = at.astimezone(ZoneInfo(policy.head.zone)).date()
    everybody = policy.somebody.values()
    return Roll(
        delegations=(*written(policy), *recorded),
        gone=frozenset(one.id for one in everybody if one.left is not None and one.left <= today),
        away=frozenset(one.id for one in everybody if any(days.first <= today <= days.last for days in one.leave)),
    )


def written(policy: Policy) -> tuple[Delegation, ...]:
    """The delegations of people.yaml; a day is whole, in the zone of policy.yaml."""
    zone = ZoneInfo(policy.head.zone)
    return tuple(
        Delegation(
            id=derived_id("del", rule.from_, rule.to, rule.first.isoformat(), rule.last.isoformat(), *rule.only),
            principal=rule.from_, delegate=rule.to, first=datetime.combine(rule.first, time(), zone),
            last=datetime.combine(rule.last + timedelta(days=1), time(), zone), only=rule.only, reason=rule.reason,
            made_by="policy",
        )
        for rule in policy.people.delegations
    )  # fmt: skip


def delegates_of(
    principal: str, delegations: Iterable[Delegation], rule: str | None, at: datetime, barred: Set[str] = frozenset()
) -> dict[str, tuple[str, ...]]:
    """Everybody who may speak for `principal`, each with the ids of the delegations that lead there.

    At most `DELEGATION_HOPS` hops, never through somebody `barred`. Where delegations run in a circle nobody speaks
    for anybody in reach of it, so that a circle can neither hang nor grant.
    """
    edges = _edges(delegations, rule, at)
    if in_circle(edges, principal):
        return {}
    reached: dict[str, tuple[str, ...]] = {}
    frontier: list[tuple[str, tuple[str, ...]]] = [(principal, ())]
    for _ in range(DELEGATION_HOPS):
        following: list[tuple[str, tuple[str, ...]]] = []
        for person, way in frontier:
            for one in edges.get(person, ()):
                if one.delegate not in reached and one.delegate not in barred:
                    reached[one.delegate] = (*way, one.id)
                    following.append((one.delegate, reached[one.delegate]))
        frontier = following
    return reached


def in_circle(edges: dict[str, list[Delegation]], start: str) -> tuple[str, ...]:
    """The people of a circle that can be reached from `start`, in order; empty when there is none."""
    done: set[str] = set()
    path: list[str] = [start]
    waiting: list[Iterator[Delegation]] = [iter(edges.get(start, ()))]
    while waiting:
        one = next(waiting[-1], None)
        if one is None:
            done.add(path.pop())
            waiting.pop()
        elif one.delegate in path:
            return tuple(path[path.index(one.delegate) :])
        elif one.delegate not in done:
            path.append(one.delegate)
            waiting.append(iter(edges.get(one.delegate, ())))
    return ()


def circles(delegations: Iterable[Delegation]) -> Iterator[tuple[Delegation, tuple[str, ...]]]:
    """Every delegation that closes a circle at some moment, for some rule, with the people of the circle.

    Whenever windows share a moment they share the latest of their starts, so looking at the starts is enough.
    """
    known = tuple(delegations)
    rules = {rule for one in known for rule in one.only} | {""}
    for new in known:
        for at in sorted({one.first for one in known if new.first <= one.first < new.last}):
            found = (in_circle(_edges(known, rule, at), new.principal) for rule in rules if new.holds(rule, at))
            circle = next((one for one in found if new.principal in one and new.delegate in one), ())
            if circle:
                yield new, circle
                break


def add(new: Delegation, known: Iterable[Delegation]) -> Delegation:
    """The new delegation, if it may be made beside those `known`.

    Raises `BadInput` for one to oneself or without time, `Conflict` when it would close a circle.
    """
    if new.delegate == new.principal:
        raise BadInput("nobody delegates to themselves", mend="name somebody else in `to`")
    if new.last <= new.first:
        raise BadInput("the delegation ends before it starts", mend="swap first and last")
    still = [one for one in known if one.ended_at is None and one.id != new.id]
    circle = next((people for one, people in circles((*still, new)) if one is new), ())
    if circle:
        way = " → ".join((*circle, circle[0]))
        raise Conflict(f"the delegation would close a circle: {way}", mend="name somebody who is not part of it")
    return new


def _edges(delegations: Iterable[Delegation], rule: str | None, at: datetime) -> dict[str, list[Delegation]]:
    edges: dict[str, list[Delegation]] = {}
    for one in delegations:
        if one.holds(rule, at):
            edges.setdefault(one.principal, []).append(one)
    return edges
