"""Outbreak detection on the simulated desk: detected share, time to detect, false alarms, Mondays."""

from __future__ import annotations

from evals.outbreaks.suite import run_simulation


def run() -> dict[str, float]:
    """A year without outbreaks for the alarms, and the same year with planted ones, each detector at equal alarms."""
    report = run_simulation(None, seed=1, runs=1)
    found: dict[str, float] = {
        "tickets": report.tickets, "weeks": report.weeks, "budget_per_week": report.budget_per_week,
        "false_alarms_per_week": report.alarms_per_week,
        "false_alarms_on_mondays": report.alarms_by_weekday.get("Mon", 0),
        "tickets_on_mondays_share": report.tickets_by_weekday["Mon"],
    }  # fmt: skip
    for one in report.scores:
        name = one.name.replace(" ", "_")
        found[f"{name}_detected"] = round(one.detected.mean, 3)
        found[f"{name}_median_minutes"] = one.median_minutes or 0.0
        found[f"{name}_p90_minutes"] = one.p90_minutes or 0.0
        found[f"{name}_other_alarms_per_week"] = round(one.other_alarms_per_week.mean, 3)
    return found
