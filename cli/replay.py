"""`tierwise replay`: the past, streamed through a policy as if it were live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import existing, note, print_json, progress, read_moment, say, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.history_order import BadLine
    from app.replay.result import Replay
    from app.replay.stream import Window
    from app.settings import Settings
    from domain.ticket import Ticket

SHOWN = 5
"""Bad lines that are named."""


@dataclass(frozen=True)
class Asked:
    """The options of the command."""

    history: list[Path]
    policy: Path | None
    against: Path | None
    model: str
    against_model: str | None
    report: Path | None
    seed: int
    start: str | None
    end: str | None
    data_dir: Path | None
    tenant: str | None
    as_json: bool


def run_replay(asked: Asked) -> None:
    """Replays a history. Raises `BadInput`, `BadPolicy`, `BadModel`, `NotFound`, `DiskFull`."""
    from app.replay.contest import contenders
    from app.replay.replaying import replay
    from app.replay.report import check_folder, text_of, write_report

    chosen = settings(data_dir=asked.data_dir, policy_dir=asked.policy, tenant=asked.tenant)
    if asked.report is not None:
        check_folder(asked.report)
    window = _window(asked)
    sides = contenders(chosen, asked.against, asked.model, asked.against_model, seed=asked.seed)
    started = time.monotonic()
    with _history(chosen, asked.history) as (tickets, events, bad), progress("replaying", events) as advance:
        found = replay(tickets, sides, seed=asked.seed, window=window, bad_lines=len(bad), progress=advance)
    note(f"{found.history.events:,} events in {time.monotonic() - started:.1f} s")
    for one in bad[:SHOWN]:
        note(f"set aside: {one.file}:{one.line}: {one.error}")
    if asked.report is not None:
        note(f"report: {write_report(found, asked.report)[0]}")
    if asked.as_json:
        print_json(found)
    else:
        _tell(found, text_of(found))


def _window(asked: Asked) -> Window:
    from app.replay.stream import Window

    start = read_moment("--from", asked.start) if asked.start else None
    end = read_moment("--to", asked.end) if asked.end else None
    return Window(start, end)


@contextmanager
def _history(chosen: Settings, files: list[Path]) -> Iterator[tuple[Iterable[Ticket], int, Sequence[BadLine]]]:
    """Tickets in the order of time, how many events they have, and the bad lines."""
    if not files:
        from app.replay.contest import stored_history

        with stored_history(chosen) as (tickets, events):
            yield tickets, events, ()
        return
    from adapters.history_order import in_order_of_time

    with progress("reading", sum(existing(file).stat().st_size for file in files)) as advance:
        ordered = in_order_of_time(files, advance)
        history = ordered.__enter__()
    try:
        yield history, history.events, history.bad
    finally:
        ordered.__exit__(None, None, None)


def _tell(found: Replay, lines: Iterable[str]) -> None:
    for line in lines:
        say(line)
    for one in found.differences:
        said = " ".join(filter(None, (one.target, one.of)))
        say(f"{found.sides[1].name} less {found.sides[0].name}, {said}: {one.difference}")
    for text in found.notes:
        note(text)
