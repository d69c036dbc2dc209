"""One scripted server for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.llm.scripted import ScriptedServer


@pytest.fixture(scope="module")
def scripted() -> Iterator[ScriptedServer]:
    """A server whose script each test sets with `plays`."""
    with ScriptedServer() as server:
        yield server
