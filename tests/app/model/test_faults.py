"""Every fault of a language model on the whole journey: the ticket reaches its outcome in time, in the local words."""

from __future__ import annotations

import re
import time

import pytest

from adapters.llm.scripted import Fault, Rule, Script, ScriptedServer
from adapters.llm.scripted.spoiling import DEEDS, FOREIGN, NOWHERE
from domain.journey import JourneyState, Outcome, WaitingFor
from tests.app.desk import ASKED, LOUD, Desk
from tests.app.model.told import Plain, calls_of, handoff_of, outbound, same_words, shape_of

DEADLINE = 12.0
"""Seconds for a journey that asks four times at most and is given two for each."""

SEEN_BY_CLIENT = {
    Fault.DROPPED: "connection", Fault.STALL: "timeout", Fault.DRIP: "timeout", Fault.RATE_LIMITED: "rate_limited",
    Fault.QUOTA: "quota", Fault.SERVER_ERROR: "server_error", Fault.HTML: "server_error",
    Fault.UNAUTHORIZED: "unauthorized", Fault.NO_SUCH_MODEL: "no_such_model", Fault.CUT: "connection",
    Fault.MALFORMED_BODY: "malformed", Fault.MALFORMED_JSON: "malformed", Fault.WRONG_SCHEMA: "wrong_schema",
    Fault.EXTRA_FIELDS: "wrong_schema", Fault.REFUSAL: "refused", Fault.CONTENT_FILTER: "content_filter",
    Fault.TOO_LONG: "truncated", Fault.EMPTY: "empty", Fault.NO_CHOICES: "empty", Fault.HUGE: "too_large",
}  # fmt: skip
SEEN_BY_VERIFIER = {Fault.WRONG_LANGUAGE: FOREIGN, Fault.CLAIMS_DONE: DEEDS[0], Fault.INVENTED_IDS: NOWHERE}


@pytest.mark.parametrize("fault", SEEN_BY_CLIENT)
def test_at_a_fault_the_ticket_reaches_its_outcome_in_the_local_words(
    asking_desk: Desk, scripted: ScriptedServer, plain: Plain, fault: Fault
) -> None:
    scripted.plays(Script(rules=(Rule(fault=fault, seconds=0.1 if fault == Fault.DRIP else 30),)))
    began = time.monotonic()
    run = asking_desk.opens(LOUD).run_id
    assert time.monotonic() - began < DEADLINE
    assert asking_desk.journey(run).outcome == Outcome.HANDED_OVER
    handoff = handoff_of(asking_desk)
    assert handoff.source == "local" and same_words(handoff, plain.handoff)
    assert shape_of(asking_desk) == plain.shape
    calls = calls_of(asking_desk, run)
    assert {call.agent for call in calls} == {"triage", "summarizer"}
    assert {(call.outcome, call.why) for call in calls} == {("failed", SEEN_BY_CLIENT[fault])}


@pytest.mark.parametrize("fault", SEEN_BY_VERIFIER)
def test_what_no_event_bears_out_is_stopped_and_the_local_text_stands(
    asking_desk: Desk, scripted: ScriptedServer, plain: Plain, fault: Fault
) -> None:
    scripted.plays(Script(rules=(Rule(fault=fault),)))
    run = asking_desk.opens(LOUD).run_id
    assert asking_desk.journey(run).outcome == Outcome.HANDED_OVER
    assert shape_of(asking_desk) == plain.shape
    handoff = handoff_of(asking_desk)
    told = "\n".join((*outbound(asking_desk), handoff.model_dump_json()))
    assert not any(words in told for words in (FOREIGN, *DEEDS, NOWHERE))
    stopped = [call for call in calls_of(asking_desk, run) if call.stopped]
    assert stopped and all(call.verdict in ("partly", "stopped") for call in stopped)


def test_a_short_wait_that_the_server_asks_for_is_waited_for(asking_desk: Desk, scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.RATE_LIMITED, seconds=0.1, times=1),), otherwise="faithful"))
    run = asking_desk.opens(LOUD).run_id
    calls = calls_of(asking_desk, run)
    assert {call.outcome for call in calls} == {"answered"}
    assert sorted(call.attempts for call in calls) == [1, 1, 2]


def test_a_server_error_that_passes_is_tried_again(asking_desk: Desk, scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.SERVER_ERROR, times=1),), otherwise="faithful"))
    run = asking_desk.opens(LOUD).run_id
    assert handoff_of(asking_desk).source == "scripted"
    assert sum(call.attempts for call in calls_of(asking_desk, run)) == 4


@pytest.mark.parametrize("mode", ["faithful", "obeys"])
def test_a_question_goes_out_to_the_same_person_about_the_same_facts(
    asking_desk: Desk, scripted: ScriptedServer, mode: str
) -> None:
    scripted.plays(Script(rules=(Rule.model_validate({"mode": mode}),)))
    run = asking_desk.opens(ASKED).run_id
    journey = asking_desk.journey(run)
    assert (journey.state, journey.waiting_for) == (JourneyState.WAITING, WaitingFor.ANSWER)
    [question] = asking_desk.changes()
    asked_for = "Could you please tell us: Which error number" if mode == "faithful" else "Which error number"
    assert question.public and asked_for in (question.comment or "")
    assert not re.search(r"http|password", question.comment or "")


def test_a_model_that_obeys_the_ticket_changes_nothing_that_is_done(
    asking_desk: Desk, scripted: ScriptedServer, plain: Plain
) -> None:
    scripted.plays(Script(otherwise="obeys"))
    run = asking_desk.opens(LOUD).run_id
    assert asking_desk.journey(run).outcome == Outcome.HANDED_OVER
    assert shape_of(asking_desk) == plain.shape
    told = "\n".join((*outbound(asking_desk), handoff_of(asking_desk).model_dump_json()))
    assert "evil.example" not in told and "approved and carried out" not in told
    assert any(call.stopped for call in calls_of(asking_desk, run))
