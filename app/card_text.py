"""A model card in lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from app.training import Trained
from learning.card import Alarms, Baseline, ModelCard, RoutingCard, TargetCard
from learning.drift import Shift

_SHIFTS = 5


def card_lines(card: ModelCard) -> Iterator[str]:
    """The card."""
    name = card.model or "no model"
    since = f"{card.since:%Y-%m-%d}" if card.since else "the beginning"
    yield f"{name}: {card.tickets} tickets from {since} to {card.until:%Y-%m-%d}, policy {card.policy}"
    if card.window is not None:
        start, end = card.window
        yield f"  measured on what came in from {start:%Y-%m-%d} to {end:%Y-%m-%d}, unseen by the measured models"
    for target in card.targets:
        yield from _target(target)
    for routing in card.routing:
        yield from _routing(routing)
    for gap in card.not_learned:
        yield f"  not learned: {gap.what}: {gap.why}"
    if card.absent:
        yield f"  the history never has: {', '.join(card.absent)}"
    for note in card.notes:
        yield f"  note: {note}"


def verdict_lines(found: Trained) -> Iterator[str]:
    """What the guard says, and what follows."""
    for one in found.card.verdict.comparisons:
        yield f"  {'ok  ' if one.ok else 'WORSE'} {one.why}"
    if found.card.model is not None:
        yield f"{'promoted' if found.promoted else 'stays in shadow, not promoted'}: {found.why}"


def shift_lines(shifts: tuple[Shift, ...]) -> Iterator[str]:
    """The features that moved most."""
    for one in shifts[:_SHIFTS]:
        yield f"    {one.feature}: {one.word} (PSI {one.psi:.2f})"


def _target(card: TargetCard) -> Iterator[str]:
    yield (
        f"  {card.target}: {card.happened} of {card.tickets} tickets ({card.base_rate:.1%}; before the window "
        f"{card.usual_rate:.1%}); of {card.unknown} more the end was not known yet"
    )
    yield f"    AUC {card.auc or 'none'}, average precision {card.average_precision}"
    yield f"    Brier {card.brier}, calibration error {card.ece}"
    yield f"    {_alarms('the model', card.alarms)}"
    if card.lead_hours is not None:
        lead = card.lead_hours
        hours = f"{lead.low:.1f} / {lead.middle:.1f} / {lead.high:.1f} h"
        yield f"    first alarm {hours} before it happened (10, 50, 90 % of {lead.count})"
    elif card.lead_note:
        yield f"    {card.lead_note}"
    for one in card.baselines:
        yield from _baseline(one)
    yield f"    abstains on {card.abstained:.1%} of tickets at their first event"


def _baseline(one: Baseline) -> Iterator[str]:
    brier = f", Brier {one.brier}" if one.brier else ""
    yield f"    against {one.name}: average precision {one.average_precision}{brier}"
    if one.alarms is not None:
        yield f"      {_alarms(one.name, one.alarms)}"


def _alarms(whose: str, one: Alarms) -> str:
    line = "no line" if one.line is None else f"line at {one.line:.3f}"
    per_day = "" if one.per_technician_day is None else f", {one.per_technician_day:.2f} a technician-day"
    worth = f"precision {one.precision or '–'}, recall {one.recall or '–'}"
    return f"{whose}, {line}: {one.alerts} alerts{per_day}; {worth}"


def _routing(card: RoutingCard) -> Iterator[str]:
    yield f"  team, asked at {card.moment} ({card.tickets} tickets): top 1 {card.top_1}, top 3 {card.top_3}"
    stays = f", leaving it where it is {card.stays}" if card.stays else ""
    yield f"    against always the largest team {card.majority}{stays}"
    yield f"    follows {card.followed:.0%} of them and is right on {card.right_when_followed or '–'}"
