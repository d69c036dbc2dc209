"""What every test shares: no network, no key of the environment, and a whole house on fakes that ship."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from adapters.clock import SetClock
from app.bootstrap import Services, open_services
from app.settings import Settings, quiet_libraries
from retrieval.embeddings import HashEmbedder

quiet_libraries()

# A landing must not hang on which examples are drawn that day; developers draw new ones with every run.
hypothesis.settings.register_profile("ci", derandomize=True, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

NOW = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
"""The moment tests happen at, a Wednesday morning, unless they say otherwise."""

SHARED_DATA = Path(os.environ.get("TIERWISE_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TIERWISE_") and name != "TIERWISE_SHARED_DATA"]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only loopback and sockets of the file system can be reached."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller's family takes

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real logs. Skips where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real logs are not at {SHARED_DATA} (set TIERWISE_SHARED_DATA)")
    return SHARED_DATA


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at NOW until a test moves it."""
    return SetClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh data directory, with timers swept only when a test does it."""
    return Settings(data_dir=tmp_path / "data", poll_seconds=0.02, sweep_seconds=3600)


@pytest.fixture
def services(settings: Settings, clock: SetClock) -> Iterator[Services]:
    """Everything running on the default policy: real stores, real engine, a deterministic embedder."""
    with open_services(settings, embedder=HashEmbedder(), clock=clock) as running:
        yield running


@pytest.fixture
def rest() -> Callable[[Services], None]:
    """Waits until everything that arrived has been worked off and every effect carried out."""

    def wait(services: Services) -> None:
        deadline = time.monotonic() + 60
        while not services.engine.idle():
            assert time.monotonic() < deadline, "the engine did not come to rest"
            time.sleep(0.01)

    return wait
