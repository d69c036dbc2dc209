"""Who the names in a notification rule are, and where each of them is reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.effects import Address
from domain.policy.notifications import MAIL, Channel
from domain.policy.people import Person, Technician
from domain.policy.policy import Policy

REQUESTER, OWNER, ASSIGNEE, TEAM_LEAD, APPROVERS = "requester", "owner", "assignee", "team_lead", "approvers"


@dataclass(frozen=True)
class Concerned:
    """The people that the names of a rule stand for in one notice: ids of people and technicians."""

    requester_email: str | None = None
    owner: str | None = None
    assignee: str | None = None
    team_lead: str | None = None
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One person who is to be told."""

    id: str
    email: str
    slack: str | None
    zone: str
    public: bool = False
    """The requester, who reads only what is public."""


def readers(policy: Policy, concerned: Concerned, names: Iterable[str]) -> Iterator[Reader]:
    """Everybody the names of a rule stand for; those without an address are left out."""
    for name in names:
        if name == REQUESTER:
            if concerned.requester_email:
                yield _outsider(policy, concerned.requester_email, public=True)
        elif "@" in name:
            yield _outsider(policy, name)
        else:
            yield from (_insider(policy, one) for one in _insiders(policy, concerned, name))


def places(policy: Policy, channel_id: str, told: Iterable[Reader]) -> Iterator[tuple[Reader | None, Address | None]]:
    """Where each reader is reached on a channel; a room is one place for all of them, and has no reader.

    An address is missing where the channel cannot reach the reader: the next step of the fallback has to.
    """
    people = list(told)
    channel = channel_of(policy, channel_id)
    if channel is None:
        yield from ((one, _mail(one)) for one in people)
    elif channel.target is not None:
        if people:
            yield None, room(policy, channel)
    else:
        for one in people:
            yield one, _direct(channel, one)


def channel_of(policy: Policy, channel_id: str) -> Channel | None:
    """The channel of the policy; none for mail."""
    if channel_id == MAIL:
        return None
    return next((one for one in policy.notifications.channels if one.id == channel_id), None)


def room(policy: Policy, channel: Channel) -> Address:
    """The place that a channel with a target is."""
    return Address(
        channel=channel.id, kind=channel.kind, to=channel.target or "", recipient=f"room:{channel.id}",
        zone=policy.head.zone,
    )  # fmt: skip


def zone_of(policy: Policy, person: Person | Technician) -> str:
    """The zone a person reads times in."""
    if person.zone:
        return person.zone
    calendar = policy.calendar_by_id.get(person.shift) if isinstance(person, Technician) else None
    return calendar.zone if calendar else policy.head.zone


def known_people(policy: Policy) -> dict[str, Person | Technician]:
    """Everybody whom the policy names, by id."""
    return {**{one.id: one for one in policy.people.people}, **policy.technician_by_id}


def _insiders(policy: Policy, concerned: Concerned, name: str) -> Iterator[Person | Technician]:
    ids: dict[str, tuple[str | None, ...]] = {
        OWNER: (concerned.owner,), ASSIGNEE: (concerned.assignee,), TEAM_LEAD: (concerned.team_lead,),
        APPROVERS: concerned.approvers,
    }  # fmt: skip
    if name not in ids:
        yield from policy.holders(name)
        return
    known = known_people(policy)
    yield from (known[one] for one in ids[name] if one is not None and one in known)


def _insider(policy: Policy, person: Person | Technician) -> Reader:
    return Reader(id=person.id, email=person.email, slack=person.slack, zone=zone_of(policy, person))


def _outsider(policy: Policy, email: str, *, public: bool = False) -> Reader:
    known = (one for one in known_people(policy).values() if one.email.casefold() == email.casefold())
    person = next(known, None)
    if person is None:
        return Reader(id=email.casefold(), email=email, slack=None, zone=policy.head.zone, public=public)
    return Reader(id=person.id, email=email, slack=person.slack, zone=zone_of(policy, person), public=public)


def _mail(reader: Reader) -> Address:
    return Address(channel=MAIL, kind="mail", to=reader.email, recipient=reader.id, zone=reader.zone)


def _direct(channel: Channel, reader: Reader) -> Address | None:
    if channel.kind != "slack" or reader.slack is None:
        return None
    return Address(channel=channel.id, kind="slack", to=reader.slack, recipient=reader.id, zone=reader.zone)
