"""With nobody at the model's address: the local path answers, and soon nobody waits any more."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from adapters.clock import SetClock
from app.bootstrap import Services, open_services
from app.doctor import examine
from app.settings import Settings
from domain.journey import Outcome
from retrieval.embeddings import HashEmbedder
from tests.app.desk import LOUD, Desk
from tests.app.model.told import calls_of, handoff_of
from tests.conftest import NOW


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory, house_clock: SetClock) -> Iterator[Services]:
    """A house whose model's address is held by nobody; the circuit opens after three failures."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("lonely") / "data", poll_seconds=0.02, sweep_seconds=3600,
            llm_model="nobody", llm_base_url=f"http://127.0.0.1:{held.getsockname()[1]}/v1", llm_attempts=1,
            llm_breaker_failures=3, llm_breaker_seconds=3600,
        )  # fmt: skip
        with open_services(settings, embedder=HashEmbedder(), clock=house_clock) as running:
            yield running


def test_a_refused_connection_costs_the_ticket_nothing_and_opens_the_circuit(
    lonely: Services, house_clock: SetClock
) -> None:
    house_clock.at = NOW
    first = Desk(lonely, "first", house_clock)
    run = first.opens(LOUD).run_id
    assert first.journey(run).outcome == Outcome.HANDED_OVER and handoff_of(first).source == "local"
    assert [(call.outcome, call.why) for call in calls_of(first, run)] == [("failed", "connection")] * 3
    second = Desk(lonely, "second", house_clock)
    run = second.opens(LOUD).run_id
    assert second.journey(run).outcome == Outcome.HANDED_OVER and handoff_of(second).source == "local"
    assert {(call.outcome, call.why, call.attempts) for call in calls_of(second, run)} == {
        ("not_asked", "circuit_open", 0)
    }
    page = lonely.meters.page()
    assert "tierwise_llm_breaker 2.0" in page
    assert 'tierwise_llm_calls_total{agent="summarizer",outcome="not_asked",why="circuit_open"} 2.0' in page
    assert 'tierwise_journeys_total{outcome="handed_over"} 2.0' in page
    assert "T-1" not in page and "r-7" not in page


def test_the_doctor_says_what_mends_it(lonely: Services) -> None:
    [found] = examine(lonely.settings, only=["llm"])
    assert not found.ok
    assert "nobody answered at the address" in found.detail and "TIERWISE_LLM_BASE_URL" in found.mend
    without = lonely.settings.model_copy(update={"llm_model": None, "llm_base_url": None})
    [found] = examine(without, only=["llm"])
    assert found.ok and found.detail == "none set: every text is the local path's"
