"""One question to a server that follows a script: an answer, or one code for whatever went wrong."""

from __future__ import annotations

import asyncio
import json
import socket
import time

import pytest

from adapters.llm.client import Endpoint, OpenAiChat, Reply, parsed
from adapters.llm.failures import CODES, ModelFailure
from adapters.llm.scripted import Fault, Rule, Script, ScriptedServer
from prompts.answers import HandoffText
from tests.adapters.llm.made import EMPTY, USER

FAITHFUL = Script(otherwise="faithful")
ARRIVES_WELL = {
    Fault.MALFORMED_JSON, Fault.WRONG_SCHEMA, Fault.EXTRA_FIELDS, Fault.WRONG_LANGUAGE, Fault.CLAIMS_DONE,
    Fault.INVENTED_IDS, Fault.NO_FORMAT,
}  # fmt: skip
"""What only its reader can see."""
FAULTS = {
    Fault.DROPPED: ("connection", True), Fault.STALL: ("timeout", True), Fault.DRIP: ("timeout", True),
    Fault.RATE_LIMITED: ("rate_limited", True), Fault.QUOTA: ("quota", False),
    Fault.SERVER_ERROR: ("server_error", True), Fault.HTML: ("server_error", True),
    Fault.UNAUTHORIZED: ("unauthorized", False), Fault.NO_SUCH_MODEL: ("no_such_model", False),
    Fault.CUT: ("connection", True), Fault.MALFORMED_BODY: ("malformed", False), Fault.REFUSAL: ("refused", False),
    Fault.CONTENT_FILTER: ("content_filter", False), Fault.TOO_LONG: ("truncated", False),
    Fault.EMPTY: ("empty", False), Fault.NO_CHOICES: ("empty", False), Fault.HUGE: ("too_large", False),
}  # fmt: skip


def _asks(url: str, seconds: float = 5.0, chat: OpenAiChat | None = None) -> Reply:
    chat = chat or OpenAiChat(Endpoint("m", url, seconds=seconds))
    return asyncio.run(chat.ask("Write.", USER, HandoffText, 300))


def test_the_answer_satisfies_the_schema_and_is_counted(scripted: ScriptedServer) -> None:
    scripted.plays(FAITHFUL)
    reply = _asks(scripted.url)
    answer = parsed(reply.text, HandoffText)
    assert [(one.text, one.sources) for one in answer.problem] == [
        ("The requester writes: the VPN drops since Monday.", ("e1",))
    ]
    assert reply.tokens_in and reply.tokens_out
    [asked] = scripted.seen
    assert asked["response_format"]["json_schema"]["strict"] is True
    assert asked["response_format"]["json_schema"]["name"] == "HandoffText"
    assert "tools" not in asked and "functions" not in asked and not asked.get("stream")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_code(scripted: ScriptedServer, fault: Fault) -> None:
    scripted.plays(Script(rules=(Rule(fault=fault, seconds=0.05 if fault == Fault.DRIP else 3),)))
    with pytest.raises(ModelFailure) as failed:
        _asks(scripted.url, seconds=0.6 if fault in (Fault.STALL, Fault.DRIP) else 5.0)
    assert (failed.value.why, failed.value.retry) == FAULTS[fault]
    assert failed.value.why in CODES
    assert len(scripted.seen) == 1, "trying again is not the client's business"


def test_every_fault_is_either_seen_by_the_client_or_by_the_reader() -> None:
    assert set(FAULTS) | ARRIVES_WELL == set(Fault)
    assert {code for code, _ in FAULTS.values()} <= set(CODES)


def test_nobody_at_the_address_is_a_connection_failure() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(ModelFailure) as failed:
        _asks(f"http://127.0.0.1:{port}/v1")
    assert failed.value.why == "connection"


def test_a_slow_drip_ends_with_the_time_for_a_call(scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.DRIP, seconds=0.05),)))
    chat = OpenAiChat(Endpoint("m", scripted.url, seconds=0.5))
    chat.warm()
    began = time.monotonic()
    with pytest.raises(ModelFailure, match="timeout"):
        _asks(scripted.url, chat=chat)
    assert time.monotonic() - began < 2.5


def test_what_the_other_side_asks_to_wait_is_handed_on(scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.RATE_LIMITED, seconds=120),)))
    with pytest.raises(ModelFailure) as failed:
        _asks(scripted.url)
    assert failed.value.after == 120


def test_a_server_without_structured_output_is_told_the_schema_in_the_prompt(scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.NO_FORMAT),)))
    # Without a format the fault gives a faithful answer, for the schema that the prompt names.
    chat = OpenAiChat(Endpoint("m", scripted.url))
    assert parsed(_asks(scripted.url, chat=chat).text, HandoffText).problem
    assert chat.dialect == "prompted"
    assert len(scripted.seen) == 3
    assert parsed(_asks(scripted.url, chat=chat).text, HandoffText).problem
    assert len(scripted.seen) == 4, "it is found out once"


def test_a_dialect_that_is_set_is_not_found_out(scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(fault=Fault.NO_FORMAT),)))
    with pytest.raises(ModelFailure, match="bad_request"):
        _asks(scripted.url, chat=OpenAiChat(Endpoint("m", scripted.url, dialect="json_object")))


def test_json_in_a_code_block_is_taken_from_servers_that_are_told_in_words(scripted: ScriptedServer) -> None:
    scripted.plays(Script(rules=(Rule(text=f"```json\n{json.dumps(EMPTY)}\n```"),)))
    told = OpenAiChat(Endpoint("m", scripted.url, dialect="prompted"))
    assert parsed(_asks(scripted.url, chat=told).text, HandoffText).problem == ()
    strict = OpenAiChat(Endpoint("m", scripted.url, dialect="json_schema"))
    with pytest.raises(ModelFailure, match="malformed"):
        parsed(_asks(scripted.url, chat=strict).text, HandoffText)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Sure! {", "malformed"),
        ("[]", "wrong_schema"),
        ('{"problem": []}', "wrong_schema"),
        (json.dumps({**EMPTY, "tool": "close"}), "wrong_schema"),
        (json.dumps({**EMPTY, "problem": [{"text": 5, "sources": []}]}), "wrong_schema"),
        ("[" * 100_000, "malformed"),
    ],
)
def test_what_is_no_answer_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(ModelFailure) as failed:
        parsed(text, HandoffText)
    assert failed.value.why == why


def test_a_failure_never_holds_what_the_model_wrote() -> None:
    with pytest.raises(ModelFailure) as failed:
        parsed(json.dumps({**EMPTY, "problem": [{"text": {"card": "4111 1111"}, "sources": []}]}), HandoffText)
    assert "4111" not in str(failed.value)
