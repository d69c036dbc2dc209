"""Figures: the same numbers give the same bytes, and nothing is told by colour alone."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from xml.etree import ElementTree

from app.report import plots
from app.report.plots import CalibrationBin, Plot


def _all() -> list[Plot]:
    return [
        plots.precision_recall("pr", "Alerts", {"a": [(0.1, 0.9)]}, base_rate=0.2, marks={"p": [(0.3, 0.7)]}),
        plots.calibration("cal", "Calibration", {"a": [CalibrationBin(predicted=0.1, observed=0.2, count=30)]}),
        plots.distribution("lead", "Lead time", "hours", {"a": [1.0, 2.0, 3.0, 4.0, 5.0], "none": []}),
        plots.per_day("days", "Alerts per day", "alerts", {"a": {date(2026, 1, 5): 2, date(2026, 1, 13): 1}}),
        plots.curves("age", "By age", {"a": [(1, 0.5), (2, 0.75)]}, x="hours", y="AUC"),
        plots.bars("teams", "By team", "AP", {"desk": {"a": 0.5, "b": 0.25}}),
    ]  # fmt: skip


def test_the_same_numbers_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib, tests.app.report.test_plots as t;"
        "print(hashlib.sha256(b''.join(one.svg for one in t._all())).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}, text=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_every_figure_is_well_formed_without_a_date_and_says_in_words_what_it_shows() -> None:
    for plot in _all():
        ElementTree.fromstring(plot.svg)
        assert b"dc:date" not in plot.svg
        assert plot.title in plot.alt
        assert plot.rows and all(len(row) == len(plot.columns) for row in plot.rows)


def test_days_without_any_are_counted_in_their_week() -> None:
    plot = plots.per_day("d", "D", "alerts", {"a": {date(2026, 1, 5): 2, date(2026, 1, 11): 3, date(2026, 1, 13): 1}})
    assert plot.rows == (("2026-01-05", "5"), ("2026-01-12", "1"))


def test_a_distribution_is_told_by_its_quantiles() -> None:
    plot = plots.distribution("l", "L", "hours", {"a": [float(one) for one in range(101)]})
    assert plot.rows == (("a", "101", "10.0", "25.0", "50.0", "75.0", "90.0"),)


def test_a_name_with_dollar_signs_is_drawn_as_it_is() -> None:
    plot = plots.curves("c", r"Cost $\alpha", {r"$\frac{1}": [(0, 0), (1, 1)]}, x="x", y="y")
    assert plot.svg


def test_nothing_to_show_is_still_a_figure() -> None:
    assert plots.per_day("d", "D", "alerts", {"a": {}}).svg
    assert plots.distribution("l", "L", "hours", {}).rows == ()
    assert plots.precision_recall("p", "P", {}, base_rate=0.0).rows == ()


def test_a_long_curve_keeps_its_ends() -> None:
    curve = [(number / 10_000, 1 - number / 10_000) for number in range(10_001)]
    plot = plots.curves("c", "C", {"a": curve}, x="x", y="y")
    assert plot.rows[0] == ("a", "0", "1.000")
    assert plot.rows[-1] == ("a", "1", "0.000")
