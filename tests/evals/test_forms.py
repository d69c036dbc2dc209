"""The forms suite and `tierwise forms learned`: planted ask-backs are learned, and questions are counted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from adapters.storage.store import Store
from app.data_dir import DataDir
from app.learned import learned_fields, render
from app.settings import Settings
from domain.ticket import Ticket
from evals.forms import render as render_suite
from evals.forms import run_forms
from tests.domain.made import answered, assigned, ticket
from tests.evals.made import history

ERROR = "error 809"
PLACE = "Where are you (office and room, home, travelling)?"
"""As the default policy words its optional field `place`."""


def handed(number: int, *, place_asked: bool = True, error_told: bool = True) -> Ticket:
    """A VPN ticket that went up, after which the next tier asked where the requester is, or did not."""
    body = f"The VPN drops with {ERROR}." if error_told else "The VPN drops."
    at = number * 100.0
    return ticket(
        assigned(1, at + 5, "service-desk", "sam-field", "L1"),
        assigned(2, at + 10, "infrastructure", "robin-hale", "L2"),
        answered(3, at + 20, PLACE if place_asked else "We are on it.", by="robin-hale"),
        id=f"T-{number:02d}", at=at, body=body, subject="VPN", category="vpn",
    )  # fmt: skip


def test_learned_questions_prevent_the_ask_backs_that_the_forms_alone_do_not(tmp_path: Path) -> None:
    file = history(tmp_path, *(handed(number) for number in range(20)))
    report = run_forms(file, tmp_path / "rows.jsonl", 1)
    assert (report.handovers, report.asked_back) == (10, 10)
    shares = {way: one.prevented.mean for way, one in report.ways.items()}
    assert shares == {"nothing": 0.0, "forms": 0.0, "forms_and_learned": 1.0, "everything": 1.0}
    assert report.ways["forms_and_learned"].questions.mean == 1.0
    assert report.ways["forms_and_learned"].unneeded.mean == 0.0
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert rows[0]["id"] == "T-10" and rows[0]["asked_back"] == ["place"] and rows[0]["known"] == ["error_code"]
    assert "forms and learned" in render_suite(report)


def test_where_nobody_asks_back_nothing_more_is_asked(tmp_path: Path) -> None:
    tickets = [handed(number, place_asked=False, error_told=number % 2 == 0) for number in range(20)]
    report = run_forms(history(tmp_path, *tickets), tmp_path / "rows.csv", 1)
    assert report.asked_back == 0
    assert report.ways["forms_and_learned"].questions == report.ways["forms"].questions
    assert report.ways["forms"].questions.mean == 0.5


def test_what_was_learned_is_listed_with_its_use(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert "no hand-over is known yet" in render(asyncio.run(learned_fields(settings)))
    data_dir = DataDir(settings.data_dir)
    store = Store.open(data_dir.records)
    store.put_tickets("default", [handed(number) for number in range(7)])
    store.close()
    report = asyncio.run(learned_fields(settings))
    [vpn] = report.categories
    assert (vpn.category, vpn.handovers, vpn.asked) == ("vpn", 7, ("place",))
    assert "place: asked back in 7 of 7; asked beforehand" in render(report)
