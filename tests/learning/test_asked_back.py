"""What the next tier asked back for: learned from planted histories exactly, and never from what comes later."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.asked_back import learn_fields, speaks_of, worth_asking
from domain.asof import as_of
from domain.policy.forms import FormField
from domain.thresholds import ASKED_BACK_CASES
from domain.ticket import Ticket
from evals.threads import read_threads
from learning.asked_back import ask_backs, asked_back
from tests.domain.made import after, answered, assigned, event, ticket

FIELDS = tuple(
    FormField.model_validate(one)
    for one in (
        {"id": "device", "label": "Device", "question": "Which computer is it (the sticker starts with AM-)?"},
        {"id": "place", "label": "Where you are", "question": "Where are you today (site and room, or home)?"},
        {"id": "version", "label": "Client version", "question": "Which version does the client show?"},
    )
)
ASKS = {
    "device": "Hi Ren, which computer is it? Thanks.",
    "place": "Hello, where are you today, at which site?",
    "version": "Could you tell us the client version?",
    "": "We are looking into it.",
    "other": "Does it help to restart?",
}


def handed(id: str, ask: str, *, by: str = "cy", category: str = "vpn", back: bool = False) -> Ticket:
    """A ticket that ada passed up to cy, who then wrote `ask`; with `back` it went down again."""
    events = [
        assigned(1, 5, "desk", "ada", "L1"), answered(2, 6, "Which computer is it?", by="ada"),
        assigned(3, 10, "net", "cy", "L2"), answered(4, 20, ask, by=by),
    ]  # fmt: skip
    if back:
        events.append(assigned(5, 30, "desk", "ada", "L1"))
    return ticket(*events, id=id, category=category)


def learned(*tickets: Ticket, category: str | None = "vpn", at: float = 1000) -> dict[str, tuple[int, int, bool]]:
    known = [one for each in tickets for one in ask_backs(each)]
    found = learn_fields(FIELDS, asked_back(known, category, after(at)))
    return {one.field: (one.cases, one.handovers, one.worth_asking) for one in found}


def test_what_is_asked_after_a_hand_over_is_counted_once_for_each_ticket() -> None:
    tickets = [handed(f"T-{n}", ASKS["device"]) for n in range(6)] + [handed(f"U-{n}", ASKS[""]) for n in range(6)]
    assert learned(*tickets) == {"device": (6, 12, True)}
    assert learned(handed("T-1", ASKS["device"] + " " + ASKS["device"])) == {"device": (1, 1, False)}


def test_what_the_desk_asked_before_the_hand_over_teaches_nothing() -> None:
    assert learned(*(handed(f"T-{n}", ASKS[""]) for n in range(9))) == {}
    assert learned(*(handed(f"T-{n}", ASKS["device"], by="ada") for n in range(9))) == {}


def test_too_few_cases_or_too_small_a_share_are_not_worth_a_question() -> None:
    few = [handed(f"T-{n}", ASKS["place"]) for n in range(ASKED_BACK_CASES - 1)]
    assert learned(*few)["place"][2] is False
    rare = [handed(f"T-{n}", ASKS["place"]) for n in range(ASKED_BACK_CASES)]
    rare += [handed(f"U-{n}", ASKS["other"]) for n in range(4 * ASKED_BACK_CASES)]
    assert learned(*rare) == {"place": (5, 25, False)}


def test_each_category_learns_its_own() -> None:
    tickets = [handed(f"T-{n}", ASKS["place"]) for n in range(6)]
    tickets += [handed(f"U-{n}", ASKS["version"], category="mail") for n in range(6)]
    assert learned(*tickets) == {"place": (6, 6, True)}
    assert learned(*tickets, category="Mail") == {"version": (6, 6, True)}
    assert set(learned(*tickets, category=None)) == {"place", "version"}


def test_the_words_with_which_a_ticket_is_sent_back_count_without_a_question_mark() -> None:
    back = [handed(f"T-{n}", "Client version is missing, back to the desk.", back=True) for n in range(5)]
    assert learned(*back) == {"version": (5, 5, True)}
    kept = [handed(f"T-{n}", "Client version is missing, looking it up.") for n in range(5)]
    assert learned(*kept) == {}


def test_a_field_that_is_worth_asking_says_on_what_it_rests() -> None:
    known = [one for n in range(7) for one in ask_backs(handed(f"T-{n}", ASKS["place"]))]
    known += [one for n in range(5) for one in ask_backs(handed(f"U-{n}", ASKS[""]))]
    assert worth_asking(FIELDS, asked_back(known, "vpn", after(99))) == {
        "place": "the next tier asked for this in 7 of 12 hand-overs of this category"
    }
    assert worth_asking(FIELDS, None) == {}


def test_a_question_is_about_a_field_by_its_label_or_most_of_its_words() -> None:
    device, place, version = FIELDS
    assert speaks_of(device, "What is the device called?") and speaks_of(
        device, "Which computer is it, see the sticker?"
    )
    assert speaks_of(place, "Are you at the Hamburg site today, in which room, or at home?")
    assert not speaks_of(version, "Which computer is it?") and not speaks_of(place, "Can you log in today?")


@settings(max_examples=150, deadline=None)
@given(planted=st.lists(st.tuples(st.sampled_from(sorted(ASKS)), st.booleans()), max_size=14), cut=st.integers(0, 40))
def test_exactly_what_was_planted_is_learned_and_nothing_of_what_comes_later(
    planted: list[tuple[str, bool]], cut: int
) -> None:
    tickets = [handed(f"T-{n}", ASKS[what], back=back) for n, (what, back) in enumerate(planted)]
    expected = {
        name: (cases, len(planted))
        for name in ("device", "place", "version")
        if (cases := sum(what == name for what, _ in planted))
    }
    assert {name: found[:2] for name, found in learned(*tickets).items()} == expected
    by_then = [one for each in tickets for one in ask_backs(each)]
    of_the_cut = [one for each in tickets for one in ask_backs(as_of(each, after(cut)))]
    assert asked_back(by_then, "vpn", after(cut)) == asked_back(of_the_cut, "vpn", after(cut))


def test_a_reopened_ticket_that_goes_up_again_is_one_hand_over() -> None:
    twice = ticket(
        assigned(1, 5, "desk", "ada", "L1"), assigned(2, 10, "net", "cy", "L2"),
        event(3, 20, "resolved", by="cy", role="technician"), event(4, 30, "reopened"),
        assigned(5, 40, "desk", "ada", "L1"), assigned(6, 50, "net", "di", "L2"),
        answered(7, 60, ASKS["device"], by="di"),
        category="vpn",
    )  # fmt: skip
    assert learned(twice) == {"device": (1, 1, False)}


@pytest.mark.shared_data
def test_real_logs_teach_only_what_they_tell(shared_data: Path) -> None:
    threads = read_threads(shared_data / "helpdesk-threads.jsonl.gz").tickets
    assert [one for each in threads for one in ask_backs(each)] == []
    incidents = read_threads(shared_data / "bpic2013-incidents.jsonl.gz").tickets
    kinds = Counter(one.kind for each in incidents for one in ask_backs(each))
    assert set(kinds) == {"handover"} and kinds["handover"] > 1000
