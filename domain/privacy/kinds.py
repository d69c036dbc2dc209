"""The kinds of private things, and the groups a policy speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from domain.base import Record


class Kind(StrEnum):
    """What a masked piece of text is. The value is the word in its placeholder: `[email-1]`."""

    KEY = "key"
    """A key, a token, a private key block, credentials in an address."""
    PASSWORD = "password"  # noqa: S105  # the word, not one
    CARD = "card"
    """A payment card number whose Luhn digit is right."""
    IBAN = "iban"
    """A bank account whose mod-97 digits are right."""
    NATIONAL_ID = "id"
    """A number that a state gives a person."""
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    """A name that the directory or the ticket's own fields give."""
    USER = "user"
    """A person's id in the directory or in the ticket's own fields."""
    IP = "ip"
    MAC = "mac"
    TEXT = "text"
    """Text that looks like one of our placeholders; it is put aside so that nobody can forge one."""


Group = Literal["secrets", "personal", "machines"]

GROUPS: dict[Group, frozenset[Kind]] = {
    "secrets": frozenset({Kind.KEY, Kind.PASSWORD, Kind.CARD, Kind.IBAN, Kind.NATIONAL_ID}),
    "personal": frozenset({Kind.EMAIL, Kind.PHONE, Kind.NAME, Kind.USER}),
    "machines": frozenset({Kind.IP, Kind.MAC}),
}

SECRETS = GROUPS["secrets"]
EVERYTHING = frozenset(kind for kind in Kind if kind != Kind.TEXT)


def kinds_of(groups: Iterable[Group]) -> frozenset[Kind]:
    """Every kind of the groups."""
    return frozenset(kind for group in groups for kind in GROUPS[group])


class Found(Record):
    """A private piece of a text: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


_RANK = {kind: rank for rank, kind in enumerate([Kind.KEY, Kind.PASSWORD, Kind.IBAN, Kind.CARD, Kind.NATIONAL_ID,
                                                  Kind.EMAIL, Kind.MAC, Kind.IP, Kind.NAME, Kind.USER, Kind.PHONE,
                                                  Kind.TEXT])}  # fmt: skip


def apart(found: Iterable[Found]) -> list[Found]:
    """The pieces in order of place; those that overlap are one, of the kind that says most."""
    result: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if result and one.start < result[-1].end:
            last = result[-1]
            kind = min(last.kind, one.kind, key=_RANK.__getitem__)
            result[-1] = Found(kind=kind, start=last.start, end=max(last.end, one.end))
        else:
            result.append(one)
    return result
