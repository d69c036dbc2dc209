"""How much work a read is for SQLite: machine steps, which count rows visited however fast the machine is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from adapters.storage.store import Store

R = TypeVar("R")


def steps(store: Store, query: Callable[[Connection], R]) -> tuple[R, int]:
    """(The answer of a read, the steps that SQLite's virtual machine took for it.)"""
    counted = 0

    def step() -> int:
        nonlocal counted
        counted += 1
        return 0

    def measured(connection: Connection) -> R:
        driver = connection.connection.driver_connection
        if driver is None:
            return query(connection)
        driver.set_progress_handler(step, 1)
        try:
            return query(connection)
        finally:
            driver.set_progress_handler(None, 1)

    return store.read(measured), counted
