"""Numbers, amounts, durations, times and dates of a text, in one form each, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from domain.assessment import Span
from domain.text.fold import fold

_SIZES: dict[str, tuple[str, float]] = {
    name: (dimension, size)
    for dimension, size, names in (
        ("time", 0.001, "ms millisecond milliseconds"), ("time", 1, "s sec secs second seconds"),
        ("time", 60, "m min mins minute minutes"), ("time", 3600, "h hr hrs hour hours"),
        ("time", 86400, "d day days"), ("time", 604800, "wk week weeks"), ("month", 1, "month months"),
        ("month", 12, "yr yrs year years"),
        ("bytes", 1e3, "kb"), ("bytes", 1e6, "mb"), ("bytes", 1e9, "gb"), ("bytes", 1e12, "tb"),
        ("percent", 1, "% percent pct"), ("eur", 1, "€ eur euro euros"), ("usd", 1, "$ usd dollar dollars"),
        ("gbp", 1, "£ gbp pound pounds"), ("chf", 1, "chf"), ("mbit", 1, "mbps mbit"), ("mbit", 1000, "gbps gbit"),
    )
    for name in names.split()
}  # fmt: skip
_SPELLED_OUT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_WORD_NUMBERS = {word: value for value, word in enumerate(_SPELLED_OUT.split())}
_WORD_NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_ISO = re.compile(r"(?<![\w-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=$|[^\w-]|t\d)")
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?![\w/-]|\.\d)")
_DAY_MONTH = re.compile(rf"(?<!\w)(\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}\b\.?(?:,?\s+(\d{{4}})\b)?")
_MONTH_DAY = re.compile(rf"(?<!\w){_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?![\w:])(?:,?\s+(\d{{4}})\b)?")
_CLOCK = re.compile(r"(?:(?<=\dt)|(?<![\w:.]))(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?z?\s?([ap]\.?m\b\.?)?(?![\w:])")
_HOUR = re.compile(r"(?<![\w:.])(\d{1,2})(?:\.(\d{2}))?\s?([ap]\.?m\b\.?|o'clock\b|uhr\b)")
_NUMBER = r"(\d{1,3}(?:[,' ]\d{3})+|\d+)((?:[.,]\d+)?)"
_UNITS = "|".join(sorted((re.escape(name) for name in _SIZES if name.isalpha()), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.:/@\\#-])(?:([$€£]|(?:usd|eur|gbp|chf)\s)\s?)?{_NUMBER}(?:[\s-]?(%|€|\$|£|(?:{_UNITS})\b))?(?![\w@\\/]|[.:,-]\w)"
)
_HALF_HOUR = re.compile(r"\bhalf an hour\b")
_SPELLED = re.compile(rf"\b({'|'.join(_WORD_NUMBERS)}|an?)\b[\s-]({_UNITS})\b|\b({'|'.join(_WORD_NUMBERS)})\b")


@dataclass(frozen=True)
class Amount:
    """A number, in the base of its dimension when it has a unit: seconds, bytes, months, a currency."""

    value: float
    dimension: str | None
    written: float = 0.0
    """As it stands, whatever its unit."""


@dataclass(frozen=True)
class Day:
    """A date; the year is none where it was left out."""

    year: int | None
    month: int
    day: int

    def agrees(self, other: Day) -> bool:
        """Whether both can be the same day."""
        years = self.year is None or other.year is None or self.year == other.year
        return years and (self.month, self.day) == (other.month, other.day)


@dataclass(frozen=True)
class Value:
    """A value with the readings it admits (03/04/22 is two dates) and its place in the folded text."""

    kind: Literal["amount", "clock", "date"]
    readings: tuple[Amount | int | Day, ...]
    span: Span
    spelled: bool = False
    """A number written as a word."""


@lru_cache(maxsize=2048)
def values_of(text: str) -> tuple[Value, ...]:
    """Every value of a text, in order, not overlapping: dates before times before amounts."""
    folded = fold(text).text
    found: list[Value] = []
    taken = bytearray(len(folded))
    for value in (*_dates(folded), *_clocks(folded), *_amounts(folded)):
        if not any(taken[value.span.start : value.span.end]):
            taken[value.span.start : value.span.end] = b"\1" * (value.span.end - value.span.start)
            found.append(value)
    return tuple(sorted(found, key=lambda one: one.span.start))


def moment_values(at: datetime) -> tuple[Value, ...]:
    """The date and the time of day of a moment, in its own zone."""
    nowhere = Span(start=0, end=0)
    return (
        Value("date", (Day(at.year, at.month, at.day),), nowhere),
        Value("clock", (at.hour * 60 + at.minute,), nowhere),
    )


def agree(one: Value, other: Value) -> bool:
    """Whether a value can be what the other one, a source's, says. A bare number may leave out the source's unit."""
    if one.kind != other.kind:
        return False
    return any(_same(left, right) for left in one.readings for right in other.readings)


def _same(left: Amount | int | Day, right: Amount | int | Day) -> bool:
    if isinstance(left, Day) and isinstance(right, Day):
        return left.agrees(right)
    if isinstance(left, Amount) and isinstance(right, Amount):
        if left.dimension is None:
            return left.written == right.written
        return left.dimension == right.dimension and left.value == right.value
    return left == right


def _dates(text: str) -> Iterator[Value]:
    for match in _ISO.finditer(text):
        yield from _date(match, [(match[1], match[2], match[3])])
    for match in _NUMERIC.finditer(text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        yield from _date(match, [(year, match[2], match[1]), (year, match[1], match[2])])
    for match in _DAY_MONTH.finditer(text):
        yield from _date(match, [(match[3], _month(match[2]), match[1])])
    for match in _MONTH_DAY.finditer(text):
        yield from _date(match, [(match[3], _month(match[1]), match[2])])


def _date(match: re.Match[str], readings: list[tuple[str | None, str, str]]) -> Iterator[Value]:
    days = [
        Day(int(year) if year else None, int(month), int(day))
        for year, month, day in readings
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    ]
    if days:
        yield Value("date", tuple(dict.fromkeys(days)), Span(start=match.start(), end=match.end()))


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3]) + 1)


def _clocks(text: str) -> Iterator[Value]:
    for pattern in (_CLOCK, _HOUR):
        for match in pattern.finditer(text):
            hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
            if half in ("am", "pm") and 1 <= hour <= 12:
                hour = hour % 12 + (12 if half == "pm" else 0)
            if hour < 24 and minute < 60:
                yield Value("clock", (hour * 60 + minute,), Span(start=match.start(), end=match.end()))


def _amounts(text: str) -> Iterator[Value]:
    for match in _HALF_HOUR.finditer(text):
        yield Value("amount", (Amount(1800, "time", 30),), Span(start=match.start(), end=match.end()))
    for match in _AMOUNT.finditer(text):
        whole = re.sub(r"[,' ]", "", match[2])
        number = float(whole + match[3].replace(",", "."))
        unit = (match[4] or match[1] or "").strip()
        grouped = whole != match[2]
        if not unit and not grouped and (match[3] or (whole[0] == "0" and len(whole) > 1)):
            continue  # a version or a number with leading zeros is a name: 1.10 is not 1.1
        yield Value("amount", (_in_base(number, unit),), Span(start=match.start(), end=match.end()))
    for match in _SPELLED.finditer(text):
        word, unit = match[1] or match[3], match[2] or ""
        number = float(_WORD_NUMBERS.get(word, 1))
        if word in ("a", "an") and len(unit) < 3:
            continue
        span = Span(start=match.start(), end=match.end())
        yield Value("amount", (_in_base(number, unit),), span, spelled=True)


def _in_base(number: float, unit: str) -> Amount:
    if unit not in _SIZES:
        return Amount(number, None, number)
    dimension, size = _SIZES[unit]
    return Amount(round(number * size, 6), dimension, number)
