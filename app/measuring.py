"""What runs, measured: searches by their time, journeys by their outcome and what they asked of a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from adapters.storage import model_calls
from adapters.storage.store import Store
from adapters.telemetry.meters import Meters
from domain.evidence import Found
from domain.journey import Journey
from domain.ports import EvidenceSearch, SearchQuery


class MeasuredSearch:
    """A search whose time is taken."""

    def __init__(self, search: EvidenceSearch, meters: Meters) -> None:
        self._search = search
        self._meters = meters

    async def search(self, tenant: str, query: SearchQuery) -> Found:
        """The nearest documents, best first."""
        began = time.monotonic()
        found = await self._search.search(tenant, query)
        self._meters.searched(query.kind.value, time.monotonic() - began)
        return found

    async def similarity(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity of `text` to each of `others`. Raises `CouldNotLook`."""
        return await self._search.similarity(text, others)


def count_run(store: Store, meters: Meters) -> Callable[[str, Journey], None]:
    """Counts a journey that has ended."""

    def count(tenant: str, journey: Journey) -> None:
        calls = store.read(lambda c: model_calls.of_run(c, tenant, journey.id))
        meters.run_ended(str(journey.outcome), calls)

    return count
