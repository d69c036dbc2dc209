"""A circuit breaker: when a server is in trouble, nobody waits for it until a single probe has come through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

BreakerState = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after `failures` in a row; after `seconds` lets one probe through, whose end decides. Safe in threads."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = failures
        self._seconds = seconds
        self._clock = clock
        self._failed = 0
        self._opened_at: float | None = None
        self._probed_at: float | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> BreakerState:
        """How it stands."""
        with self._lock:
            return self._state()

    def lets_through(self) -> bool:
        """Whether a question may be asked now. In half-open state only one at a time may."""
        with self._lock:
            state = self._state()
            if state == "closed":
                return True
            # A probe that never reports back must not keep the circuit open for good.
            waiting = self._probed_at is not None and self._clock() - self._probed_at < self._seconds
            if state == "open" or waiting:
                return False
            self._probed_at = self._clock()
            return True

    def succeeded(self) -> None:
        """The server answered, whatever it said."""
        with self._lock:
            self._failed, self._opened_at, self._probed_at = 0, None, None

    def failed(self) -> None:
        """The server is in trouble."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._most or self._opened_at is not None:
                self._opened_at, self._probed_at = self._clock(), None

    def _state(self) -> BreakerState:
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._clock() - self._opened_at >= self._seconds else "open"
