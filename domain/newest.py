"""Remembering the newest answers of a pure function: one look at a ticket asks the same of it many times."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

KEPT = 16
"""Answers of one function that are kept: a look asks about the ticket as it is and as it would be, and looks of other
threads run beside it."""
KEPT_LONG = 4096
"""The same where the answer serves every look at a ticket until its next event."""


def remembered(ask: Callable[P, T]) -> Callable[P, T]:
    """The function with its `KEPT` newest answers: see `remembering`."""
    return remembering(KEPT)(ask)


def remembering(kept: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Makes a function keep its newest answers."""
    return lambda ask: _remembered(ask, kept)


def _remembered(ask: Callable[P, T], kept: int) -> Callable[P, T]:
    """The function, which does not work out again what it was asked a moment ago about the very same objects.

    For functions of immutable records whose answer is never changed either. Records are told apart by identity: to
    compare two tickets costs more than most answers.
    """
    answers: dict[tuple[int, ...], tuple[object, T]] = {}
    changing = Lock()

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        if kwargs:
            return ask(*args, **kwargs)
        key = tuple(map(id, args))
        known = answers.get(key)
        if known is not None:
            return known[1]
        found = ask(*args, **kwargs)
        with changing:
            if len(answers) >= kept:
                del answers[next(iter(answers))]
            # What was asked about is kept too, so that no other object gets its identity.
            answers[key] = (args, found)
        return found

    return asked
