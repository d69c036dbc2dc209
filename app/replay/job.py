"""The process of one replay: `python -m app.replay.job <its folder>`; started by `app.replay.background`."""

from __future__ import annotations

import sys
from pathlib import Path

from app.replay.background import REPORT, Failure, Progress, errand_of, note_failure, note_progress
from app.replay.contest import contenders, stored_history
from app.replay.replaying import replay
from app.replay.report import write_report
from app.replay.stream import Window
from app.settings import Settings
from domain.errors import TierwiseError


def run(home: Path) -> None:
    """Replays what the folder asks for, and writes there what came of it."""
    errand = errand_of(home)
    asked = errand.asked
    chosen = Settings(data_dir=errand.data_dir, policy_dir=errand.policy, tenant=errand.tenant)
    done = 0

    def advance(events: int) -> None:
        nonlocal done
        done += events
        note_progress(home, Progress(events=min(done, errand.events), of=errand.events))

    try:
        with stored_history(chosen) as (tickets, _):
            sides = contenders(chosen, errand.against, asked.model, asked.against_model, seed=asked.seed)
            window = Window(asked.start, asked.end)
            found = replay(tickets, sides, seed=asked.seed, window=window, progress=advance)
        fresh = home / f"{REPORT}.new"
        write_report(found, fresh)
        fresh.rename(home / REPORT)
    except TierwiseError as error:
        note_failure(home, Failure(code=error.code, message=str(error)))


if __name__ == "__main__":
    run(Path(sys.argv[1]))
