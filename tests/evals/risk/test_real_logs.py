"""The canary on real logs: what comes after a moment changes no prediction made before it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from adapters.history_file import read_history
from domain.learned import Target
from domain.ticket import Ticket
from learning.stream import in_order
from tests.evals.risk.test_suite import poisoned, run


def first(path: Path, count: int) -> list[Ticket]:
    found = []
    for line in read_history(path):
        if line.ticket is not None and line.ticket.events:
            found.append(line.ticket)
        if len(found) == count:
            break
    return in_order(found)


@pytest.mark.slow
@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("log", "target"), [("uci-incidents", "sla_breach"), ("bpic2013-incidents", "escalation")]
)  # fmt: skip
def test_no_prediction_on_a_real_log_knows_what_comes_later(
    shared_data: Path, tmp_path: Path, log: str, target: Target
) -> None:
    tickets = first(shared_data / f"{log}.jsonl.gz", 1200)
    train, test = tickets[:900], tickets[900:]
    moment = test[150].events[0].at
    _, clean = run(tmp_path, train, test, target, "first-event", "clean")
    _, dirty = run(tmp_path, poisoned(train, moment), poisoned(test[:150], moment), target, "first-event", "dirty")

    def before(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row for row in rows if datetime.fromisoformat(row["at"]) <= moment]

    assert len(before(clean)) > 50
    assert before(dirty) == [row for row in before(clean) if row["ticket_id"] in {one.id for one in test[:150]}]
