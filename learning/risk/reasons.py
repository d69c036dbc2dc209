"""The parts of an opinion as a person reads them, each with the event it comes from."""

from __future__ import annotations

from domain.learned import Contribution, Target
from domain.points import duration
from domain.ticket import EventKind, Ticket
from learning.features import KEYS, NUMBERS, Observation
from learning.risk.stage import KEY_AT, NUMBER_AT, Part, Stage

SHOWN = 12
"""Parts told one by one; the rest stands as one sum."""
OTHER = "other"
PAIRED = " + "
"""Between the names of two features that add something together."""
_UNSEEN = ": not seen before"
_HAPPENED = {"escalation": "went up a tier", "sla_breach": "missed their SLA"}
_SHARE = {
    "slow_day": "of the latest {} were not resolved after a day", "slow_week": "of the latest {} not after five days",
    "up_day": "of the latest {} went up a tier within a day", "breached": "of the {} closed lately missed their SLA",
    "climbed": "of the {} ended lately had gone up a tier",
}  # fmt: skip
_EVENT_OF = {
    "team": EventKind.ASSIGNMENT, "technician": EventKind.ASSIGNMENT, "first_team": EventKind.ASSIGNMENT,
    "hours_with_team": EventKind.ASSIGNMENT, "assignments": EventKind.ASSIGNMENT, "teams": EventKind.ASSIGNMENT,
    "bounces": EventKind.ASSIGNMENT, "reopens": EventKind.REOPENED, "priority": EventKind.PRIORITY,
    "category": EventKind.CATEGORY, "status": EventKind.STATUS, "hours_in_status": EventKind.STATUS,
    "tier": EventKind.TIER, "hours_to_resolution": EventKind.RESOLVED, "raised": EventKind.PRIORITY,
}  # fmt: skip
_COUNTED = {
    "events": "{} events so far", "updates": "{} updates so far", "assignments": "assigned {} times",
    "teams": "{} teams have had it", "technicians": "{} technicians have had it", "actors": "{} people worked on it",
    "bounces": "came back {} times to a team that had had it", "reopens": "reopened {} times",
    "messages": "{} messages so far", "unanswered": "{} messages of the requester without an answer",
    "raised": "priority, impact or urgency changed {} times", "signals": "{} signal words in the requester's text",
    "no_hurry": "{} phrases that take urgency back",
}  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def contributions(ticket: Ticket, seen: Observation, stage: Stage, target: Target) -> tuple[Contribution, ...]:
    """Every part, largest first by size; those beyond the first `SHOWN` as one sum, so that nothing is lost."""
    parts = sorted(
        (one for one in stage.parts(seen) if one.log_odds), key=lambda one: (-abs(one.log_odds), one.feature)
    )
    told = [
        Contribution(
            feature=one.feature, text=_text(one, seen, target), log_odds=one.log_odds,
            event_id=_event(ticket, one.feature),
        )
        for one in parts[:SHOWN]
    ]  # fmt: skip
    rest = sum(one.log_odds for one in parts[SHOWN:])
    if rest:
        text = f"{len(parts) - SHOWN} smaller observations together"
        told.append(Contribution(feature=OTHER, text=text, log_odds=rest))
    return tuple(sorted(told, key=lambda one: (-abs(one.log_odds), one.feature)))


def _text(part: Part, seen: Observation, target: Target) -> str:
    if PAIRED in part.feature:
        both = (_text(Part(name, 0.0), seen, target) for name in part.feature.split(PAIRED))
        return "together: " + " and ".join(text.removesuffix(_UNSEEN) for text in both)
    if part.feature in KEY_AT and part.feature in KEYS:
        return _key_text(part, seen, target)
    value = seen.numbers[NUMBER_AT[part.feature]]
    if value != value:
        return f"{part.feature.replace('_', ' ')}: not known"
    return _number_text(part.feature, value)


def _key_text(part: Part, seen: Observation, target: Target) -> str:
    value = seen.keys[KEY_AT[part.feature]]
    name = part.feature.replace("_", " ")
    if value is None:
        return f"no {name}"
    shown = value.replace("\x1f", " × ")
    if part.share is None or part.tickets is None:
        return f"{name} {shown}{_UNSEEN}"
    return f"{name} {shown}: {part.share:.0%} of about {max(part.tickets, 1):.0f} such tickets {_HAPPENED[target]}"


def _number_text(feature: str, value: float) -> str:
    if feature in _COUNTED:
        return _COUNTED[feature].format(f"{value:.0f}")
    for share, text in _SHARE.items():
        if feature.endswith(f"_{share}"):
            whose = feature.removesuffix(f"_{share}")
            of = "tickets" if whose == "all" else f"tickets of this {whose}"
            return f"{value:.0%} {text.format(of)}"
    if feature == "weekday":
        return f"it is {_DAYS[int(value)]}"
    if feature == "hour":
        return f"it is {int(value):02d}:{int(value % 1 * 60):02d}"
    return _measure_text(feature, value)


def _measure_text(feature: str, value: float) -> str:
    name = feature.replace("_", " ")
    if feature.startswith("hours_"):
        return f"{name.removeprefix('hours ')}: {duration(value * 60)}"
    if feature.startswith("minutes_"):
        return f"first event after {duration(value)}"
    if feature == "sla_used":
        return f"{value:.0f} % of the SLA target used"
    if feature in ("waiting", "vip"):
        return f"{'waits for somebody else' if feature == 'waiting' else 'a VIP'}: {'yes' if value else 'no'}"
    if feature.startswith(("open_", "arrived_")):
        return f"{name.replace('all', 'in all')}: about {max(0.0, 2.718281828459045**value - 1):.0f} tickets"
    if feature.startswith("flow_"):
        return f"work {'piles up' if value < 0 else 'is kept up with'} ({name.removeprefix('flow ')})"
    return f"{name}: {value:.2g}"


def _event(ticket: Ticket, feature: str) -> str | None:
    """The last event that such a value comes from; the creation for what is known from the start."""
    if not ticket.events:
        return None
    if PAIRED in feature:
        events = (_event(ticket, name) for name in feature.split(PAIRED))
        return next((one for one in events if one is not None), None)
    kind = _EVENT_OF.get(feature)
    if kind is not None:
        found = next((one.id for one in reversed(ticket.events) if one.kind == kind), None)
        if found is not None:
            return found
    if feature in ("actor", "last_kind", "hours_quiet", "events", "role"):
        return ticket.events[-1].id
    if feature in NUMBER_AT and feature not in ("hours_open", "minutes_to_first"):
        return None
    return ticket.events[0].id if feature in NUMBERS or " × " not in feature else None
