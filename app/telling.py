"""Telling people: every message is planned before it goes out, and leaves a receipt, whatever comes of it.

What has to hold together is one transaction: the plan and the note that a try begins; the receipt, what stands at the
place now, and who is told next. Between the two the message is on its way; a crash there is seen at the next start as a
try that may have arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.storage import notices, outbox, records
from adapters.storage.store import Store, Transaction
from app.acknowledging import words_on
from domain.effects import Because, Effect, Message
from domain.errors import Gone, MaybeDone, Misconfigured, TierwiseError, TryLater, Unavailable
from domain.helpdesk import Channel
from domain.policy.policy import Policy
from domain.ports import Clock
from domain.telling.delivery import (
    Facts,
    Hold,
    Suppress,
    allowance,
    as_it_stands,
    gathered,
    is_given_up,
    next_step,
    place_key,
    plan,
    wait_after,
)
from domain.telling.outgoing import without_secrets
from domain.telling.recipients import known_people
from domain.telling.records import Acknowledgement, AttemptState, Living, NoticeRecord, NoticeState
from domain.thresholds import GATHERED_AT_MOST, IN_FLIGHT, LONGEST_PAUSE

_MOMENT = timedelta(seconds=5)
"""How long a message waits for one that is on its way."""


@dataclass(frozen=True)
class _Ready:
    """A message that goes out now."""

    message: Message
    members: Mapping[str, Message]
    """Effect key → message, of everything that this one tells."""
    standing: Living | None
    again: bool
    """An earlier try may have arrived."""


class Telling:
    """Plans, sends and notes the messages of the outbox."""

    def __init__(self, store: Store, policy: Policy, channels: Mapping[str, Channel], clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._channels = channels
        self._clock = clock
        self._longest = _longest_budget(policy)

    def send(self, tenant: str, item: Effect, message: Message) -> str:
        """Sends a message, holds it or drops it; what became of it.

        Raises what `Channel.send` raises; call `failed` with that.
        """
        channel = self._channel(message)
        while True:
            ready = self._store.write(lambda c: self._prepared(c, tenant, item, message, channel))
            if isinstance(ready, str):
                return ready
            try:
                going = without_secrets(ready.message)
                reference = channel.send(tenant, item.key, going, item.created_at, ready.standing, again=ready.again)
            except Gone:
                if ready.standing is None:
                    raise
                self._taken_away(tenant, item.key, ready.standing)
                continue
            return self._noted(tenant, item, ready, reference)

    def failed(self, tenant: str, item: Effect, message: Message, error: TierwiseError, *, last_try: bool) -> str:
        """Notes a try that failed: raises `error` when it is tried again at once, else says what comes next."""
        at = self._clock.now()
        doubtful = isinstance(error, MaybeDone)
        state = AttemptState.UNKNOWN if doubtful else AttemptState.REFUSED
        again = isinstance(error, Unavailable)
        soon = again and not last_try and not isinstance(error, TryLater)

        def change(c: Transaction) -> str:
            notices.admit(c, tenant, item.key, message, created=item.created_at, at=at)
            notices.end_attempts(c, tenant, item.key, state=state, at=at, error=str(error))
            if soon:
                outbox.fail(c, tenant, item.key, error=str(error), final=False)
                return ""
            return self._given_up(c, tenant, item, message, error, at, again=again)

        result = self._store.write(change)
        if soon:
            raise error
        return result

    def _channel(self, message: Message) -> Channel:
        channel = self._channels.get(message.kind)
        if channel is None:
            raise Misconfigured(f"no channel of kind {message.kind} is set up", mend="see docs/how-to/notifications.md")
        return channel

    def _prepared(self, c: Transaction, tenant: str, item: Effect, message: Message, channel: Channel) -> _Ready | str:
        at = self._clock.now()
        notices.admit(c, tenant, item.key, message, created=item.created_at, at=at)
        # A try that did not end was cut off: it may have arrived.
        notices.end_attempts(c, tenant, item.key, state=AttemptState.UNKNOWN, at=at, error="cut off")
        record = notices.get(c, tenant, item.key)
        if record.gathered_into is not None:
            return self._held(c, tenant, record, Hold(at + IN_FLIGHT, "goes out as part of another"))
        standing = notices.living(c, tenant, message.living) if message.living else None
        silent = channel.edits and standing is not None and not message.critical
        queue = [] if silent or message.critical else notices.queue(c, tenant, record, GATHERED_AT_MOST)
        decided = plan(
            message,
            Facts(
                counted=notices.counted(c, tenant, record.recipient, at=at, longest=self._longest, but=item.key),
                settled=self._settled(c, tenant, record, message, standing), behind=_behind(record, queue, at),
                silent=silent, since=notices.admitted_at(c, tenant, item.key),
            ),
            allowance(self._policy, message), at,
        )  # fmt: skip
        match decided:
            case Suppress(why):
                notices.change(
                    c, tenant, [item.key], state=NoticeState.SUPPRESSED, detail=why, settled_at=at, due_at=None
                )
                notices.let_go(c, tenant, item.key, at)
                outbox.finish(c, tenant, item.key, receipt=f"not told: {why}", at=at)
                return f"not told: {why}"
            case Hold():
                return self._held(c, tenant, record, decided)
        notices.start_attempt(c, tenant, record, at=at, counts=decided.counts)
        return self._ready(c, tenant, record, message, queue, standing)

    def _ready(
        self, c: Transaction, tenant: str, record: NoticeRecord, message: Message, queue: list[NoticeRecord],
        standing: Living | None,
    ) -> _Ready:  # fmt: skip
        if record.attempts:
            # The same again: under its id the other side may have taken it already.
            mine = [one for one in queue if one.gathered_into == record.key]
        else:
            mine = [one for one in queue if one.gathered_into is None and not one.attempts and one.key != record.key]
            notices.change(c, tenant, [one.key for one in mine], gathered_into=record.key)
        keys = [one.key for one in sorted((*mine, record), key=lambda one: (one.at, one.key))]
        members = {key: message if key == record.key else _message(outbox.get(c, tenant, key)) for key in keys}
        whole = gathered([self._as_it_stands(c, tenant, one) for one in members.values()])
        if whole.living is None or whole.living != message.living:
            standing = notices.living(c, tenant, whole.living) if whole.living else None
        again = any(one.state == AttemptState.UNKNOWN for one in record.attempts)
        return _Ready(message=whole, members=members, standing=standing, again=again)

    def _held(self, c: Transaction, tenant: str, record: NoticeRecord, hold: Hold) -> str:
        notices.change(c, tenant, [record.key], state=NoticeState.HELD, due_at=hold.until, detail=hold.why)
        outbox.hold(c, tenant, record.key, hold.until)
        return f"held until {hold.until.isoformat()}: {hold.why}"

    def _settled(
        self, c: Transaction, tenant: str, record: NoticeRecord, message: Message, standing: Living | None
    ) -> str | None:
        """Why a message need not be told any more."""
        if message.because in ("unacknowledged", "undelivered"):
            word = self._word(c, tenant, message)
            if word is not None:
                return f"acknowledged by {word.by}"
            if message.because == "unacknowledged" and (ended := self._ended(c, tenant, message)):
                return f"the escalation has ended: {ended}"
            if notices.told_there(c, tenant, record, message.matter):
                return "told there already"
        if standing is not None and message.at is not None and standing.at > message.at:
            return "a later state was told there"
        instead = notices.reached_instead(c, tenant, record.key) if record.rounds else None
        return f"told on {instead} instead" if instead else None

    def _noted(self, tenant: str, item: Effect, ready: _Ready, reference: str) -> str:
        at = self._clock.now()
        try:
            self._store.write(lambda c: self._delivered(c, tenant, item, ready, reference, at))
        except Unavailable as error:
            raise MaybeDone(f"sent, but not noted: {error}") from error
        return reference

    def _delivered(
        self, c: Transaction, tenant: str, item: Effect, ready: _Ready, reference: str, at: datetime
    ) -> None:
        notices.end_attempts(c, tenant, item.key, state=AttemptState.SENT, at=at)
        state = NoticeState.UPDATED if ready.standing is not None else NoticeState.SENT
        done = {"reference": reference, "settled_at": at, "due_at": None, "detail": ""}
        notices.change(c, tenant, [item.key], state=state, **done)
        others = [key for key in ready.members if key != item.key]
        notices.change(c, tenant, others, state=NoticeState.GATHERED, **done)
        message = ready.message
        if message.living is not None and message.escalation_id is not None:
            sequence = ready.standing.sequence + 1 if ready.standing else 1
            told = message.at or item.created_at
            first = ready.standing.reference if ready.standing and ready.standing.reference else reference
            one = Living(id=message.living, reference=first, sequence=sequence, at=told, message=message)
            notices.remember(c, tenant, message.escalation_id, one)
        for key, member in ready.members.items():
            outbox.finish(c, tenant, key, receipt=reference, at=at)
            if member.acknowledge_within is not None and self._word(c, tenant, member) is None:
                due = at + timedelta(minutes=member.acknowledge_within)
                self._instead(c, tenant, key, member, "unacknowledged", at=at, not_before=due)

    def _taken_away(self, tenant: str, key: str, standing: Living) -> None:
        """What stood at the place is not there any more: the message is planned again, as a new one."""
        at, error = self._clock.now(), "what stood there was taken away"

        def change(c: Transaction) -> None:
            notices.end_attempts(c, tenant, key, state=AttemptState.REFUSED, at=at, error=error)
            notices.forget(c, tenant, standing.id)

        self._store.write(change)

    def _given_up(
        self, c: Transaction, tenant: str, item: Effect, message: Message, error: TierwiseError, at: datetime, *,
        again: bool,
    ) -> str:  # fmt: skip
        """After a round of tries: another one later, or none, and somebody is told in another way."""
        record = notices.get(c, tenant, item.key)
        rounds = record.rounds + 1
        final = not again or is_given_up(message, rounds)
        if final or message.critical:
            self._instead(c, tenant, item.key, message, "undelivered", at=at, not_before=None)
        if final:
            notices.change(
                c, tenant, [item.key], state=NoticeState.FAILED, detail=str(error), rounds=rounds, settled_at=at,
                due_at=None,
            )  # fmt: skip
            notices.let_go(c, tenant, item.key, at)
            outbox.fail(c, tenant, item.key, error=str(error), final=True)
            return f"failed: {error}"
        asked = timedelta(seconds=error.seconds) if isinstance(error, TryLater) else timedelta()
        until = at + min(max(wait_after(rounds), asked), LONGEST_PAUSE)
        notices.change(c, tenant, [item.key], rounds=rounds)
        outbox.fail(c, tenant, item.key, error=str(error), final=False)
        return self._held(c, tenant, record, Hold(until, f"could not be delivered: {error}"))

    def _instead(
        self, c: Transaction, tenant: str, key: str, message: Message, because: Because, *, at: datetime,
        not_before: datetime | None,
    ) -> None:  # fmt: skip
        for other in next_step(message, key, because):
            item = Effect(key=place_key(other), body=other, created_at=at)
            outbox.put(c, tenant, message.ticket_id, item, not_before=not_before)
            if not_before is None:
                outbox.bring_forward(c, tenant, item.key, at)

    def _as_it_stands(self, c: Transaction, tenant: str, message: Message) -> Message:
        word = self._word(c, tenant, message)
        name = _name(self._policy, word.by) if word else ""
        return as_it_stands(message, word, name, self._ended(c, tenant, message))

    def _word(self, c: Transaction, tenant: str, message: Message) -> Acknowledgement | None:
        """The acknowledgement that covers a message."""
        if message.escalation_id is None or message.at is None:
            return None
        words = words_on(c, tenant, message.escalation_id)
        return next((word for word in words if word.at >= message.at), None)

    def _ended(self, c: Transaction, tenant: str, message: Message) -> str | None:
        """How the escalation has ended since the message was made."""
        if message.escalation_id is None or message.because == "acknowledged":
            return None
        raised = records.escalations.get_or_none(c, tenant, message.escalation_id)
        if raised is None or not raised.ended or message.at is None or raised.updated_at <= message.at:
            return None
        return str(raised.state).replace("_", " ")


def _behind(record: NoticeRecord, queue: list[NoticeRecord], at: datetime) -> datetime | None:
    """When the message that has to go first is looked at again; none when this one can go, and take others along."""
    if record.attempts:
        return None
    places = [one.key for one in queue]
    if record.key not in places:
        return at + _MOMENT
    for one in queue[: places.index(record.key)]:
        if one.attempts or one.gathered_into is not None:
            return max(one.due_at or at, at + _MOMENT)
    return None


def _longest_budget(policy: Policy) -> timedelta:
    rules = policy.notifications
    budgets = [rules.budget, *rules.budget_of.values(), *(one.budget for one in rules.channels)]
    return timedelta(minutes=max((one.per_minutes for one in budgets if one is not None), default=0))


def _name(policy: Policy, person: str) -> str:
    known = known_people(policy).get(person)
    return known.name if known else person


def _message(item: Effect) -> Message:
    if not isinstance(item.body, Message):
        raise TypeError(f"{item.key} is no message")
    return item.body
