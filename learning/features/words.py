"""What the requester's words and the policy's clocks say, as numbers. An explicit request is never among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import log1p, nan

from domain.about import is_vip
from domain.newest import remembered
from domain.policy.judgement import RiskFile, WordList
from domain.policy.policy import Policy
from domain.sla.lines import pressing_clock
from domain.text.passages import Passage, requester_passages
from domain.text.signals import find_signals
from domain.ticket import Ticket

NUMBERS = ("signals", "no_hurry", "words", "vip", "sla_used")


def numbers(ticket: Ticket, policy: Policy | None, at: datetime) -> list[float]:
    """The values of `NUMBERS`: hits of the policy's signal words and of its phrases that take urgency back, the length
    of the requester's texts (log of characters), VIP, per cent of the pressing SLA target used."""
    if policy is None:
        return [nan] * len(NUMBERS)
    clock = pressing_clock(ticket, policy, at) if ticket.priority or policy.slas.default_priority else None
    used = nan if clock is None else float(min(clock.used_percent, 1000))
    return [*_text(ticket, policy), float(is_vip(ticket, policy)), used]


def asks_openly(ticket: Ticket, policy: Policy | None) -> bool:
    """Whether the requester asked for an escalation in so many words: that is declared, and nothing is foretold."""
    if policy is None or not _has_text(ticket):
        return False
    listed = _listed(policy.risk)
    return any(_heard(piece, listed).explicit for piece in requester_passages(ticket))


def _text(ticket: Ticket, policy: Policy) -> list[float]:
    if not _has_text(ticket):
        return [nan, nan, nan]
    listed, pieces = _listed(policy.risk), requester_passages(ticket)
    heard = [_heard(piece, listed) for piece in pieces]
    length = sum(len(piece.own_text) for piece in pieces)
    return [float(sum(one.signals for one in heard)), float(sum(one.no_hurry for one in heard)), log1p(length)]


@dataclass(frozen=True, eq=False)
class _Listed:
    """The word lists of a policy, told apart by identity: to compare them costs more than to read a short text."""

    signals: tuple[WordList, ...]
    no_hurry: tuple[WordList, ...]
    explicit: tuple[WordList, ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """How many words of each kind somebody wrote as their own."""

    signals: int
    no_hurry: int
    explicit: int


@remembered
def _listed(risk: RiskFile) -> _Listed:
    signals = tuple(one for signal in risk.signals for one in signal.lists)
    return _Listed(signals, risk.no_hurry, risk.explicit)


@lru_cache(maxsize=4096)
def _heard(piece: Passage, listed: _Listed) -> _Heard:
    """Remembered: learning looks at a ticket at each of its events, and what was written before has not changed."""

    def own(lists: tuple[WordList, ...]) -> int:
        return sum(piece.is_own(hit.span) for hit in find_signals(piece.read, lists))

    return _Heard(own(listed.signals), own(listed.no_hurry), own(listed.explicit))


def _has_text(ticket: Ticket) -> bool:
    return bool(ticket.subject or ticket.description) or any(event.body for event in ticket.events)
