"""Tickets, runs and escalations over HTTP."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from adapters.storage.schema import metadata
from domain.history import dump_ticket
from tests.api import house as made
from tests.api.house import House, is_problem
from tests.conftest import NOW
from tests.tickets import comment, ticket


def _rows(house: House) -> dict[str, int]:
    return house.services.store.read(
        lambda c: {
            name: c.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    )


def test_an_event_is_answered_at_once_with_the_run_that_will_see_to_it(house: House) -> None:
    answer = house.client.post("/v1/tickets/desk/events", json=made.event_body(made.quiet("J-1")))
    assert answer.status_code == 202
    assert answer.json()["new"] is True
    house.rest()
    run = house.get(f"/v1/runs/{answer.json()['run_id']}")
    assert (run["state"], run["journey"]["state"], run["journey"]["outcome"]) == ("done", "done", "watching")


def test_a_ticket_shows_the_newest_opinion_and_what_was_done_about_it(house: House) -> None:
    made.handed_over(house, "J-2")
    seen = house.get("/v1/tickets/J-2")
    assert seen["ticket"]["id"] == "J-2"
    assert seen["assessment"]["risk"] == sum(reason["points"] for reason in seen["assessment"]["reasons"]) >= 60
    assert seen["decision"]["action"] == "escalate"
    assert [one["state"] for one in seen["escalations"]] == ["handed_over"]
    assert {one["body"]["type"] for one in seen["effects"]} == {"write_back", "message"}
    assert {one["state"] for one in seen["effects"]} == {"done"}


def test_an_escalation_is_read_with_everything_that_belongs_to_it(house: House) -> None:
    escalation = made.handed_over(house, "J-3")
    whole = house.get(f"/v1/escalations/{escalation['id']}")
    assert whole["escalation"] == escalation
    assert whole["assessment"]["reasons"] and whole["context"] is not None and whole["evidence"] is not None
    assert whole["route"]["technician"] == escalation["technician"]
    assert whole["handoff"]["ticket_id"] == "J-3"
    assert whole["handoff"]["problem"][0]["sources"]


def test_an_escalation_says_what_caused_it_and_what_it_changed_from_what_to_what_and_why(house: House) -> None:
    escalation = made.handed_over(house, "J-31")
    whole = house.get(f"/v1/escalations/{escalation['id']}")
    changes = {one["field"]: one for one in whole["escalation"]["properties"]}
    assert {"priority", "status", "tier", "team", "technician"} <= set(changes)
    assert all(one["why"] for one in changes.values())
    assert changes["technician"]["to"] == escalation["technician"]
    assert any(cause.startswith("risk:") for cause in whole["decision"]["causes"])
    assert whole["levels"] == [] and whole["decision"]["rule_failures"] == []


def test_a_question_is_answered_and_the_escalation_goes_on(house: House) -> None:
    run = made.asked(house, "J-4")
    assert run["journey"]["waiting_for"] == "answer"
    escalation = run["journey"]["escalation_id"]
    question = house.get(f"/v1/escalations/{escalation}")["context"]["question"]
    assert question["text"]
    taken = house.post(f"/v1/escalations/{escalation}/answer", {"text": "It shows error 809."}, 202)
    house.rest()
    assert house.get(f"/v1/runs/{taken['run_id']}")["state"] == "done"
    whole = house.get(f"/v1/escalations/{escalation}")
    assert whole["escalation"]["state"] == "handed_over"
    assert [fact["value"] for fact in whole["context"]["facts"] if fact["field"] == "error_code"] == ["809"]
    said = house.get("/v1/tickets/J-4")["ticket"]["events"]
    assert any(event.get("body") == "It shows error 809." and event["actor"]["id"] == "r-J-4" for event in said)


def test_an_escalation_that_asks_nothing_takes_no_answer(house: House) -> None:
    escalation = made.handed_over(house, "J-5")
    answer = house.client.post(f"/v1/escalations/{escalation['id']}/answer", json={"text": "here"})
    is_problem(answer, 409, "conflict")


def test_the_receiving_technician_accepts(house: House) -> None:
    id = made.handed_over(house, "J-6")["id"]
    assert house.post(f"/v1/escalations/{id}/accept", {"by": "robin-hale"})["state"] == "accepted"
    again = house.client.post(f"/v1/escalations/{id}/accept", json={"by": "robin-hale"})
    assert "accepted" in is_problem(again, 409, "illegal_move")["detail"]


def test_a_bounce_starts_a_journey_to_somebody_else(house: House) -> None:
    escalation = made.handed_over(house, "J-7", category="account")
    path = f"/v1/escalations/{escalation['id']}"
    house.clock.at = made.later(30)
    bounced = house.post(f"{path}/bounce", {"by": escalation["technician"], "reason": "wrong team"})
    assert bounced["state"] == "bounced"
    assert bounced["moves"][-1]["why"] == "wrong team"
    house.rest()
    whole = house.get(path)
    assert whole["escalation"]["state"] == "handed_over"
    assert whole["escalation"]["technician"] != escalation["technician"]
    assert whole["route"]["technician"] == whole["escalation"]["technician"], "the route of the newest run is shown"


def test_a_bounce_needs_a_reason(house: House) -> None:
    escalation = made.handed_over(house, "J-8")
    for body in ({"by": "robin-hale"}, {"by": "robin-hale", "reason": " "}):
        answer = house.client.post(f"/v1/escalations/{escalation['id']}/bounce", json=body)
        assert is_problem(answer, 422, "not_valid")["errors"][0]["field"] == "body.reason"


def test_taking_an_escalation_down_ends_its_question(house: House) -> None:
    run = made.asked(house, "J-9")
    id = run["journey"]["escalation_id"]
    down = house.post(f"/v1/escalations/{id}/de-escalate", {"by": "sam-field", "reason": "solved by phone"})
    house.rest()
    assert down["state"] == "de_escalated"
    journey = house.get(f"/v1/runs/{run['run_id']}")["journey"]
    assert (journey["state"], journey["outcome"]) == ("done", "cancelled")
    is_problem(house.client.post(f"/v1/escalations/{id}/answer", json={"text": "809"}), 409)


def test_escalations_are_paged_through_without_loss_even_when_they_share_a_moment(house: House) -> None:
    for number in range(3):
        made.handed_over(house, f"J-10{number}")
    everything = [one["id"] for one in house.get("/v1/escalations?limit=200")["items"]]
    seen: list[str] = []
    path = "/v1/escalations?limit=2"
    while path:
        page = house.get(path)
        seen += [one["id"] for one in page["items"]]
        path = f"/v1/escalations?limit=2&after={page['next']}" if page["next"] else ""
    assert seen == everything


def test_escalations_are_listed_by_state(house: House) -> None:
    id = made.handed_over(house, "J-11")["id"]
    house.post(f"/v1/escalations/{id}/accept", {"by": "robin-hale"})
    accepted = house.get("/v1/escalations?state=accepted&state=resolved&ticket=J-11")["items"]
    assert [one["id"] for one in accepted] == [id]
    assert house.get("/v1/escalations?state=proposed&ticket=J-11")["items"] == []


def test_the_sla_ledger_explains_every_minute_of_both_clocks(house: House) -> None:
    opened = NOW - timedelta(hours=2)
    house.send(ticket("J-12", opened=opened))
    seen = house.get("/v1/tickets/J-12/sla")
    assert {clock["clock"] for clock in seen["clocks"]} == {"first_response", "resolution"}
    for rows in seen["ledger"].values():
        assert sum(row["minutes"] for row in rows) == 120
        assert all(row["why"] for row in rows)


def test_an_opinion_stores_nothing_and_gives_reasons_that_sum_to_the_risk(house: House) -> None:
    before = _rows(house)
    body = json.loads(dump_ticket(ticket("J-13", subject="VPN", body=f"VPN fails. {made.DOOMED}", category="vpn")))
    opinion = house.post("/v1/assess", {"ticket": body})
    house.rest()
    assert _rows(house) == before
    assert opinion["assessment"]["risk"] == sum(one["points"] for one in opinion["assessment"]["reasons"]) >= 60
    assert opinion["decision"]["action"] == "escalate"
    assert opinion["route"]["why"] and opinion["handoff"]["problem"] and opinion["context"]["question"]
    is_problem(house.client.get("/v1/tickets/J-13"), 404)


def test_an_opinion_on_a_quiet_ticket_is_to_watch(house: House) -> None:
    opinion = house.post("/v1/assess", {"ticket": json.loads(dump_ticket(made.quiet("J-14")))})
    assert opinion["decision"]["action"] == "watch"
    assert opinion["handoff"] is None


def test_an_opinion_as_of_a_moment_does_not_know_what_came_later(house: House) -> None:
    angry = comment("e2", made.DOOMED, at=NOW - timedelta(minutes=5))
    about = made.quiet("J-15")
    body = json.loads(dump_ticket(about.model_copy(update={"events": (*about.events, angry)})))
    then = house.post("/v1/assess", {"ticket": body, "at": (NOW - timedelta(minutes=10)).isoformat()})
    now = house.post("/v1/assess", {"ticket": body})
    assert (then["decision"]["action"], now["decision"]["action"]) == ("watch", "escalate")


def test_events_out_of_order_are_put_where_their_moments_belong(house: House) -> None:
    about = made.quiet("J-16")
    house.send(about)
    house.send(about, comment("late", "second", at=NOW - timedelta(minutes=10)))
    house.send(about, comment("early", "first", at=NOW - timedelta(minutes=20)))
    events = house.get("/v1/tickets/J-16")["ticket"]["events"]
    assert [event["id"] for event in events if event["actor"]["role"] != "bot"] == ["e1", "early", "late"]


def test_the_same_event_again_changes_nothing(house: House) -> None:
    first = house.post("/v1/tickets/desk/events", made.event_body(made.quiet("J-17")), 202)
    house.rest()
    before = _rows(house)
    again = house.post("/v1/tickets/desk/events", made.event_body(made.quiet("J-17")), 202)
    house.rest()
    assert (again["run_id"], again["new"]) == (first["run_id"], False)
    assert _rows(house) == before


def test_a_delivery_id_stands_for_one_event_only(house: House) -> None:
    about, key = made.quiet("J-18"), {"Idempotency-Key": "delivery-18"}
    house.send(about, headers=key)
    other = made.event_body(about, comment("e2", "more"))
    is_problem(house.client.post("/v1/tickets/test/events", json=other, headers=key), 409, "delivery_reused")


def test_an_event_id_stands_for_one_event_only(house: House) -> None:
    about = made.quiet("J-19")
    house.send(about)
    other = made.event_body(about, comment("e1", "something else"))
    answer = house.client.post("/v1/tickets/test/events", json=other, headers={"Idempotency-Key": "delivery-19"})
    is_problem(answer, 422, "bad_event")


def test_a_stream_tells_of_a_run_until_it_rests(house: House) -> None:
    taken = house.post("/v1/tickets/test/events", made.event_body(made.quiet("J-20")), 202)
    with house.client.stream("GET", f"/v1/runs/{taken['run_id']}/stream") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = "".join(answer.iter_text()).strip().split("\n\n")
    events = [tuple(line.split(": ", 1)[1] for line in block.splitlines()) for block in blocks]
    assert [name for name, _ in events][-1] == "rest"
    assert json.loads(events[-1][1])["journey"]["outcome"] == "watching"


@pytest.mark.parametrize("path", ["runs/run_x", "runs/run_x/stream", "tickets/T-x", "tickets/T-x/sla", "escalations/e"])
def test_what_does_not_exist_is_not_found(house: House, path: str) -> None:
    is_problem(house.client.get(f"/v1/{path}"), 404, "not_found")


def test_the_process_says_that_it_lives_and_is_ready(house: House) -> None:
    assert house.get("/healthz") == {"status": "ok", "checks": {}}
    assert house.get("/readyz") == {"status": "ok", "checks": {"records": "ok", "index": "ok", "engine": "ok"}}
