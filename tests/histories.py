"""Canonical histories as Hypothesis makes them: JSON objects with any kind of event, any key absent or null."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from pydantic import JsonValue

from domain.ticket import ActorRole, EventKind

Strategies = Mapping[str, st.SearchStrategy[Any]]

_FIRST, _LAST = datetime(1971, 1, 1), datetime(2199, 1, 1)  # noqa: DTZ001 - the zone is drawn apart
_KEYS_OF_TIME = frozenset(("at", "created_at", "resolved_at", "closed_at", "escalated_at"))
_LINKS = ("duplicate_of", "child_of", "related_to", "caused_by", "article")

texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    st.sampled_from(
        [
            "🧯 l’imprimante brûle 🔥",
            "الطابعة لا تعمل",
            "‏שלום‎ world",
            "a\u2028b\r\n\tc",
            "\\u0000",
            'say "no"',
        ]
    ),
)
"""Any text that JSON, SQL and people can hold: emoji, right-to-left, line separators, a spelled-out escape."""

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(_FIRST, _LAST, timezones=zones)
scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)


def _written(moment: datetime) -> str:
    text = moment.isoformat()
    return text.replace("+00:00", "Z") if moment.minute % 2 else text


def _maybe(value: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.one_of(st.none(), value)


def _object(required: Strategies, optional: Strategies) -> st.SearchStrategy[Any]:
    """A JSON object. Any: strategies are invariant in what they make, and a JSON object holds many types."""
    return st.fixed_dictionaries(dict(required), optional=dict(optional))


_text = _maybe(texts)
_flag = _maybe(st.booleans())
_actor = _object({}, optional={"id": _text, "role": _maybe(st.sampled_from([role.value for role in ActorRole]))})
_requester = _object({}, optional={**dict.fromkeys(("id", "name", "email", "role", "site"), _text), "vip": _flag})
_link = _object({"kind": st.sampled_from(_LINKS), "id": texts}, {})
_outcome = _object({}, optional={"sla_met": _flag, "escalated": _flag, "escalated_at": _maybe(moments.map(_written))})
_event = _object(
    {"kind": st.sampled_from([kind.value for kind in EventKind])},
    optional={
        **dict.fromkeys(("body", "field", "team", "technician", "tier"), _text),
        "actor": _maybe(_actor), "visibility": _maybe(st.sampled_from(["public", "internal"])),
        "from": scalars, "to": scalars,
    },
)  # fmt: skip
_FREE = (
    "source", "subject", "description", "channel", "type", "category", "subcategory", "service", "asset", "impact",
    "urgency", "priority", "resolution", "closure_code",
)  # fmt: skip
_head = _object(
    {"id": texts.filter(bool)},
    optional={
        **dict.fromkeys(_FREE, _text),
        "requester": _maybe(_requester), "links": st.lists(_link, max_size=3), "outcome": _outcome,
        "resolved_at": _maybe(moments.map(_written)), "closed_at": _maybe(moments.map(_written)),
    },
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> dict[str, JsonValue]:
    """One ticket as a helpdesk would export it. Its events are in order of time; some share their moment."""
    head: dict[str, JsonValue] = draw(_head)
    parts: list[dict[str, JsonValue]] = draw(st.lists(_event, max_size=5))
    created, at = draw(moments), _FIRST.replace(tzinfo=UTC)
    starts = sorted(draw(st.lists(moments, min_size=len(parts), max_size=len(parts))))
    events: list[JsonValue] = []
    for number, part in enumerate(parts):
        if not draw(st.booleans()) or number == 0:
            at = max(at, starts[number])
        event: dict[str, JsonValue] = {"id": f"e{number}", "at": _written(at)}
        events.append(event | part)
    return {**head, "created_at": _written(created), "events": events}


def comparable(value: JsonValue, key: str = "") -> object:
    """The value with each timestamp as (instant, offset), and with numbers that know whether they are whole."""
    if isinstance(value, dict):
        return {name: comparable(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    if key in _KEYS_OF_TIME and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC), moment.utcoffset())
    return (type(value).__name__, value)
