"""One running house for each module of tests, and a tenant of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
import structlog

from adapters.clock import SetClock
from app.bootstrap import Services, open_services
from app.settings import Settings
from retrieval.embeddings import HashEmbedder
from tests.app.desk import Desk
from tests.conftest import NOW

_tenants = count(1)


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    """Drawing a failure with every variable around it takes seconds."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[plain])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def house_clock() -> SetClock:
    """The clock of the module's house."""
    return SetClock(NOW)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, house_clock: SetClock) -> Iterator[Services]:
    """Everything running on the default policy; starting it costs more than most tests."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("house") / "data", poll_seconds=0.02, sweep_seconds=3600)
    with open_services(settings, embedder=HashEmbedder(), clock=house_clock) as running:
        yield running


@pytest.fixture
def desk(house: Services, house_clock: SetClock) -> Desk:
    """A tenant that no other test has seen, at NOW."""
    house_clock.at = NOW
    return Desk(house, f"tenant-{next(_tenants)}", house_clock)
