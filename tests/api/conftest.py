"""One house for each module: its tests use tickets of their own and do not disturb one another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.house import House, open_house
from tests.conftest import NOW


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that stays open for the whole module."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def house(opened: House) -> House:
    """The module's house, with its clock back at NOW."""
    opened.clock.at = NOW
    return opened
