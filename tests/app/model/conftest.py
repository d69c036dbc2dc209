"""One house and one scripted server for each module; every test sets the script and has a tenant of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from adapters.clock import SetClock
from adapters.llm.scripted import ScriptedServer
from app.bootstrap import Services, open_services
from app.settings import Settings
from retrieval.embeddings import HashEmbedder
from tests.app.desk import LOUD, Desk
from tests.app.model.told import Plain, handoff_of, shape_of
from tests.conftest import NOW

_tenants = count(1)


@pytest.fixture(scope="module")
def scripted() -> Iterator[ScriptedServer]:
    """A server whose script each test sets with `plays`."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, house_clock: SetClock) -> Plain:
    """What the loud ticket comes to without a model. Its house is closed again: one process runs one engine."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("plain") / "data", poll_seconds=0.02, sweep_seconds=3600)
    with open_services(settings, embedder=HashEmbedder(), clock=house_clock) as running:
        desk = Desk(running, "plain", house_clock)
        desk.opens(LOUD)
        return Plain(handoff_of(desk), shape_of(desk))


@pytest.fixture(scope="module")
def asking_house(
    tmp_path_factory: pytest.TempPathFactory, house_clock: SetClock, scripted: ScriptedServer, plain: Plain
) -> Iterator[Services]:
    """Everything running, with a model that is given one second for a call and two for a question."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("asking") / "data", poll_seconds=0.02, sweep_seconds=3600,
        llm_model="scripted", llm_base_url=scripted.url, llm_call_seconds=1.0, llm_step_seconds=2.0,
        llm_attempts=2, llm_longest_pause=0.3, llm_breaker_failures=1000, llm_price_in=1.0, llm_price_out=2.0,
    )  # fmt: skip
    with open_services(settings, embedder=HashEmbedder(), clock=house_clock) as running:
        yield running


@pytest.fixture
def asking_desk(asking_house: Services, house_clock: SetClock) -> Desk:
    """A tenant that no other test has seen, at NOW."""
    house_clock.at = NOW
    return Desk(asking_house, f"asking-{next(_tenants)}", house_clock)
