"""`tierwise playbooks`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cli.output import print_json, say, settings
from domain.playbooks import Uses


def run_playbooks(*, data_dir: Path | None, policy_dir: Path | None, tenant: str | None, as_json: bool) -> None:
    """Prints how the playbooks did over the newest escalations."""
    from adapters.policy_folder import load_policy
    from app.bootstrap import open_records, policy_folder
    from app.data_dir import DataDir
    from app.playbooks import playbook_uses

    chosen = settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    rules = load_policy(policy_folder(chosen, DataDir(chosen.data_dir)))
    with open_records(chosen) as (store, _, whose):
        report = playbook_uses(store, rules, whose)
    if as_json:
        print_json(report)
        return
    for line in _lines(report):
        say(line)


def _lines(report: Uses) -> Iterator[str]:
    for use in report.playbooks:
        done = "nothing has ended yet" if use.coverage is None else f"{use.coverage:.0%} of the steps done"
        yield f"{use.id}: {use.matched} escalations ({use.by_similarity} by similarity), {done}"
        if use.skipped:
            yield "  skipped: " + ", ".join(f"{step} {count}" for step, count in use.skipped.items())
        if use.always_skipped:
            yield f"  never done: {', '.join(use.always_skipped)}"
    for category, count in report.without.items():
        yield f"no playbook for {category}: {count} escalations"
