"""A process that ends anywhere loses nothing and does nothing twice: the next one takes the work up."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from adapters.clock import SetClock
from app.bootstrap import open_services
from domain.effects import EffectState
from domain.escalation import EscalationState
from domain.journey import JourneyState, Outcome
from domain.ticket import EventKind
from retrieval.embeddings import HashEmbedder
from tests.app.cut_off import PLACES, TENANT, WHILE_ASKING, settings
from tests.app.desk import Desk, later
from tests.architecture.places import ROOT
from tests.conftest import NOW
from tests.tickets import comment


def _each(places: tuple[str, ...], *, fast: str) -> list[ParameterSet]:
    """Every place; two processes for each take seconds, so all but one are left to the long run."""
    return [pytest.param(place, marks=() if place == fast else pytest.mark.slow) for place in places]


@contextmanager
def _next_process(data_dir: Path, place: str) -> Iterator[Desk]:
    """The data directory taken up again after a process was cut off at a place."""
    command = [sys.executable, "-m", "tests.app.cut_off", str(data_dir), place]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    clock = SetClock(NOW)
    with open_services(settings(data_dir), embedder=HashEmbedder(), clock=clock) as services:
        desk = Desk(services, TENANT, clock)
        desk.rest()
        yield desk


def _handed_over_once(desk: Desk) -> None:
    assert [journey.outcome for journey in desk.journeys()] == [Outcome.HANDED_OVER]
    assert [escalation.state for escalation in desk.escalations()] == [EscalationState.HANDED_OVER]
    assert {effect.state for effect in desk.effects()} == {EffectState.DONE}
    assert len([change for change in desk.changes() if change.team]) == 1
    assert len([event for event in desk.ticket().events if event.kind == EventKind.ASSIGNMENT]) == 1
    told = [mail.to for mail in desk.mails() if mail.occasion == "handed_over"]
    assert sorted(told) == sorted(set(told)) and len(told) == 2
    files = list((desk.services.settings.data_dir / "mail" / TENANT).iterdir())
    assert len(files) == len(desk.mails()) and all(file.suffix == ".eml" for file in files)


@pytest.mark.parametrize("place", _each(PLACES, fast="before the end is noted"))
def test_a_ticket_that_was_cut_off_reaches_its_end_once(tmp_path: Path, place: str) -> None:
    with _next_process(tmp_path / "data", place) as desk:
        _handed_over_once(desk)


@pytest.mark.parametrize("place", _each(WHILE_ASKING, fast="while it waits"))
def test_a_question_outlives_the_process_that_asked_it(tmp_path: Path, place: str) -> None:
    with _next_process(tmp_path / "data", place) as desk:
        if place != "while going on with the answer":
            [waiting] = desk.journeys()
            assert waiting.state == JourneyState.WAITING
            desk.clock.at = later(5)
            desk.hears(comment("e2", "It says error 619", at=later(5)))
        _handed_over_once(desk)
        [handed] = [change for change in desk.changes() if change.team]
        assert "619" in (handed.comment or "")
