"""A change of a ticket: planned on what was seen, refused when that is no longer so, planned again on fresh data. Pure.

What somebody changed after we looked stays theirs, with one exception: an escalation that raises the tier or the
priority still raises it when what is there now is lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.asof import standing
from domain.effects import WriteBack
from domain.errors import LostUpdate
from domain.policy.policy import Policy
from domain.properties import OWNERSHIP, PROPERTIES, Mode, Property, PropertyChange, same, value_of
from domain.ticket import Actor, ActorRole, Event, EventKind, Scalar, Ticket, Tier

OUR_ID = "tierwise"
BOT = Actor(id=OUR_ID, role=ActorRole.BOT)
"""Our mark on every change: how we know it again when the helpdesk reports it."""
_TIERS = [tier.value for tier in Tier]


@dataclass(frozen=True)
class Wanted:
    """What a property is to become and why; `to` none clears it."""

    to: str | None
    why: str


@dataclass(frozen=True)
class Plan:
    """The changes to write and those that are only recommended, in the order of `PROPERTIES`."""

    apply: tuple[PropertyChange, ...]
    recommend: tuple[PropertyChange, ...]

    @property
    def advice(self) -> str:
        """The recommended changes as lines of an internal note; empty when there are none."""
        lines = [f"- {one.field}: {one.to or 'none'} (now {one.was or 'none'}): {one.why}" for one in self.recommend]
        return "\n".join(["Recommended, not set:", *lines]) if lines else ""


def plan(
    ticket: Ticket, wanted: Mapping[Property, Wanted | None], tags: Mapping[str, str], modes: Mapping[Property, Mode]
) -> Plan:
    """What of `wanted` and of `tags` (tag → why) is not so yet on the (cut) ticket, sorted by the mode of each."""
    changes: list[PropertyChange] = []
    for field in PROPERTIES:
        want = wanted.get(field)
        if want is not None and not same(value_of(ticket, field), want.to):
            changes.append(PropertyChange(field=field, was=value_of(ticket, field), to=want.to, why=want.why))
    has = standing(ticket).tags
    changes += [PropertyChange(field="tag", to=tag, why=why) for tag, why in tags.items() if tag not in has]
    by_mode: dict[Mode, list[PropertyChange]] = {"apply": [], "recommend": [], "off": []}
    for change in changes:
        by_mode[modes.get(change.field, "apply")].append(change)
    return Plan(tuple(by_mode["apply"]), tuple(by_mode["recommend"]))


def write_back(
    ticket_id: str, changes: tuple[PropertyChange, ...], *, why: str, comment: str | None = None,
    escalation_id: str | None = None, takes_back: bool = False, attempt: int = 0,
) -> WriteBack:  # fmt: skip
    """The changes as one write, which happens as a whole or not at all."""
    to = {change.field: change.to for change in changes}
    return WriteBack(
        ticket_id=ticket_id, comment=comment or None, why=why, changes=changes, escalation_id=escalation_id,
        takes_back=takes_back, attempt=attempt,
        priority=to.get("priority"), status=to.get("status"), tier=to.get("tier"),
        team=to.get("team"), technician=to.get("technician"), queue=to.get("queue"), sla_target=to.get("sla_target"),
        tags=tuple(change.to for change in changes if change.field == "tag" and change.to),
    )  # fmt: skip


def refuse_lost_update(change: WriteBack, ticket: Ticket) -> None:
    """Raises `LostUpdate` when a property is neither as it was seen nor as it is to become."""
    for one in change.changes:
        now = value_of(ticket, one.field)
        if one.field != "tag" and not same(now, one.was) and not same(now, one.to):
            raise LostUpdate(
                f"{one.field} of {change.ticket_id} is {now or 'none'} by now, not {one.was or 'none'}",
                mend="the change is worked out again on what is there",
            )


def events_of(change: WriteBack, ticket: Ticket, at: datetime) -> Iterator[Event]:
    """The events that make a change in a ticket of our own records; what is so already makes none."""
    now = standing(ticket)
    to = _targets(change)
    if change.comment:
        visibility = "public" if change.public else "internal"
        yield _event(at, EventKind.COMMENT, visibility=visibility, body=change.comment)
    if _differs(to, "priority", now.priority):
        yield _event(at, EventKind.PRIORITY, field="priority", from_=now.priority, to=to["priority"])
    if _differs(to, "sla_target", now.sla_target):
        yield _event(at, EventKind.SLA, field="target", from_=now.sla_target, to=to["sla_target"])
    if _differs(to, "tier", now.tier):
        yield _event(at, EventKind.TIER, from_=now.tier, to=to["tier"], tier=to["tier"])
    if "team" in to or "technician" in to:
        yield _event(
            at, EventKind.ASSIGNMENT, team=to.get("team", now.team), tier=to.get("tier"),
            technician=to.get("technician", None if "team" in to else now.technician),
        )  # fmt: skip
    if _differs(to, "queue", now.queue):
        yield _event(at, EventKind.FIELD, field="queue", from_=now.queue, to=to["queue"])
    if _differs(to, "status", now.status):
        yield _event(at, EventKind.STATUS, from_=now.status, to=to["status"])
    for tag in dict.fromkeys(change.tags):
        if tag not in now.tags:
            yield _event(at, EventKind.FIELD, field="tag", to=tag)
    if change.duplicate_of:
        yield _event(at, EventKind.LINK, field="duplicate_of", to=change.duplicate_of)
    yield from _family_events(change, at)
    if change.resolution and now.open:
        yield _event(at, EventKind.RESOLVED, from_=now.status, to="resolved", body=change.resolution)


def _family_events(change: WriteBack, at: datetime) -> Iterator[Event]:
    if change.child_of:
        yield _event(at, EventKind.LINK, field="child_of", to=change.child_of)
    if change.left_parent:
        yield _event(at, EventKind.LINK, field="child_of", from_=change.left_parent)


def on_fresh_data(change: WriteBack, ticket: Ticket, policy: Policy) -> WriteBack | None:
    """The change worked out again on the ticket as it is now; none when the ticket has ended and nothing is left to do.

    What others changed since stays, except where it would undo a raise of tier or priority.
    """
    if not standing(ticket).open:
        return None
    ours: dict[Property, PropertyChange] = {one.field: one for one in change.changes if one.field != "tag"}
    keep_ownership = _still_raises(ours.get("tier"), value_of(ticket, "tier"), _TIERS.index)
    urgent = [t.priority for t in sorted(policy.slas.targets, key=lambda t: -t.resolution) if t.priority]
    left: list[PropertyChange] = []
    for one in change.changes:
        now = value_of(ticket, one.field)
        untouched = one.field == "tag" or same(now, one.was) or same(now, one.to)
        raises = keep_ownership if one.field in OWNERSHIP else one.field == "priority" and _still_raises(
            one, now, lambda name: _rank(urgent, name)
        )  # fmt: skip
        theirs = one.field in OWNERSHIP and not keep_ownership and _ownership_changed(ours, ticket)
        if raises or (untouched and not theirs):
            left.append(one if one.field == "tag" else one.model_copy(update={"was": now}))
    return write_back(
        change.ticket_id, tuple(left), why=change.why, comment=change.comment, escalation_id=change.escalation_id,
        takes_back=change.takes_back, attempt=change.attempt + 1,
    )  # fmt: skip


def _ownership_changed(ours: Mapping[Property, PropertyChange], ticket: Ticket) -> bool:
    """Whether somebody else gave the ticket to another team, technician or tier since we looked."""
    mine = [one for field, one in ours.items() if field in OWNERSHIP]
    return any(not same(value_of(ticket, one.field), one.was) for one in mine)


def _still_raises(change: PropertyChange | None, now: str | None, rank: Callable[[str], int]) -> bool:
    if change is None or change.to is None:
        return False
    try:
        was = rank(change.was) if change.was else -1
        return rank(change.to) > was and rank(change.to) > (rank(now) if now else -1)
    except ValueError:
        return False


def _rank(names: list[str], name: str) -> int:
    return [one.casefold() for one in names].index(name.casefold())


def _targets(change: WriteBack) -> dict[str, str | None]:
    """What each property named by the change becomes; one that is cleared is there with none."""
    flat = {
        "priority": change.priority, "sla_target": change.sla_target, "status": change.status, "queue": change.queue,
        "tier": change.tier, "team": change.team, "technician": change.technician,
    }  # fmt: skip
    given = {name: value for name, value in flat.items() if value}
    return given | {one.field: one.to for one in change.changes if one.field != "tag"}


def _differs(to: Mapping[str, str | None], field: str, now: str | None) -> bool:
    return field in to and to[field] != now


def _event(at: datetime, kind: EventKind, **values: Scalar) -> Event:
    given = {name.rstrip("_"): value for name, value in values.items() if value is not None}
    return Event.model_validate({"id": "-", "at": at, "kind": kind, "actor": BOT, **given})
