"""`tierwise demo`."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.output import note, print_json, say, settings


def run_demo(data_dir: Path | None, *, as_json: bool, llm: str | None = None) -> None:
    """Plays the demo and prints what happened. Exits with 1 when a ticket did not end as promised."""
    chosen = settings(data_dir=data_dir)
    from app.demo.run import run_demo as play
    from app.demo.spoken import scripted_model

    with scripted_model(chosen, wanted=llm is not None) as asking:
        report = play(asking, note)
    if as_json:
        print_json(report)
    else:
        from cli.telling import demo_lines

        for line in demo_lines(report):
            say(line)
        say(f"look at the records: tierwise serve --data-dir {chosen.data_dir}")
    if any(ticket.outcome != ticket.promised for ticket in report.tickets):
        sys.exit(1)
