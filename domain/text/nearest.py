"""Mends for names nobody knows: the nearest known one, or all there are."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The mend for a name nobody knows: the nearest known one, or what else to do."""
    folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[close[0]]!r}?" if close else otherwise


def one_of(known: Iterable[str]) -> str:
    """The mend that names what there is, as far as a line can hold it."""
    names = list(dict.fromkeys(known))
    more = f" … ({len(names)} in all)" if len(names) > 12 else ""
    return f"use one of: {', '.join(names[:12])}{more}"
