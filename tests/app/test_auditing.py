"""Every decision of a journey can be made again, whatever happened to the ticket since."""

from __future__ import annotations

import pytest

from adapters.storage import audit
from app.auditing import anchor_all, read_anchor, run_again, verify
from app.data_dir import DataDir
from domain.errors import Misconfigured
from domain.ticket import EventKind
from tests.app.desk import ASKED, LOUD, QUIET, Desk


def _kinds(desk: Desk) -> set[str]:
    return {one.kind for one in desk.services.store.read(lambda c: list(audit.entries(c, desk.tenant)))}


def _folder(desk: Desk) -> DataDir:
    return DataDir(desk.services.settings.data_dir)


@pytest.mark.parametrize("body", [QUIET, LOUD, ASKED])
def test_decisions_come_out_the_same_again(desk: Desk, body: str) -> None:
    desk.opens(body)
    desk.technician_writes("e2", "We look at it.")
    desk.time_passes(60 * 24 * 3)
    desk.ends(EventKind.RESOLVED)

    found = run_again(desk.services.store, desk.tenant)

    assert found.decisions >= 1
    assert (found.same, found.erased, found.different) == (found.decisions, 0, ())


def test_a_journey_leaves_what_it_decided_and_did(desk: Desk) -> None:
    desk.opens(LOUD)
    desk.rest()
    assert {"decision", "escalation", "route", "handoff", "effect", "receipt"} <= _kinds(desk)
    assert verify(desk.services.store, _folder(desk), desk.tenant).ok


def test_a_decision_on_an_erased_ticket_is_counted_and_not_guessed(desk: Desk) -> None:
    desk.opens(LOUD)
    store = desk.services.store
    store.write(lambda c: audit.erase(c, desk.tenant, ["T-1"], at=desk.clock.now(), why="asked for"))
    found = run_again(store, desk.tenant)
    assert (found.same, found.erased) == (0, found.decisions)
    verdict = verify(store, _folder(desk), desk.tenant)
    assert verdict.ok and verdict.erased > 0


def test_an_anchor_that_somebody_else_wrote_is_refused(desk: Desk) -> None:
    desk.opens(QUIET)
    folder = _folder(desk)
    [mine] = [one for one in anchor_all(desk.services.store, folder, desk.clock.now()) if one.tenant == desk.tenant]
    assert read_anchor(folder, desk.tenant) == mine
    forged = mine.model_copy(update={"records": 0})
    (folder.path / "audit" / f"{desk.tenant}.json").write_text(forged.model_dump_json())
    with pytest.raises(Misconfigured, match="not written by this installation"):
        verify(desk.services.store, folder, desk.tenant)
