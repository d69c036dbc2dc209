"""What caused it and what helped: the few sentences of a ticket that make an article."""

from __future__ import annotations

from dataclasses import dataclass

from domain.grounding import words_of
from domain.summarising.forms import Form
from domain.summarising.statements import Statement
from domain.summarising.thread import WORK_FROM, Attempt, Thread, within, work_points
from domain.ticket import ActorRole

TOLD_IN = 2
"""The best so many sentences tell how it ended; more repeat themselves."""
WORDS = 60
ACCOUNT_WORDS = 80
"""Cause and steps are told in about this many words."""
STEPS = 8
WEAK_FROM = 0.0
"""Without stronger ones, sentences from these points on are taken when the ticket came to a good end."""
_APART = frozenset(
    {
        Form.ASK, Form.CHASE, Form.CLOSING, Form.ACKNOWLEDGE, Form.MEETING, Form.COURTESY, Form.FAILED,
        Form.PROMISE,
    }
)  # fmt: skip
_FULL_SENTENCE = 4
_OUTCOME = frozenset(
    words_of(
        "the a an this that it we i you is was has have had been be are were now all also and as per of to for in"
        " on our your issue problem ticket case error request solved resolved fixed sorted done closed confirmed"
        " working works fine ok okay please kindly note again check checked will not from by with good greetings"
        " thanks thank phone call discussed agreed consider considered close closing proceed"
    )
)
_SAYS_HOW = 2
"""A sentence with fewer words beyond "it is solved now" tells the outcome, not the way."""


@dataclass(frozen=True)
class Ending:
    """How a ticket ended: cause, steps in their order, and the sentence that confirms it."""

    cause: tuple[Statement, ...] = ()
    steps: tuple[Statement, ...] = ()
    confirmed_by: Statement | None = None

    @property
    def told(self) -> bool:
        """Whether somebody could follow it."""
        return bool(self.steps)


def ending_of(thread: Thread) -> Ending:
    """The cause and the steps that the ticket reports; what is known not to have helped is left out."""
    chosen = _best([one for one in thread.attempts if one.helped is not False and _says_how(one.statement)])
    chosen = _with_account(thread, chosen or _weak(thread))
    cause = tuple(one for one in chosen if Form.CAUSE in one.forms and not one.forms & {Form.DONE, Form.INSTRUCT})
    steps = tuple(one for one in chosen if one not in cause)
    if not steps:
        cause, steps = (), cause
    return Ending(cause, steps, thread.confirmed)


def _best(attempts: list[Attempt]) -> list[Statement]:
    """The strongest sentences; one that helped counts before one of which nobody said so."""
    ranked = sorted(attempts, key=lambda one: (-one.points - (one.helped is True), one.statement.order))
    kept = within([one.statement for one in ranked[:TOLD_IN]], WORDS)
    return sorted(kept, key=lambda one: one.order)


def _weak(thread: Thread) -> list[Statement]:
    """The last sentence of a technician that bears on the outcome, when nothing stronger was written."""
    opening = {one.order for one in thread.opening}
    failed = {one.statement.order for one in thread.attempts if one.helped is False}
    # Whatever was done before the requester said that it is still there, or there again, did not end it.
    complaints = [one.order for one in thread.statements if _complains(one) and one.order not in opening]
    since = max(complaints, default=-1)
    bearing = [
        one
        for one in thread.statements
        if one.order not in opening | failed and one.order > since and one.role == ActorRole.TECHNICIAN and _bears(one)
    ]
    return bearing[-1:]


def _complains(one: Statement) -> bool:
    return one.role == ActorRole.REQUESTER and Form.FAILED in one.forms


def _bears(one: Statement) -> bool:
    forms = {Form.DONE, Form.CAUSE, Form.INSTRUCT, Form.WORKS, Form.CHECKED}
    if Form.ASK in one.forms and not one.forms & {Form.INSTRUCT, Form.DONE, Form.CAUSE}:
        return False
    return bool(one.forms & forms) and WEAK_FROM <= work_points(one) < WORK_FROM and _says_how(one)


def _says_how(one: Statement) -> bool:
    return len({word for word in words_of(one.text) if len(word) > 1} - _OUTCOME) >= _SAYS_HOW


def _with_account(thread: Thread, chosen: list[Statement]) -> list[Statement]:
    """The chosen sentences with the rest of the account they stand in: what the same message tells around them.

    List items always come along; other sentences within `ACCOUNT_WORDS`.
    """
    kept = {one.order: one for one in chosen}
    words = sum(one.words for one in chosen)
    for one in chosen:
        for other in thread.statements:
            if other.event_id != one.event_id or other.order in kept or not _belongs(other):
                continue
            if not (_item(one) and _item(other)) and words + other.words > ACCOUNT_WORDS:
                continue
            kept[other.order] = other
            words += other.words
    return [kept[order] for order in sorted(kept)][:STEPS]


def _belongs(one: Statement) -> bool:
    return not one.forms & _APART and one.words >= _FULL_SENTENCE


def _item(one: Statement) -> bool:
    mark = one.text.lstrip()[:3]
    return mark[:1] in "-*•" or (mark[:1].isdigit() and any(sign in mark for sign in ".)-"))
