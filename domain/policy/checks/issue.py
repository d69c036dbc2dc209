"""A mistake in a policy, and the helpers that word it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from domain.policy.policy import Policy

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Issue:
    """A mistake that shows only when the parts of a policy are read together."""

    code: str
    file: str
    path: Path
    """Keys and list indexes from the top of the file to the value."""
    problem: str
    mend: str
    at_key: bool = False
    """The key itself is wrong, not its value."""


@dataclass(frozen=True)
class Check:
    """One question about a policy. `needs` names the parts of `Policy` that must have been read without a mistake."""

    needs: frozenset[str]
    find: Callable[[Policy], Iterator[Issue]]


def check(find: Callable[[Policy], Iterator[Issue]], *needs: str) -> Check:
    """A check that reads the named parts."""
    return Check(frozenset(needs), find)


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


def unknown(code: str, file: str, path: Path, what: str, name: str, known: Iterable[str]) -> Issue:
    """A reference to something that is not there."""
    names = list(known)
    mend = did_you_mean(name, names, one_of(names) if names else f"add the {what} first")
    return Issue(code, file, path, f"there is no {what} {name!r}", mend)
