"""A ticket as a conversation: its sentences, what it opened with, what was done and whether that helped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.forms import Form
from domain.summarising.statements import Statement, statements_of
from domain.text.injection import find_injections
from domain.text.language import guess_language
from domain.ticket import ActorRole, Ticket

PROBLEM_WORDS = 60
"""The problem is told in about this many words."""
WORK_FROM = 2.0
"""Points from which a sentence counts as work that was done or has to be done."""
VERDICT_WITHIN = 6
"""How many messages later a reaction can still be about an attempt."""
_LENGTH_COUNTS_TO = 60
_RESOLUTION = 5.0
"""What the ticket's own record of the resolution says counts before anything said on the way."""

_POINTS = {
    Form.DONE: 3.0,
    Form.CAUSE: 2.0,
    Form.INSTRUCT: 1.5,
    Form.CHECKED: 1.0,
    Form.FAILED: -1.0,
    Form.PROMISE: -1.5,
    Form.ASK: -2.0,
    Form.CHASE: -2.0,
    Form.CLOSING: -2.0,
    Form.ACKNOWLEDGE: -2.0,
    Form.MEETING: -2.0,
}


_SAYS_NOTHING = frozenset({Form.CHASE, Form.COURTESY, Form.CLOSING, Form.ACKNOWLEDGE})


@dataclass(frozen=True)
class Attempt:
    """Something a technician did or told to do, and the sentence that says whether it helped."""

    statement: Statement
    points: float
    shown_by: Statement | None = None
    helped: bool | None = None


@dataclass(frozen=True)
class Thread:
    """The statements of a ticket, read once."""

    ticket: Ticket
    statements: tuple[Statement, ...]

    @cached_property
    def opening(self) -> tuple[Statement, ...]:
        """The request: subject, description and the requester's first message; anybody's first words without one."""
        asked = [one for one in self.statements if one.role == ActorRole.REQUESTER and not one.internal]
        asked = asked or [one for one in self.statements if not one.internal] or list(self.statements)
        if not asked:
            return ()
        written = [one.message for one in asked if not one.in_subject]
        first = min((message for message in written if message > 0), default=0)
        described = any(message == 0 for message in written)
        first = 0 if described else first
        return tuple(one for one in asked if one.message <= first)

    @cached_property
    def labelled(self) -> bool:
        """Whether forms can be told: the request is in English, or in no language that is known for certain."""
        return guess_language("\n".join(one.text for one in self.opening)) in (None, "en")

    @cached_property
    def problem(self) -> tuple[Statement, ...]:
        """The sentences of the request that say what is wrong or wanted, in order, within `PROBLEM_WORDS`.

        Sentences that read like instructions to software are not among them.
        """
        told = [one for one in self.opening if not find_injections(one.text)]
        telling = [one for one in told if not one.idle or (Form.PROBLEM in one.forms and not one.forms & _SAYS_NOTHING)]
        return within(telling or told, PROBLEM_WORDS)

    @cached_property
    def attempts(self) -> tuple[Attempt, ...]:
        """What the technicians did or told others to do, in order, with the reaction where there is one."""
        opening = {one.order for one in self.opening}
        worked = [one for one in self.statements if one.order not in opening and work_points(one) >= WORK_FROM]
        return tuple(self._judged(one) for one in worked)

    @property
    def confirmed(self) -> Statement | None:
        """The last word of the requester that it works, unless a later one says that it does not."""
        for one in reversed(self.statements):
            if one.role == ActorRole.REQUESTER and one not in self.opening:
                if Form.FAILED in one.forms:
                    return None
                if Form.WORKS in one.forms:
                    return one
        return None

    def _judged(self, work: Statement) -> Attempt:
        points = work_points(work)
        if not work.forms & {Form.DONE, Form.INSTRUCT}:
            return Attempt(work, points)
        if {Form.FAILED, Form.DONE} <= work.forms:
            return Attempt(work, points, work, helped=False)
        for reaction in self.statements[work.order + 1 :]:
            if reaction.message > work.message + VERDICT_WITHIN:
                break
            if Form.FAILED in reaction.forms and not reaction.idle:
                return Attempt(work, points, reaction, helped=False)
            later = reaction.message > work.message
            if later and reaction.role == ActorRole.REQUESTER and Form.WORKS in reaction.forms:
                return Attempt(work, points, reaction, helped=True)
        return Attempt(work, points)


def read_thread(ticket: Ticket, boilerplate: Boilerplate = NO_BOILERPLATE) -> Thread:
    """The ticket's sentences without boilerplate."""
    return Thread(ticket, statements_of(ticket, boilerplate))


def work_points(statement: Statement) -> float:
    """How much a technician's sentence reads like work on the case; others get none. Longer ones tell more."""
    if statement.role != ActorRole.TECHNICIAN:
        return float("-inf")
    points = sum(_POINTS.get(form, 0.0) for form in statement.forms) + _RESOLUTION * statement.in_resolution
    return points + 3 * min(statement.words, _LENGTH_COUNTS_TO) / _LENGTH_COUNTS_TO


def within(statements: list[Statement], words: int) -> tuple[Statement, ...]:
    """The leading statements that fit into so many words; the first always does."""
    kept: list[Statement] = []
    used = 0
    for one in statements:
        if kept and used + one.words > words:
            break
        kept.append(one)
        used += one.words
    return tuple(kept)
