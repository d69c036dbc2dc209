"""Figures as SVG. The same numbers give the same bytes: no dates, a fixed salt for ids, letters as outlines.

Every figure carries what it shows as an alternative text and as a table, so nothing is told by colour or shape alone.
matplotlib is loaded when the first figure is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from domain.base import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
"""Told apart with any common colour blindness (Okabe & Ito 2008)."""
_DASHES = ("-", "--", "-.", ":", "-", "--")
_MARKS = ("o", "s", "^", "D", "v", "P")
_SETTINGS: dict[Any, Any] = {  # Any: the names are a Literal of 300 in matplotlib, which is loaded later
    "svg.hashsalt": "tierwise", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 10,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#d0d4da",
    "grid.linewidth": 0.6, "axes.edgecolor": "#5a6472", "legend.frameon": False, "text.parse_math": False,
}  # fmt: skip
# parse_math: a name is data, and what stands between dollar signs in it no formula.
_SIZE = (6.4, 3.8)
"""Inches."""
MOST_POINTS = 400
"""Points of one curve that are drawn; more cannot be seen."""
MOST_BARS = 90
"""Days that are drawn as bars; of more, bars can no longer be told apart."""
TABLE_ROWS = 12
"""Rows of the table beside a curve."""
_drawing = Lock()
"""matplotlib's settings are of the whole process."""

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Plot:
    """One figure. `name` is a file name without its ending; `columns` and `rows` are what it shows, as a table."""

    name: str
    title: str
    alt: str
    svg: bytes
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class CalibrationBin(Record):
    """Tickets with nearly the same probability: the mean of it, the share that it came true for, how many they are."""

    predicted: float
    observed: float
    count: int


def precision_recall(
    name: str, title: str, series: Mapping[str, Points], *, base_rate: float, marks: Mapping[str, Points] | None = None
) -> Plot:
    """Precision over recall, one curve for each name: (recall, precision), both 0–1, in order of recall.

    `base_rate` is drawn as the line that chance reaches; `marks` are single points (what a policy really does).
    """
    points = marks or {}

    def draw(axes: Axes) -> None:
        for number, (label, curve) in enumerate(series.items()):
            x, y = _columns(_thinned(curve))
            axes.plot(x, y, color=_COLOURS[number % 6], linestyle=_DASHES[number % 6], label=label)
        for number, (label, one) in enumerate(points.items()):
            x, y = _columns(one)
            axes.plot(x, y, linestyle="", marker=_MARKS[number % 6], color=_COLOURS[number % 6], label=label)
        axes.axhline(base_rate, color="#5a6472", linewidth=1, linestyle=":", label=f"chance ({base_rate:.1%})")
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))

    rows = [(label, _share(x), _share(y)) for label, one in points.items() for x, y in one]
    rows += [(label, _share(x), _share(y)) for label, curve in series.items() for x, y in _thinned(curve, TABLE_ROWS)]
    alt = f"{title}. Precision over recall of {_listed((*points, *series))}; chance reaches {base_rate:.1%}."
    return _plot(name, title, alt, ("of", "recall", "precision"), rows, draw)


def calibration(name: str, title: str, series: Mapping[str, Sequence[CalibrationBin]]) -> Plot:
    """How often it came true over how probable it was said to be; on the diagonal both are the same."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color="#5a6472", linewidth=1, linestyle=":", label="as said")
        for number, (label, bins) in enumerate(series.items()):
            axes.plot(
                [one.predicted for one in bins], [one.observed for one in bins], color=_COLOURS[number % 6],
                linestyle=_DASHES[number % 6], marker=_MARKS[number % 6], label=label,
            )  # fmt: skip
        axes.set(xlabel="probability that was said", ylabel="share that came true", xlim=(0, 1), ylim=(0, 1.02))

    rows = [
        (label, _share(one.predicted), _share(one.observed), f"{one.count:,}")
        for label, bins in series.items()
        for one in bins
    ]
    alt = f"{title}. For each group of tickets the probability said and the share that came true: {_listed(series)}."
    return _plot(name, title, alt, ("of", "said", "came true", "tickets"), rows, draw)


QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def distribution(name: str, title: str, unit: str, series: Mapping[str, Sequence[float]]) -> Plot:
    """The share of values up to each value, such as lead times in hours; the table has the quantiles."""
    from numpy import quantile

    known = {label: sorted(values) for label, values in series.items() if values}

    def draw(axes: Axes) -> None:
        for number, (label, values) in enumerate(known.items()):
            steps = [(value, (place + 1) / len(values)) for place, value in enumerate(values)]
            x, y = _columns(_thinned(steps))
            axes.step(
                x, y, where="post", color=_COLOURS[number % 6], linestyle=_DASHES[number % 6],
                label=f"{label} ({len(values):,})",
            )  # fmt: skip
        axes.set(xlabel=unit, ylabel="share of tickets", ylim=(0, 1.02))

    rows = [
        (label, f"{len(values):,}", *(f"{float(one):.1f}" for one in quantile(values, QUANTILES)))
        for label, values in known.items()
    ]
    columns = ("of", "tickets", *(f"{share:.0%} within ({unit})" for share in QUANTILES))
    alt = f"{title}. The share of tickets up to each number of {unit}: {_listed(known) or 'no values'}."
    return _plot(name, title, alt, columns, rows, draw)


def per_day(name: str, title: str, what: str, series: Mapping[str, Mapping[date, int]]) -> Plot:
    """A count for each day, days without any included; the table has weeks (Monday first)."""
    days = sorted({day for counts in series.values() for day in counts})
    span = [days[0] + timedelta(days=number) for number in range((days[-1] - days[0]).days + 1)] if days else []

    def draw(axes: Axes) -> None:
        if len(span) > MOST_BARS:
            _stairs(axes, span, series)
        width = 0.9 / max(len(series), 1)
        for number, (label, counts) in enumerate(series.items() if len(span) <= MOST_BARS else ()):
            axes.bar(
                [place + number * width for place in range(len(span))], [counts.get(day, 0) for day in span], width,
                align="edge", color=_COLOURS[number % 6], hatch=("", "////", "....")[number % 3], edgecolor="white",
                linewidth=0, label=label,
            )  # fmt: skip
        every = max(1, len(span) // 8)
        axes.set_xticks(range(0, len(span), every), [span[place].isoformat() for place in range(0, len(span), every)])
        axes.tick_params(axis="x", labelrotation=30)
        axes.set(ylabel=what)

    weeks: dict[date, dict[str, int]] = {}
    for label, counts in series.items():
        for day, count in counts.items():
            week = weeks.setdefault(day - timedelta(days=day.weekday()), {})
            week[label] = week.get(label, 0) + count
    rows = [
        (week.isoformat(), *(f"{found.get(label, 0):,}" for label in series)) for week, found in sorted(weeks.items())
    ]
    alt = f"{title}. {what} for each day, {days[0]} to {days[-1]}." if days else f"{title}. Nothing to show."
    return _plot(name, title, alt, ("week from", *series), rows, draw)


def _stairs(axes: Axes, span: Sequence[date], series: Mapping[str, Mapping[date, int]]) -> None:
    for number, (label, counts) in enumerate(series.items()):
        axes.stairs(
            [counts.get(day, 0) for day in span], color=_COLOURS[number % 6], linestyle=_DASHES[number % 6], label=label
        )  # fmt: skip


def curves(
    name: str, title: str, series: Mapping[str, Points], *, x: str, y: str,
    limits: tuple[float, float] | None = None,
) -> Plot:  # fmt: skip
    """Curves of (x, y) in order of x, with the names of both axes; `limits` of y."""

    def draw(axes: Axes) -> None:
        for number, (label, curve) in enumerate(series.items()):
            axes.plot(
                *_columns(_thinned(curve)), color=_COLOURS[number % 6], linestyle=_DASHES[number % 6],
                marker=_MARKS[number % 6] if len(curve) <= TABLE_ROWS else "", label=label,
            )  # fmt: skip
        axes.set(xlabel=x, ylabel=y)
        if limits is not None:
            axes.set_ylim(*limits)

    rows = [(label, f"{a:.3g}", f"{b:.3f}") for label, curve in series.items() for a, b in _thinned(curve, TABLE_ROWS)]
    return _plot(name, title, f"{title}. {y} over {x}: {_listed(series)}.", ("of", x, y), rows, draw)


def bars(name: str, title: str, what: str, values: Mapping[str, Mapping[str, float]]) -> Plot:
    """Groups of bars side by side: group → name of the bar → value."""
    names = list(dict.fromkeys(label for group in values.values() for label in group))

    def draw(axes: Axes) -> None:
        height = 0.8 / max(len(names), 1)
        for number, label in enumerate(names):
            axes.barh(
                [place + number * height for place in range(len(values))],
                [group.get(label, 0.0) for group in values.values()], height, align="edge",
                color=_COLOURS[number % 6], hatch=("", "////", "....")[number % 3], edgecolor="white", linewidth=0,
                label=label,
            )  # fmt: skip
        axes.set_yticks([place + 0.4 for place in range(len(values))], list(values))
        axes.invert_yaxis()
        axes.set(xlabel=what)

    rows = [(group, *(f"{found.get(label, 0.0):.3f}" for label in names)) for group, found in values.items()]
    return _plot(name, title, f"{title}. {what} of {_listed(values)}.", ("of", *names), rows, draw)


def _plot(
    name: str, title: str, alt: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]],
    draw: Callable[[Axes], None],
) -> Plot:  # fmt: skip
    return Plot(name=name, title=title, alt=alt, svg=_drawn(title, draw), columns=columns, rows=tuple(rows))


def _drawn(title: str, draw: Callable[[Axes], None]) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.BytesIO()
    with _drawing, rc_context(_SETTINGS):
        figure = Figure(figsize=_SIZE, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        draw(axes)
        if axes.get_legend_handles_labels()[1]:
            axes.legend(fontsize=8)
        axes.set_title(title, fontsize=11, loc="left")
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    return out.getvalue()


def _thinned(points: Points, most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """At most so many of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(place * step)] for place in range(most)]


def _columns(points: Points) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _share(value: float) -> str:
    return f"{value:.1%}"


def _listed(names: Mapping[str, object] | Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))
