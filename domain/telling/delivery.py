"""When a message may go out: at once, later, as part of another, or not at all. Pure; the moment is an argument.

The rules, in this order:

- What was settled meanwhile is not told: a reminder after the acknowledgement, a state after a later one, an
  occasion already told at that place.
- What is critical goes out at once, whatever else holds. It counts into the budget all the same, so that noise after
  a burst of critical messages is held.
- Gathered messages wait for their digest.
- In the recipient's quiet hours nothing goes out.
- The budget: never more than N messages in any stretch of M minutes, half-open, sliding. One that exactly M minutes
  ago went out is outside. A message that may have arrived counts, and so does one that is on its way.
- Messages to one recipient on one channel keep their order, and those that were held go out together as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import derived_id
from domain.effects import Because, Message
from domain.policy.notifications import Budget, Digest, QuietHours
from domain.policy.people import Technician
from domain.policy.policy import Policy
from domain.telling.content import NoticeContent
from domain.telling.quiet import next_digest, quiet_until
from domain.telling.recipients import channel_of, known_people
from domain.telling.records import Acknowledgement
from domain.telling.templates import one_line
from domain.telling.words import moment_text, plain_text
from domain.thresholds import CRITICAL_ROUNDS, LONGEST_PAUSE, NOTICE_ROUNDS

MORNING = Digest(at="08:00")


@dataclass(frozen=True)
class Allowance:
    """What the policy allows to be told to one recipient on one channel."""

    budget: Budget | None = None
    quiet: QuietHours | None = None
    zone: str = "UTC"
    digest: Digest = MORNING


@dataclass(frozen=True)
class Facts:
    """What is known about one message and its recipient when it is planned."""

    counted: Sequence[datetime] = ()
    """When the recipient was last told something that counts; the moment of planning for what is on its way."""
    settled: str | None = None
    """Why it need not be told any more."""
    behind: datetime | None = None
    """When an earlier message to the same recipient there, which has to go first, is looked at again."""
    silent: bool = False
    """It changes a message in place, which nobody is notified of."""
    since: datetime | None = None
    """When it was first planned: a digest is the first one after that."""


@dataclass(frozen=True)
class Send:
    """It goes out now."""

    counts: bool = True


@dataclass(frozen=True)
class Hold:
    """It waits, and is planned again at `until`."""

    until: datetime
    why: str


@dataclass(frozen=True)
class Suppress:
    """It is not told."""

    why: str


Plan = Send | Hold | Suppress


def plan(message: Message, facts: Facts, allowance: Allowance, at: datetime) -> Plan:
    """What becomes of a message at `at`."""
    if facts.settled is not None:
        return Suppress(facts.settled)
    if message.critical or facts.silent:
        return Send(counts=not facts.silent)
    if facts.behind is not None and facts.behind > at:
        return Hold(facts.behind, "an earlier message goes first")
    return _digest(message, facts, allowance, at) or _quiet(allowance, at) or _room(facts, allowance, at) or Send()


def allowance(policy: Policy, message: Message) -> Allowance:
    """What the policy allows to the message's recipient. Rooms have no quiet hours, machines no budget of their own."""
    rules = policy.notifications
    channel = channel_of(policy, message.channel)
    if channel is not None and channel.target is not None:
        usual = rules.budget if channel.kind != "webhook" else None
        return Allowance(budget=channel.budget or usual, zone=message.zone, digest=rules.digest)
    budget = next(
        (rules.budget_of[role] for role in rules.budget_of if message.whose in policy.people.roles.get(role, ())),
        rules.budget,
    )
    return Allowance(budget=budget, quiet=_quiet_of(policy, message), zone=message.zone, digest=rules.digest)


def wait_after(rounds: int) -> timedelta:
    """The pause after so many rounds of failed tries (from 1 on)."""
    return min(timedelta(minutes=2 ** min(rounds - 1, 10)), LONGEST_PAUSE)


def is_given_up(message: Message, rounds: int) -> bool:
    """Whether a message that could not be delivered in so many rounds is given up."""
    return rounds >= (CRITICAL_ROUNDS if message.critical else NOTICE_ROUNDS)


def gathered(waiting: Sequence[Message]) -> Message:
    """Messages to one recipient on one channel, oldest first, as one.

    States of one living message are told once, as the latest, with the headlines of the earlier ones. Raises
    `IndexError` for none.
    """
    states: dict[str, list[Message]] = {}
    for place, message in enumerate(waiting):
        states.setdefault(message.living or f"alone {place}", []).append(message)
    each = [_latest(found) for found in states.values()]
    if len(each) == 1:
        return each[0]
    tickets = list(dict.fromkeys(one.ticket_id for one in each))
    shown = ", ".join(tickets[:3]) + (f" and {len(tickets) - 3} more" if len(tickets) > 3 else "")
    text = "\n\n".join(f"{number}. {one.subject}\n\n{one.text}" for number, one in enumerate(each, 1))
    return each[0].model_copy(
        update={
            "subject": one_line(f"{len(each)} notices: {shown}"),
            "text": text,
            "content": None,
            "escalation_id": None,
        }
    )


def next_step(message: Message, key: str, because: Because) -> tuple[Message, ...]:
    """What is told instead of the message of the effect `key`: the first step of its fallback."""
    if not message.fallback:
        return ()
    first, *rest = message.fallback
    return tuple(
        message.model_copy(
            update={
                **address.model_dump(), "because": because, "origin": key, "fallback": tuple(rest), "digest": False,
                "text": message.text if message.content is None else plain_text(message.content, address.zone),
            }
        )
        for address in first
    )  # fmt: skip


def place_key(message: Message) -> str:
    """The key of an effect that tells of an occasion at a place in another's stead: whoever puts it there first."""
    return derived_id("fx", "instead", message.matter, message.channel, message.to)


def acknowledged_text(word: Acknowledgement, name: str, zone: str) -> str:
    """'by Robin Hale, 2026-10-14 14:10 CEST (Europe/Berlin), in slack'"""
    return f"by {name}, {moment_text(word.at, zone)}, in {word.via}"


def as_acknowledged(message: Message, word: Acknowledgement, name: str) -> Message:
    """What stands at a place, once somebody has acknowledged it."""
    if message.content is None:
        return message
    content = message.content.model_copy(update={"acknowledged": acknowledged_text(word, name, message.zone)})
    text = f"Acknowledged {content.acknowledged}\n\n{message.text}"
    return _changed(message, content, text).model_copy(
        update={
            "because": "acknowledged", "critical": False, "digest": False, "at": word.at, "fallback": (),
            "acknowledge_within": None, "origin": None,
        }
    )  # fmt: skip


def as_it_stands(message: Message, word: Acknowledgement | None, name: str, ended: str | None) -> Message:
    """A message that waited, with what has happened to its matter since."""
    content = message.content
    if content is None or (word is None and ended is None) or content.acknowledged:
        return message
    notes = [f"Since then the escalation has ended: {ended}"] if ended else []
    update: dict[str, object] = {"state": ended} if ended else {}
    if word is not None:
        update["acknowledged"] = acknowledged_text(word, name, message.zone)
        notes.append(f"Acknowledged {update['acknowledged']}")
    return _changed(message, content.model_copy(update=update), "\n\n".join(("\n".join(notes), message.text)))


def _changed(message: Message, content: NoticeContent, text: str) -> Message:
    return message.model_copy(update={"content": content, "text": text})


def _latest(states: Sequence[Message]) -> Message:
    last = states[-1]
    if len(states) == 1 or last.content is None:
        return last
    before = [one.content.headline for one in states[:-1] if one.content is not None]
    before = [one for one in dict.fromkeys(before) if one != last.content.headline]
    if not before:
        return last
    content = last.content.model_copy(update={"earlier": (*last.content.earlier, *before)})
    return _changed(last, content, f"{last.text}\n\nBefore this: {'; '.join(content.earlier)}")


def _digest(message: Message, facts: Facts, allowed: Allowance, at: datetime) -> Hold | None:
    if not message.digest:
        return None
    due = next_digest(allowed.digest, allowed.zone, facts.since or at)
    return Hold(due, "gathered for the digest") if due > at else None


def _quiet(allowed: Allowance, at: datetime) -> Hold | None:
    if allowed.quiet is None:
        return None
    until = quiet_until(allowed.quiet, allowed.zone, at)
    # Hours that never end are refused when the policy is read.
    return Hold(until, "quiet hours") if until is not None and until > at else None


def _room(facts: Facts, allowed: Allowance, at: datetime) -> Hold | None:
    if allowed.budget is None:
        return None
    length = timedelta(minutes=allowed.budget.per_minutes)
    within = sorted(one for one in facts.counted if one > at - length)
    if len(within) < allowed.budget.messages:
        return None
    return Hold(within[-allowed.budget.messages] + length, "the budget is used up")


def _quiet_of(policy: Policy, message: Message) -> QuietHours | None:
    names = set(_names(policy, message))
    return next((one for one in policy.notifications.quiet_hours if not one.who or names & set(one.who)), None)


def _names(policy: Policy, message: Message) -> Iterable[str]:
    """Everything under which quiet hours can mean the recipient."""
    whose = message.whose
    person = known_people(policy).get(whose)
    yield whose
    yield from (role for role, holders in policy.people.roles.items() if whose in holders)
    if isinstance(person, Technician):
        yield from ("technicians", person.team)
    if message.content is None and person is None:
        yield "requesters"
