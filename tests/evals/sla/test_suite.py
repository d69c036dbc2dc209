"""The SLA conformance suite, and the oracle that walks minute by minute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.errors import BadInput
from evals.sla.agreement import compare, numbered_case
from evals.sla.cases import policy_from, read_cases, ticket_from
from evals.sla.oracle import Oracle
from evals.sla.suite import OWN, oracle_report, render, render_oracle, run_sla, write_questions

CASE = """\
calendars: [{id: c, zone: UTC, hours: {mon: ["08:00-16:00"]}}]
slas: {targets: [{priority: n, first_response: 60, resolution: 480, calendar: c}], default_priority: n}
cases:
  - id: one
    title: an hour
    why: from 08:00 to 09:00
    ticket: {created_at: "2026-06-15T08:00:00Z"}
    ask: [{at: "2026-06-15T09:00:00Z", clock: resolution, used: 60, due: "2026-06-15T16:00:00Z"}]
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_question_of_the_suite_is_answered_right(tmp_path: Path) -> None:
    report = run_sla(None, tmp_path / "rows.jsonl")

    assert report.wrong == ()
    assert report.right == report.questions == len((tmp_path / "rows.jsonl").read_text().splitlines())


def test_the_suite_has_a_case_for_each_reported_issue_and_sixty_more() -> None:
    cases = read_cases(OWN)

    assert {case.source for case in cases if case.source} >= {
        "glpi #15429", "glpi #22678", "erpnext #38745", "zammad #4432", "zammad #2157", "zammad #3180", "zammad #5177",
        "zammad #3140", "zammad #4348", "frappe/helpdesk #1554", "frappe/helpdesk #2449", "frappe/helpdesk #2212",
        "frappe/helpdesk #2405", "grafana/oncall #2817",
    }  # fmt: skip
    assert sum(case.source is None for case in cases) >= 60
    assert all(case.why and case.title for case in cases)


def test_rows_hold_what_was_expected_and_what_came(tmp_path: Path) -> None:
    run_sla(file(tmp_path, CASE.replace("used: 60", "used: 61")), tmp_path / "rows.jsonl")

    assert [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()] == [
        {
            "id": "one#1", "ok": False, "expected": {"used": 61, "due": "2026-06-15T16:00:00Z"},
            "got": {"used": 60.0, "due": "2026-06-15T16:00:00Z"},
        }
    ]  # fmt: skip


def test_the_answers_of_another_product_are_scored(tmp_path: Path) -> None:
    cases, answers = file(tmp_path, CASE), tmp_path / "answers.jsonl"
    answers.write_text('{"id": "one#1", "got": {"used": 60, "due": "2026-06-15T18:00:00+02:00"}}\n')

    right = run_sla(cases, None, answers)
    answers.write_text('{"id": "one#1", "got": {"used": 59, "due": "soon"}}\n')

    assert (right.right, right.answers_of) == (1, str(answers))
    assert run_sla(cases, None, answers).wrong == ("one#1",)
    answers.write_text("")
    assert "wrong: one#1" in render(run_sla(cases, None, answers))


def test_questions_can_be_given_to_another_product_without_their_answers(tmp_path: Path) -> None:
    write_questions(file(tmp_path, CASE), tmp_path / "q.jsonl")

    asked = json.loads((tmp_path / "q.jsonl").read_text())

    assert asked["calendars"][0]["zone"] == "UTC"
    assert asked["ask"] == [
        {"id": "one#1", "at": "2026-06-15T09:00:00Z", "clock": "resolution", "answer": ["used", "due"]}
    ]
    with pytest.raises(BadInput, match="JSON Lines"):
        write_questions(None, tmp_path / "q.csv")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cases:", "case:", "no list `cases`"),
        ("    why: from 08:00 to 09:00\n", "", "case one: why"),
        ("used: 60", "usd: 60", "case one: ask.0.usd"),
        ("calendar: c}", "kalender: c}", "case one: targets.0.calendar"),
        ("calendar: c}", "calendar: d}", "case one: there is no calendar 'd'"),
        ("zone: UTC", "zone: Mars", "case one: there is no time zone 'Mars'"),
        ("hours: {mon: ['", "hours: [", "not YAML"),
        ('"2026-06-15T09:00:00Z"', '"tomorrow"', "case one: ask.0.at"),
    ],
)
def test_a_case_that_makes_no_sense_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = CASE.replace('["08:00-16:00"]', "['08:00-16:00']")
    assert old in text
    with pytest.raises(BadInput, match=said):
        run_sla(file(tmp_path, text.replace(old, new)), None)


def test_files_that_are_not_there_and_ids_that_come_twice_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no case files"):
        run_sla(tmp_path, None)
    with pytest.raises(BadInput, match="cannot be read"):
        run_sla(tmp_path / "nowhere.yaml", None)
    file(tmp_path, CASE)
    (tmp_path / "again.yaml").write_text(CASE)
    with pytest.raises(BadInput, match="occurs twice"):
        run_sla(tmp_path, None)


@pytest.mark.parametrize(("line", "said"), [("{", "not JSON Lines"), ('{"id": "one#1"}', "1: not an answer")])
def test_answers_that_make_no_sense_are_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "answers.jsonl").write_text(line)
    with pytest.raises(BadInput, match=said):
        run_sla(file(tmp_path, CASE), None, tmp_path / "answers.jsonl")


def test_hundreds_of_random_cases_agree_with_the_minute_oracle() -> None:
    found = compare(120, seed=11)

    assert found.disagreements == ()
    assert found.minutes > 100_000
    assert "120 of 120 random cases agree" in render_oracle(oracle_report(found))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_thousands_of_random_cases_agree_with_the_minute_oracle() -> None:
    assert compare(4000, seed=12).disagreements == ()


MUTATIONS: dict[str, dict[str, Any]] = {
    "reopening": {"on_reopen": "reset"},
    "another target": {"on_target_change": "forward"},
    "reset": {"on_target_change": "reset"},
    "pauses": {"pause_in": []},
    "cancelling": {"cancel_in": ["open"]},
    "what starts and stops": {"clocks": {}},
}


@pytest.mark.parametrize("change", MUTATIONS.values(), ids=MUTATIONS)
def test_the_oracle_notices_when_a_rule_is_read_otherwise(change: dict[str, Any]) -> None:
    """An oracle that agrees with everything would prove nothing."""
    different = 0
    for number in range(40):
        case = numbered_case(5, number)
        usual = Oracle(case.calendars, case.slas, case.ticket, case.events).read(case.at)
        changed = Oracle(case.calendars, {**case.slas, **change}, case.ticket, case.events).read(case.at)
        different += usual != changed

    assert different >= 3


def test_random_cases_are_the_same_for_the_same_seed_and_read_as_policies() -> None:
    case = numbered_case(3, 4)

    assert case == numbered_case(3, 4) != numbered_case(3, 5)
    assert policy_from("x", case.calendars, case.slas).stamp
    assert ticket_from("x", case.ticket, case.events).created_at.isoformat() == case.ticket["created_at"]
