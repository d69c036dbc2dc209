"""How long the demo takes, part by part."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app.demo.run import run_demo
from app.settings import Settings


def run() -> dict[str, float]:
    """Seconds by part, and the share of live tickets that ended as promised."""
    with tempfile.TemporaryDirectory() as folder:
        report = run_demo(Settings(data_dir=Path(folder) / "demo"), lambda _: None)
    kept = sum(ticket.outcome == ticket.promised for ticket in report.tickets)
    parts = {f"{name.replace(' ', '_')}_seconds": seconds for name, seconds in report.parts.items()}
    return {**parts, "total_seconds": report.seconds, "kept": kept, "tickets": len(report.tickets)}
