"""`tierwise train`: learns from what was imported, or from files."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from cli.output import note, print_json, progress, read_moment, say, settings


def run_train(
    history: list[Path], *, until: str | None, seed: int, promote: bool, data_dir: Path | None,
    policy_dir: Path | None, tenant: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Trains, and prints the card. Exits with 1 when nothing could be learned.

    Raises `BadInput`, `BadPolicy`, `DiskFull`, `Misconfigured`.
    """
    chosen = settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    end = read_moment("--until", until) if until else None
    from adapters.history_order import in_order_of_time
    from adapters.policy_folder import load_policy
    from adapters.storage import cases
    from app.bootstrap import open_records, policy_folder
    from app.card_text import card_lines, verdict_lines
    from app.data_dir import DataDir
    from app.history_source import files, stored
    from app.training import PASSES, Schooling, train
    from learning.store import ModelStore

    policy = load_policy(policy_folder(chosen, DataDir(chosen.data_dir)))
    with open_records(chosen) as (store, clock, whose), ExitStack() as stack:
        now = clock.now()
        moment: datetime = end or now
        if history:
            told = stack.enter_context(in_order_of_time(history))
            for bad in told.bad:
                note(f"{bad.file}:{bad.line}: {bad.error}")
            source = files(told, moment)
        else:
            source = stored(store, whose, moment)
        school = Schooling(policy, ModelStore(DataDir(chosen.data_dir).models), whose, seed, promote)
        locked = [one for one in store.read(lambda c: cases.all_of(c, whose)) if one.noted_at <= moment]
        with progress("learning", PASSES * source.events) as advance:
            found = train(source, school, locked, now, advance)
    if as_json:
        print_json(found.card)
    else:
        for line in (*card_lines(found.card), *verdict_lines(found)):
            say(line)
    if found.card.model is None:
        note(f"nothing was learned: {found.why}; the points table answers")
        sys.exit(1)
