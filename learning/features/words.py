"""What the requester's words and the policy's clocks say, as numbers. An explicit request is never among them."""

from __future__ import annotations

from datetime import datetime
from math import log1p, nan

from domain.about import is_vip
from domain.policy.policy import Policy
from domain.sla.lines import pressing_clock
from domain.text.passages import requester_passages
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
    return any(
        piece.is_own(hit.span)
        for piece in requester_passages(ticket)
        for hit in find_signals(piece.read, policy.risk.explicit)
    )


def _text(ticket: Ticket, policy: Policy) -> list[float]:
    if not _has_text(ticket):
        return [nan, nan, nan]
    pieces = requester_passages(ticket)
    lists = [one for signal in policy.risk.signals for one in signal.lists]
    own = [[hit for hit in find_signals(piece.read, lists) if piece.is_own(hit.span)] for piece in pieces]
    calm = [hit for piece in pieces for hit in find_signals(piece.read, policy.risk.no_hurry) if piece.is_own(hit.span)]
    length = sum(len(piece.own_text) for piece in pieces)
    return [float(sum(map(len, own))), float(len(calm)), log1p(length)]


def _has_text(ticket: Ticket) -> bool:
    return bool(ticket.subject or ticket.description) or any(event.body for event in ticket.events)
