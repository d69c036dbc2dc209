"""A mistake in a policy, and the helpers that word it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from domain.policy.policy import Policy
from domain.text.nearest import did_you_mean, one_of

__all__ = ["Check", "Issue", "Path", "check", "did_you_mean", "one_of", "unknown"]

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
    offset: int | None = None
    """Characters into the text at `path` at which the mistake stands, when it is not the text as a whole."""


@dataclass(frozen=True)
class Check:
    """One question about a policy. `needs` names the parts of `Policy` that must have been read without a mistake."""

    needs: frozenset[str]
    find: Callable[[Policy], Iterator[Issue]]


def check(find: Callable[[Policy], Iterator[Issue]], *needs: str) -> Check:
    """A check that reads the named parts."""
    return Check(frozenset(needs), find)


def unknown(code: str, file: str, path: Path, what: str, name: str, known: Iterable[str]) -> Issue:
    """A reference to something that is not there."""
    names = list(known)
    mend = did_you_mean(name, names, one_of(names) if names else f"add the {what} first")
    return Issue(code, file, path, f"there is no {what} {name!r}", mend)
