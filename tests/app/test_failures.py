"""When a part fails: tried again if that can help, otherwise a person hears of it; never silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from adapters.storage import records
from app.doctor import examine
from domain.effects import EffectState, Message
from domain.errors import CouldNotLook, Unavailable
from domain.evidence import Found
from domain.journey import JourneyState, Outcome
from domain.ports import SearchQuery
from tests.app.desk import ASKED, LOUD, Desk, arrived
from tests.tickets import comment, ticket


class Load:
    """Stands in for the history's answer to who carries how much: raises the given errors first, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.asked = 0

    async def __call__(self, tenant: str, at: datetime) -> dict[str, int]:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return {}


def test_an_agent_that_fails_ends_the_journey_with_a_note_for_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.services.history, "open_load", Load(ZeroDivisionError("a secret of the database")))
    first = desk.opens(LOUD)
    failed = desk.journey(first)
    assert (failed.state, failed.error, failed.outcome) == (JourneyState.FAILED, "ZeroDivisionError", None)
    assert desk.result(first) == ("failed", "failed: ZeroDivisionError")
    [note] = desk.changes()
    assert "A person has to look" in (note.comment or "") and not note.public
    assert "secret" not in (note.comment or "")
    assert {effect.state for effect in desk.effects()} == {EffectState.DONE}


def test_the_doctor_names_what_failed_for_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.services.history, "open_load", Load(ZeroDivisionError()))
    desk.opens(LOUD)
    [records_check] = [check for check in examine(desk.services.settings) if check.name == "records"]
    assert "deliveries that failed for good: " in records_check.detail
    assert "failed: ZeroDivisionError" in records_check.detail
    assert "changes that failed" not in records_check.detail


def test_an_agent_that_fails_after_the_wait_does_not_leave_the_journey_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.opens(ASKED)
    monkeypatch.setattr(desk.services.history, "open_load", Load(ZeroDivisionError()))
    desk.hears(comment("e2", "It says error 619"))
    assert desk.journey(first).state == JourneyState.FAILED
    assert any("A person has to look" in (change.comment or "") for change in desk.changes())


def test_after_a_failure_the_ticket_is_looked_at_again_when_something_happens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.services.history, "open_load", Load(ZeroDivisionError()))
    desk.opens(LOUD)
    again = desk.hears(comment("e2", "Hello?"))
    assert desk.journey(again).state == JourneyState.DONE


def test_a_part_that_does_not_answer_is_asked_again_and_nothing_happens_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Load(Unavailable("the records database does not answer"))
    monkeypatch.setattr(desk.services.history, "open_load", load)
    first = desk.opens(LOUD)
    assert load.asked == 2
    assert desk.journey(first).outcome == Outcome.HANDED_OVER
    assert len(desk.escalations()) == 1
    assert len([change for change in desk.changes() if change.team]) == 1
    assert len(desk.mails()) == 2


def test_an_index_out_of_reach_does_not_stop_a_ticket_and_the_handover_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def search(tenant: str, query: SearchQuery) -> Found:
        return Found(status="could_not_look", looked_in=f"{query.kind}s", detail="the index folder is gone")

    async def similarity(text: str, others: Sequence[str]) -> list[float]:
        raise CouldNotLook("the model does not answer")

    monkeypatch.setattr(desk.services.search, "search", search)
    monkeypatch.setattr(desk.services.search, "similarity", similarity)
    first = desk.opens(LOUD)
    assert desk.journey(first).outcome == Outcome.HANDED_OVER
    evidence = desk.services.store.read(lambda c: records.evidence.get(c, desk.tenant, first.run_id))
    assert "could_not_look" in evidence.model_dump_json()
    [handed] = [change for change in desk.changes() if change.team]
    assert "could not" in (handed.comment or "").lower()


def test_an_event_of_an_unknown_ticket_fails_and_says_what_to_do(desk: Desk) -> None:
    lost = desk.take(arrived(desk.tenant, comment("e1", "Hello?"), ticket_id="T-404"))
    state, result = desk.result(lost)
    assert (state, "there is no ticket T-404; check the id" in (result or "")) == ("failed", True)


def test_an_event_that_cannot_belong_to_its_ticket_goes_to_a_person_and_spares_the_journey(
    desk: Desk,
) -> None:
    first = desk.opens(ASKED)
    reused = desk.hears(comment("e1", "Another text under the same id"), name="reused")
    assert desk.result(reused)[0] == "failed"
    assert any("give each event its own id" in (change.comment or "") for change in desk.changes())
    assert desk.journey(first).state == JourneyState.WAITING


def test_an_address_that_no_mail_can_have_is_shown_as_failed(desk: Desk) -> None:
    new = ticket(subject="Help", body=LOUD, requester="r\nBcc: someone")
    desk.take(arrived(desk.tenant, new.events[0], sent_with=new))
    to_them = [one for one in desk.effects() if isinstance(one.body, Message) and "Bcc" in one.body.to]
    assert [one.state for one in to_them] == [EffectState.FAILED]
    [failed] = [effect for effect in desk.effects() if effect.state == EffectState.FAILED]
    assert "cannot be an address" in (failed.error or "")
