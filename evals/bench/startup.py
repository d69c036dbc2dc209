"""What it costs to ask the command for help: processor seconds, children included."""

from __future__ import annotations

import resource
import subprocess
import sys
from statistics import median


def run(rounds: int = 5) -> dict[str, float]:
    """Median processor seconds (user and system) of `tierwise --help`, and of a bare interpreter for comparison."""
    return {
        "help_cpu_seconds": round(median(_cpu(["-m", "cli.main", "--help"]) for _ in range(rounds)), 3),
        "python_cpu_seconds": round(median(_cpu(["-c", "pass"]) for _ in range(rounds)), 3),
    }


def _cpu(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
