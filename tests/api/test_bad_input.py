"""Bad input over HTTP: a problem document that names the mend, never a 500, and never what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import house as made
from tests.api.house import House, Json, is_problem
from tests.conftest import NOW
from tests.tickets import comment

EVENTS = "/v1/tickets/test/events"
SECRET = "hunter2-jane-doe"
"""Stands in every bad body, and may be in no answer."""

JSON = {"Content-Type": "application/json"}


def _body(**changes: Json) -> Json:
    body = made.event_body(made.quiet("B-1"))
    body["ticket"]["description"] = SECRET
    return {**body, **changes}


def _event(**changes: Json) -> Json:
    body = _body()
    body["event"] = {**body["event"], **changes}
    return body


def _ticket(**changes: Json) -> Json:
    body = _body()
    body["ticket"] = {**body["ticket"], **changes}
    return body


def _raw(value: Json, **parts: str) -> str:
    """The value as JSON, with raw text put in for its placeholders."""
    text = json.dumps(value)
    for name, part in parts.items():
        text = text.replace(f'"{name}"', part)
    return text


def _deep(levels: int) -> str:
    return "[" * levels + "]" * levels


BAD_BODIES: dict[str, tuple[str, str, str]] = {
    # what is bad about it: (raw body, code, a word of the answer)
    "not JSON": (f"{SECRET}", "bad_input", "not JSON"),
    "nothing": ("", "not_valid", "body"),
    "cut off": (_raw(_body())[:-1], "bad_input", "not JSON"),
    "a list": ("[]", "not_valid", "body"),
    "null": ("null", "not_valid", "body"),
    "a single quote": ("{'ticket_id': 'B-1'}", "bad_input", "line 1"),
    "NaN": (_raw(_event(to="X"), X="NaN"), "bad_input", "NaN"),
    "minus infinity": (_raw(_event(to="X"), X="-Infinity"), "bad_input", "Infinity"),
    "a float that overflows": (_raw(_event(to="X"), X="1e999"), "bad_input", "too large"),
    "an integer of 5,000 digits": (_raw(_event(to="X"), X="9" * 5000), "bad_input", "not JSON"),
    "an integer of 30 digits": (_raw(_event(to="X"), X="9" * 30), "bad_input", "too large"),
    "lone surrogate in a value": (_raw(_event(body="X"), X=r'"a \ud800 b"'), "bad_input", "surrogate"),
    "lone surrogate in a key": (_raw(_event(X=1), X=r'"\udfff"'), "bad_input", "surrogate"),
    "NUL in the event's id": (_raw(_event(id="X"), X=r'"e\u00001"'), "bad_input", "NUL"),
    "NUL in the ticket's id": (_raw(_body(ticket_id="X"), X=r'"B-\u00001"'), "bad_input", "NUL"),
    "NUL in a text": (_raw(_ticket(description="X"), X=r'"a\u0000b"'), "bad_input", "NUL"),
    "NUL in a key": (_raw(_event(X=1), X=r'"bo\u0000dy"'), "bad_input", "NUL"),
    "100,000 levels": (_deep(100_000), "bad_input", "deep"),
    "65 levels": (_deep(66), "bad_input", "deep"),
    "an unknown key": (_raw(_body(**{SECRET.replace("-", " "): 1})), "not_valid", "?"),
    "a naive moment": (_raw(_event(at="2026-10-14T09:00:00")), "not_valid", "body.event.at"),
    "a moment as a number": (_raw(_event(at=1790000000)), "not_valid", "body.event.at"),
    "the year 9999 in the event": (_raw(_event(at="9999-12-31T23:59:59Z")), "bad_input", "event.at"),
    "the year 9999 far west": (_raw(_event(at="9999-12-31T23:59:59-14:00")), "bad_input", "event.at"),
    "the year 1 far east": (_raw(_event(at="0001-01-01T00:00:00+14:00")), "bad_input", "event.at"),
    "the year 9999 in the ticket": (_raw(_ticket(created_at="9999-12-31T23:59:59Z")), "bad_input", "ticket.created_at"),
    "the year 12026": (_raw(_event(at="12026-10-14T09:00:00Z")), "not_valid", "body.event.at"),
    "no event": (_raw({"ticket_id": "B-1"}), "not_valid", "body.event"),
    "an event of no kind": (_raw(_event(kind=SECRET)), "not_valid", "body.event.kind"),
    "a number for an id": (_raw(_body(ticket_id=17)), "not_valid", "body.ticket_id"),
    "an empty id": (_raw(_body(ticket_id="")), "not_valid", "body.ticket_id"),
    "an endless id": (_raw(_body(ticket_id="x" * 201)), "not_valid", "body.ticket_id"),
    "a word for a truth": (_raw(_ticket(requester={"vip": SECRET})), "not_valid", "body.ticket.requester.vip"),
    "a list for a text": (_raw(_ticket(subject=[SECRET])), "not_valid", "body.ticket.subject"),
    "another ticket": (_raw(_ticket(id="B-2")), "bad_event", "differ"),
    "an event older than its ticket": (_raw(_event(id="e0", at="2020-01-01T00:00:00Z")), "bad_event", "older"),
    "another event under a known id": (_raw(_event(body=SECRET)), "bad_event", "id"),
    "events of the ticket out of order": (
        _raw(_ticket(events=[
            {"id": "e1", "at": "2026-10-14T08:00:00Z", "kind": "created"},
            {"id": "e2", "at": "2026-10-14T07:00:00Z", "kind": "comment", "body": SECRET},
        ])), "bad_input", "ticket.events.1.at",
    ),
    "two events of the ticket under one id": (
        _raw(_ticket(events=[{"id": "e1", "at": "2026-10-14T08:00:00Z", "kind": "created"}] * 2)), "bad_input", "twice",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_bad_body_is_refused_without_being_echoed(house: House, what: str) -> None:
    raw, code, word = BAD_BODIES[what]
    answer = house.client.post(EVENTS, content=raw, headers=JSON)
    problem = is_problem(answer, 422, code)
    assert word in json.dumps(problem, ensure_ascii=False)
    assert SECRET not in answer.text and SECRET.replace("-", " ") not in answer.text
    is_problem(house.client.get("/v1/tickets/B-1"), 404, "not_found")


def test_a_body_that_is_not_utf8_is_refused(house: House) -> None:
    answer = house.client.post(EVENTS, content=b'{"ticket_id": "\xff"}', headers=JSON)
    assert "UTF-8" in is_problem(answer, 422, "bad_input")["detail"]


def test_a_backslash_before_u0000_is_text_and_no_nul(house: House) -> None:
    about = made.quiet("B-3")
    house.send(about, comment("e2", r"The log says \u0000 at the end."))
    assert house.get("/v1/tickets/B-3")["ticket"]["events"][1]["body"] == r"The log says \u0000 at the end."


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
def test_a_body_of_5_megabytes_is_refused(house: House, announced: bool) -> None:
    chunk = b"x" * 65_536

    def chunks() -> Iterator[bytes]:
        yield from [chunk] * 80

    content = chunk * 80 if announced else chunks()
    answer = house.client.post(EVENTS, content=content, headers=JSON)
    assert "bytes" in is_problem(answer, 413, "too_large")["detail"]


def test_a_body_just_below_the_limit_is_read(house: House) -> None:
    about = made.quiet("B-4")
    house.send(about, comment("e2", "x" * 900_000))
    assert len(house.get("/v1/tickets/B-4")["ticket"]["events"][1]["body"]) == 900_000


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "json", "application/jsonish"])
def test_a_body_that_is_not_declared_as_json_is_refused(house: House, kind: str) -> None:
    answer = house.client.post(EVENTS, content=json.dumps(_body()), headers={"Content-Type": kind})
    is_problem(answer, 415, "unsupported_media")


def test_an_event_of_a_ticket_that_nobody_has_sent_is_refused(house: House) -> None:
    body = made.event_body(made.quiet("B-5"))
    del body["ticket"]
    assert "along" in is_problem(house.client.post(EVENTS, json=body), 404, "not_found")["mend"]


def test_our_own_name_is_no_source(house: House) -> None:
    is_problem(house.client.post("/v1/tickets/tierwise/events", json=_body()), 422, "bad_input")


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "naïve"])
def test_a_key_that_is_no_word_is_refused(house: House, key: str) -> None:
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = house.client.post(EVENTS, json=_body(), headers=headers)
    assert "Idempotency-Key" in json.dumps(is_problem(answer, 422, "not_valid"))


@pytest.mark.parametrize(
    "path",
    [
        "escalations?state=nonsense", "escalations?limit=0", "escalations?limit=201", "escalations?limit=many",
        "escalations?limit=1e2", "escalations?after=nonsense", "escalations?after=%F0",
        "escalations?after=OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTo=",
        "escalations?stat=accepted", "escalations?ticket=%00", "escalations?ticket=", "approvals?state=open",
        "knowledge/drafts?state=1", "knowledge/articles?limit=-1", "search/similar", "search/similar?q=",
        "search/similar?q=a%00b", "search/articles?q=a&limit=51", "search/articles?q=a&kind=ticket", "tickets/a%00b",
        "runs/%00", f"tickets/{'x' * 201}", "tickets/T-1?verbose=1", "escalations?limit=1&limit=2",
        "escalations?state=accepted&state=no",
    ],
)  # fmt: skip
def test_bad_addresses_are_refused(house: House, path: str) -> None:
    is_problem(house.client.get(f"/v1/{path}"), 422)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "2026-10-14T09:00:00", "2000-01-01T00:00:00Z", "yesterday", 0])
def test_an_opinion_cannot_be_had_of_an_impossible_moment(house: House, at: Json) -> None:
    is_problem(house.client.post("/v1/assess", json={"ticket": _body()["ticket"], "at": at}), 422)


def test_paths_and_methods_that_do_not_exist_are_problems_too(house: House) -> None:
    is_problem(house.client.get("/v1/nothing"), 404, "no_such_path")
    is_problem(house.client.get("/"), 404, "no_such_path")
    answer = house.client.delete("/v1/escalations")
    is_problem(answer, 405, "no_such_call")
    assert "GET" in answer.headers["Allow"]


def test_a_vote_with_a_hash_that_is_none_is_refused(house: House) -> None:
    vote = {"approve": True, "content_hash": "x", "by": "dana-whitlock"}
    is_problem(house.client.post("/v1/approvals/a/decision", json=vote), 422, "not_valid")
    is_problem(house.client.post("/v1/approvals/a/decision", json={**vote, "content_hash": "0" * 64}), 404)


def test_a_stranger_s_ticket_can_hold_anything_that_unicode_can(house: House) -> None:
    odd = "\U0001f525 \u202egnp.exe ‮ \x1b[31m \x7f ﷽ é <script>alert(1)</script> {{7*7}} %s \\"
    about = made.quiet("B-6")
    house.send(about, comment("e2", odd, at=NOW - timedelta(minutes=1)))
    assert house.get("/v1/tickets/B-6")["ticket"]["events"][1]["body"] == odd


pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

PLACES = ["ticket_id", "event", "ticket", "at", "id", "actor", "events", "to"]

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    where=st.lists(st.sampled_from(["ticket_id", "event", "ticket", "at", "id", "actor", "events", "to"]), max_size=3),
    value=_json,
)
def test_a_mutated_body_never_breaks_the_server(house: House, where: list[str], value: Json) -> None:
    body: Any = made.event_body(made.quiet("B-7"))
    place = body
    for part in where[:-1]:
        if isinstance(place, dict) and isinstance(place.get(part), dict):
            place = place[part]
    if where:
        place[where[-1]] = value
    else:
        body = value
    answer = house.client.post(EVENTS, content=json.dumps(body).encode(), headers=JSON)
    if answer.status_code != 202:
        is_problem(answer, answer.status_code)
        assert answer.status_code < 500
