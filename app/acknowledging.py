"""Acknowledged anywhere is acknowledged everywhere: one word, and every place where the escalation stands says so."""

from __future__ import annotations

from datetime import datetime

from adapters.storage import notices, outbox, records
from adapters.storage.store import Store, Transaction
from domain.base import derived_id
from domain.effects import Effect
from domain.errors import BadInput, Conflict
from domain.escalation import Escalation, EscalationState
from domain.policy.policy import Policy
from domain.telling.delivery import as_acknowledged
from domain.telling.recipients import known_people
from domain.telling.records import Acknowledgement, Living, NoticeState

_IMPLIED = (EscalationState.ACCEPTED, EscalationState.BOUNCED)
"""Moves of people on the receiving side: who makes one has seen it."""


def acknowledge(
    store: Store, policy: Policy, tenant: str, escalation_id: str, *, by: str, via: str, at: datetime,
    seen: int | None = None,
) -> Acknowledgement:  # fmt: skip
    """Notes that somebody has seen an escalation; a repeat changes nothing and gives the first word again.

    `seen` is the version of the escalation that was looked at. Raises `NotFound`, `BadInput` for somebody the policy
    does not know, `Conflict` when the escalation has ended or gone on since.
    """

    def change(c: Transaction) -> Acknowledgement:
        escalation = records.escalations.get(c, tenant, escalation_id)
        if by not in known_people(policy):
            raise BadInput(f"{by!r} is not somebody of the policy", mend="use an id of technicians.yaml or people.yaml")
        newest = _told_last(c, tenant, escalation_id)
        words = words_on(c, tenant, escalation_id)
        if words and (newest is None or words[-1].at >= newest):
            return words[-1]
        _check(escalation, seen)
        # What was told may bear the time of a helpdesk whose clock is ahead of ours; the word covers it all the same.
        word = Acknowledgement(escalation_id=escalation_id, at=max(at, newest or at), by=by, via=via)
        notices.acknowledge(c, tenant, word)
        _say_everywhere(c, policy, tenant, escalation, word)
        return word

    return store.write(change)


def say_moved(store: Store, policy: Policy, tenant: str, escalation_id: str) -> None:
    """Has every place say that somebody accepted the escalation or sent it back; a repeat changes nothing."""

    def change(c: Transaction) -> None:
        escalation = records.escalations.get(c, tenant, escalation_id)
        words = _implied(escalation)
        if words:
            _say_everywhere(c, policy, tenant, escalation, words[-1])

    store.write(change)


def words_on(c: Transaction, tenant: str, escalation_id: str) -> list[Acknowledgement]:
    """Every acknowledgement of an escalation, in order, also those that a move implies."""
    escalation = records.escalations.get_or_none(c, tenant, escalation_id)
    implied = _implied(escalation) if escalation is not None else []
    return sorted((*notices.acknowledged(c, tenant, escalation_id), *implied), key=lambda word: word.at)


def _implied(escalation: Escalation) -> list[Acknowledgement]:
    return [
        Acknowledgement(escalation_id=escalation.id, at=move.at, by=move.by, via=f"the escalation ({move.to})")
        for move in escalation.moves
        if move.to in _IMPLIED
    ]


def _told_last(c: Transaction, tenant: str, escalation_id: str) -> datetime | None:
    told = notices.find(c, tenant, escalation_id=escalation_id, limit=500)
    return max((one.at for one in told if one.because != "acknowledged"), default=None)


def _check(escalation: Escalation, seen: int | None) -> None:
    if escalation.ended:
        raise Conflict(f"escalation {escalation.id} is {escalation.state}", mend="there is nothing to acknowledge")
    if seen is not None and escalation.version != seen:
        raise Conflict(
            f"escalation {escalation.id} has gone on: it is {escalation.state}", mend="look at it again, then decide"
        )


def _say_everywhere(c: Transaction, policy: Policy, tenant: str, escalation: Escalation, word: Acknowledgement) -> None:
    known = known_people(policy)
    name = known[word.by].name if word.by in known else word.by
    waiting = notices.find(c, tenant, escalation_id=escalation.id, states=(NoticeState.WAITING, NoticeState.HELD))
    # A newer state that waits for its place says who acknowledged when it goes out.
    places = {(one.channel, one.to) for one in waiting if one.because != "acknowledged"}
    for living in notices.living_of(c, tenant, escalation.id):
        if _knows(living, word) or (living.message.channel, living.message.to) in places:
            continue
        key = derived_id("fx", "acknowledged", escalation.id, word.at.isoformat(), living.id)
        said = as_acknowledged(living.message, word, name)
        outbox.put(c, tenant, escalation.ticket_id, Effect(key=key, body=said, created_at=word.at))


def _knows(living: Living, word: Acknowledgement) -> bool:
    """Whether the place needs no word: the mails of the one who acknowledged, and what told of it already."""
    own = living.message.kind == "mail" and living.message.recipient == word.by
    said = living.message.because == "acknowledged" and living.at >= word.at
    return own or said
