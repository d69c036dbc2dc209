"""Who is replayed against whom, and where the history comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.policy_folder import load_policy
from adapters.storage import stream
from app.bootstrap import open_records, policy_folder
from app.data_dir import DataDir
from app.replay.replaying import Contender
from app.settings import Settings
from domain.errors import BadInput
from domain.ticket import Ticket


def contenders(chosen: Settings, against: Path | None) -> tuple[Contender, ...]:
    """The policy in force (or the one the settings name) and, when it is given, the one against it.

    Raises `BadPolicy`.
    """
    first = Contender("policy", load_policy(policy_folder(chosen, DataDir(chosen.data_dir))))
    return (first,) if against is None else (first, Contender("against", load_policy(against)))


@contextmanager
def stored_history(chosen: Settings) -> Iterator[tuple[Iterable[Ticket], int]]:
    """What was imported or came in, in the order of time, and how many events that are. Raises `BadInput`."""
    with open_records(chosen) as (store, _, tenant):
        events = stream.count(store.engine, tenant)
        if not events:
            raise BadInput(
                f"{chosen.data_dir} holds no history of tenant {tenant}",
                mend="name files with --history, or `tierwise import` some",
            )
        yield stream.in_order(store.engine, tenant), events
