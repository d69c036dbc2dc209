"""What an expression can ask about: each name with its type, its meaning and where its value comes from.

Every name always has a value: a text that is not known is empty, so an expression never fails for want of a value.
Values are read only when an expression names them, so a rule that does not ask for the SLA costs no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from domain.about import current_tier, is_vip, own_words
from domain.asof import Standing, standing
from domain.assessment import Assessment
from domain.newest import remembered
from domain.policy.policy import Policy
from domain.sla.clocks import SlaClock, sla_clocks
from domain.ticket import EventKind, Ticket

Kind = Literal["text", "number", "yes_no", "texts", "moment"]
Value = str | int | bool | list[str] | datetime

LONGEST_TEXT = 200_000
"""Characters of one text an expression sees; of a longer one the first and the last half as many."""
LONGEST_LIST = 100
"""Entries of one list an expression sees."""
NO_LIMIT = 60 * 24 * 366
"""Minutes left on a clock that does not run out: longer than any policy can promise."""
_CLOCKS = ("first_response", "next_response", "resolution")


@dataclass(frozen=True)
class Facts:
    """A (cut) ticket as assessed, under a policy. `tier` is the tier asked about, when it is not the ticket's own."""

    ticket: Ticket
    policy: Policy
    assessment: Assessment
    tier: str | None = None
    _values: dict[str, Value] = field(default_factory=dict)
    answers: dict[str, bool] = field(default_factory=dict, compare=False)
    """Expression → whether it holds, of those that were evaluated."""

    def value(self, name: str) -> Value:
        """The value of a name of `VARIABLES`, read once."""
        if name not in self._values:
            self._values[name] = _bounded(VARIABLES[name].read(self))
        return self._values[name]

    @cached_property
    def standing(self) -> Standing:
        """Where the ticket stands after its events."""
        return standing(self.ticket)

    @cached_property
    def now(self) -> datetime:
        """The moment of the assessment, or of the ticket's newest event when that is later."""
        return max([self.assessment.at, *(event.at for event in self.ticket.events)])

    @cached_property
    def clocks(self) -> dict[str, SlaClock]:
        """The ticket's SLA clocks by name."""
        return {clock.clock: clock for clock in sla_clocks(self.ticket, self.policy, self.now)}


Read = Callable[[Facts], Value]


@remembered
def facts_on(ticket: Ticket, policy: Policy, assessment: Assessment, tier: str | None) -> Facts:
    """The facts that all conditions of one look ask about, each read once."""
    return Facts(ticket, policy, assessment, tier)


@dataclass(frozen=True)
class Variable:
    """One name an expression can use."""

    kind: Kind
    meaning: str
    read: Read


def _bounded(value: Value) -> Value:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        half = LONGEST_TEXT // 2
        return f"{value[:half]}{value[-half:]}"
    if isinstance(value, list):
        return [text[:LONGEST_TEXT] for text in value[:LONGEST_LIST]]
    return value


def _priority(facts: Facts) -> str:
    slas = facts.policy.slas
    name = facts.standing.priority or slas.default_priority
    known = {target.priority.casefold(): target.priority for target in slas.targets if target.priority}
    return known.get(name.casefold(), name)


def _team(facts: Facts) -> str:
    team = facts.policy.team(facts.standing.team)
    return team.id if team else facts.standing.team or ""


def _latest(kind: EventKind, first: Callable[[Ticket], str | None]) -> Read:
    def read(facts: Facts) -> str:
        changes = (e.to for e in reversed(facts.ticket.events) if e.kind == kind and e.to is not None)
        return str(next(changes, first(facts.ticket) or ""))

    return read


def _of_requester(name: str) -> Read:
    def read(facts: Facts) -> str:
        return str(getattr(facts.ticket.requester, name, None) or "")

    return read


def _clock(name: str, value: Callable[[SlaClock], Value], otherwise: Value) -> Read:
    def read(facts: Facts) -> Value:
        clock = facts.clocks.get(name)
        return otherwise if clock is None else value(clock)

    return read


def _minutes_left(clock: SlaClock) -> int:
    if clock.stopped_at is not None:
        return NO_LIMIT
    return int((clock.target_minutes - clock.used_minutes) // 1)


def _sla_variables() -> Iterator[tuple[str, Variable]]:
    for name in _CLOCKS:
        what = name.replace("_", " ")
        rows: tuple[tuple[str, Kind, str, Callable[[SlaClock], Value], Value], ...] = (
            ("used_percent", "number", f"share of the {what} target used up; 0 without such a clock",
             lambda clock: clock.used_percent, 0),
            ("breached", "yes_no", f"whether the {what} target was missed", lambda clock: clock.breached, False),
            ("running", "yes_no", f"whether the {what} clock is neither paused nor stopped",
             lambda clock: clock.running, False),
            ("minutes_left", "number",
             f"working minutes left of the {what} target, below 0 once it is missed; {NO_LIMIT} when the clock has "
             "stopped or is not there", _minutes_left, NO_LIMIT),
        )  # fmt: skip
        for key, kind, meaning, value, otherwise in rows:
            yield f"sla.{name}.{key}", Variable(kind, meaning, _clock(name, value, otherwise))


VARIABLES: dict[str, Variable] = {
    "ticket.id": Variable("text", "the ticket's id", lambda f: f.ticket.id),
    "ticket.subject": Variable("text", "its subject", lambda f: f.ticket.subject or ""),
    "ticket.text": Variable(
        "text", "what the requester wrote in their own words: quotes, forwards and signatures left out",
        lambda f: own_words(f.ticket),
    ),
    "ticket.priority": Variable("text", "its priority as slas.yaml writes it; the default one when none is known",
                                _priority),
    "ticket.category": Variable("text", "the category of categories.yaml it was assessed to be in, or empty",
                                lambda f: f.assessment.category or ""),
    "ticket.subcategory": Variable("text", "the helpdesk's subcategory", lambda f: f.ticket.subcategory or ""),
    "ticket.type": Variable("text", "incident, request, … as the helpdesk writes it", lambda f: f.ticket.type or ""),
    "ticket.service": Variable("text", "the service concerned", lambda f: f.ticket.service or ""),
    "ticket.asset": Variable("text", "the asset concerned", lambda f: f.ticket.asset or ""),
    "ticket.channel": Variable("text", "how it came in: mail, phone, portal, …", lambda f: f.ticket.channel or ""),
    "ticket.status": Variable("text", "its status, in lower case", lambda f: f.standing.status.lower()),
    "ticket.team": Variable("text", "the id of the team that has it (as written, when teams.yaml does not know it)",
                            _team),
    "ticket.technician": Variable("text", "the id of the technician who has it", lambda f: f.standing.technician or ""),
    "ticket.tier": Variable("text", "the tier it is in: L1, L2 or L3",
                            lambda f: f.tier or current_tier(f.ticket, f.policy).value),
    "ticket.impact": Variable("text", "its impact as the helpdesk writes it",
                              _latest(EventKind.IMPACT, lambda t: t.impact)),
    "ticket.urgency": Variable("text", "its urgency as the helpdesk writes it",
                               _latest(EventKind.URGENCY, lambda t: t.urgency)),
    "ticket.reopens": Variable("number", "how often it was reopened", lambda f: f.standing.reopens),
    "ticket.reassignments": Variable("number", "how often it went to another team", lambda f: f.standing.reassignments),
    "ticket.bounces": Variable("number", "how often it came back to a team that had had it",
                               lambda f: f.standing.bounces),
    "ticket.unanswered": Variable("number", "messages of the requester since somebody last wrote to them",
                                  lambda f: len(f.standing.unanswered)),
    "ticket.age_minutes": Variable("number", "minutes since it was created, nights included",
                                   lambda f: int((f.now - f.ticket.created_at).total_seconds() // 60)),
    "ticket.tags": Variable("texts", "the tags it has", lambda f: list(f.standing.tags)),
    "requester.id": Variable("text", "who asks", _of_requester("id")),
    "requester.email": Variable("text", "their address", _of_requester("email")),
    "requester.role": Variable("text", "their role as the helpdesk writes it", _of_requester("role")),
    "requester.site": Variable("text", "their site", _of_requester("site")),
    "requester.vip": Variable("yes_no", "whether the helpdesk or people.yaml counts them as a VIP",
                              lambda f: is_vip(f.ticket, f.policy)),
    "risk": Variable("number", "the assessed risk, 0 to 100", lambda f: f.assessment.risk),
    "reasons": Variable("texts", "the codes of what was observed, such as `sla` or `words:frustration`",
                        lambda f: list(f.assessment.codes)),
    "declared": Variable("yes_no", "whether the requester asked for an escalation in so many words",
                         lambda f: f.assessment.declared),
    "urgency": Variable("text", "the assessed urgency: low, normal, high or critical",
                        lambda f: f.assessment.urgency.value),
    "language": Variable("text", "ISO 639-1 code of the requester's language, or empty",
                         lambda f: f.assessment.language or ""),
    "outbreak": Variable("yes_no", "whether several requesters have the same trouble at the moment",
                         lambda f: "outbreak" in f.assessment.codes),
    **dict(_sla_variables()),
    "now": Variable("moment", "the moment of the assessment, or of the ticket's newest event when that is later",
                    lambda f: f.now),
}  # fmt: skip
"""Every name, in the order in which the reference lists them."""
