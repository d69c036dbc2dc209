"""Whether a value is one of its form field: of the right kind, one of the choices, as the pattern wants it."""

from __future__ import annotations

import re
from collections.abc import Callable

from domain.policy.forms import FormField
from domain.text.fold import fold
from domain.text.patterns import compile_pattern

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[ .,'\u00a0]?\d{1,15}){0,6}")
_MONTH = (
    r"(?:jan|feb|f[eé]v|m[aä]r|mar|apr|avr|ma[iy]|jun|juin|jul|juil|aug|ao[uû]t|sep|o[ck]t|nov|de[cz]|d[eé]c)[a-zäéû]*"
)
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}([./])\s?\d{{1,2}}\1\s?\d{{2,4}}|\d{{1,2}}/\d{{1,2}}"
    rf"|\d{{1,2}}\.?(?:st|nd|rd|th)?\s+{_MONTH}|{_MONTH}\s+\d{{1,2}})\b|\b\d{{1,2}}\.\s?\d{{1,2}}\.(?!\d)",
    re.IGNORECASE,
)
_LONGEST_HOST = 253
_KINDS: dict[str, tuple[str, Callable[[str], object]]] = {
    "email": ("an e-mail address", _EMAIL.fullmatch),
    "host": ("a host name", lambda text: len(text) <= _LONGEST_HOST and _HOST.fullmatch(text)),
    "date": ("a date", _DATE.search),
    "number": ("a number", _NUMBER.fullmatch),
}


def why_not(field: FormField, value: str) -> str | None:
    """Why the value is none of the field's, to be read by whoever gave it; none when it is one."""
    value = value.strip()
    if field.choices and as_choice(field, value) is None:
        return f"is none of: {', '.join(field.choices)}"
    if field.kind != "text":
        name, is_one = _KINDS[field.kind]
        if not is_one(value):
            return f"is not {name}"
    if field.valid is not None and not _matches_whole(field.valid, value):
        return "is not written as it has to be"
    return None


def as_choice(field: FormField, value: str) -> str | None:
    """The value as the choice it names, in the policy's spelling; a field without choices takes it as it is."""
    if not field.choices:
        return value
    wanted = fold(value.strip().rstrip(".!")).text.strip()
    return next((one for one in field.choices if fold(one).text.strip() == wanted), None)


def _matches_whole(pattern: str, value: str) -> bool:
    # \A and \z are RE2's, so that alternatives of the pattern are held as one.
    return next(compile_pattern(rf"\A(?:{pattern})\z").finditer(value), None) is not None
