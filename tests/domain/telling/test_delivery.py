"""The plan: what goes out now, what waits until when, and what is not told; and whom it counts for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.effects import Message
from domain.policy.notifications import Budget, Channel, Digest, NotificationsFile, QuietHours
from domain.telling.delivery import (
    Allowance,
    Facts,
    Hold,
    Send,
    Suppress,
    allowance,
    gathered,
    is_given_up,
    next_step,
    place_key,
    plan,
    wait_after,
)
from domain.thresholds import CRITICAL_ROUNDS, NOTICE_ROUNDS
from tests.app.told import ROOM, mail_to, message
from tests.domain import made

AT = made.after(60)
BUDGET = Budget(messages=2, per_minutes=30)


def _ago(*minutes: float) -> list[datetime]:
    return [AT - timedelta(minutes=one) for one in minutes]


def test_a_message_goes_out_when_there_is_room() -> None:
    assert plan(mail_to("cy"), Facts(counted=_ago(10, 31)), Allowance(budget=BUDGET), AT) == Send()


def test_one_that_exactly_the_whole_stretch_ago_went_out_is_outside() -> None:
    assert plan(mail_to("cy"), Facts(counted=_ago(10, 30)), Allowance(budget=BUDGET), AT) == Send()


def test_without_room_it_waits_until_the_oldest_that_matters_leaves() -> None:
    held = plan(mail_to("cy"), Facts(counted=_ago(5, 12, 20)), Allowance(budget=BUDGET), AT)
    assert held == Hold(AT + timedelta(minutes=18), "the budget is used up")


@given(st.lists(st.floats(0, 90), max_size=12), st.integers(1, 5), st.integers(1, 60))
def test_whatever_it_waits_for_there_is_room_then(minutes: list[float], messages: int, per: int) -> None:
    allowed = Allowance(budget=Budget(messages=messages, per_minutes=per))
    facts = Facts(counted=_ago(*minutes))
    decided = plan(mail_to("cy"), facts, allowed, AT)
    if isinstance(decided, Hold):
        assert decided.until > AT
        assert plan(mail_to("cy"), facts, allowed, decided.until) == Send()
        before = decided.until - timedelta(microseconds=1)
        assert before < AT or isinstance(plan(mail_to("cy"), facts, allowed, before), Hold)


@given(st.lists(st.floats(0, 30), max_size=9), st.booleans())
def test_nothing_holds_what_is_critical(minutes: list[float], behind: bool) -> None:
    quiet = QuietHours(hours="00:00-23:59")
    facts = Facts(counted=_ago(*minutes), behind=AT + timedelta(minutes=5) if behind else None)
    assert plan(mail_to("cy", critical=True), facts, Allowance(budget=BUDGET, quiet=quiet), AT) == Send()


def test_what_is_settled_is_not_told_even_when_critical() -> None:
    told = plan(mail_to("cy", critical=True), Facts(settled="acknowledged by cy"), Allowance(), AT)
    assert told == Suppress("acknowledged by cy")


def test_quiet_hours_come_before_the_budget() -> None:
    allowed = Allowance(budget=BUDGET, quiet=QuietHours(hours="08:00-12:00"))
    assert plan(mail_to("cy"), Facts(counted=_ago(1, 2)), allowed, AT) == Hold(made.after(240), "quiet hours")


def test_an_earlier_message_goes_first() -> None:
    facts = Facts(behind=AT + timedelta(seconds=5))
    assert plan(mail_to("cy"), facts, Allowance(), AT) == Hold(
        AT + timedelta(seconds=5), "an earlier message goes first"
    )


def test_a_gathered_message_waits_for_the_first_digest_after_it_came() -> None:
    allowed = Allowance(digest=Digest(at="10:00"))
    article = mail_to("cy", digest=True)
    assert plan(article, Facts(since=AT), allowed, AT) == Hold(made.after(120), "gathered for the digest")
    assert plan(article, Facts(since=AT), allowed, made.after(120)) == Send()


def test_one_of_the_roles_of_a_person_can_have_a_budget_of_its_own() -> None:
    policy = made.policy()
    people = policy.people.model_copy(update={"roles": {"duty": ("cy",)}})
    rules = NotificationsFile(
        budget=Budget(messages=1), budget_of={"duty": Budget(messages=9)},
        quiet_hours=(QuietHours(who=("net",), hours="20:00-07:00"),),
        channels=(Channel(id="ops", kind="slack", target="C1"), Channel(id="board", kind="webhook", target="b")),
    )  # fmt: skip
    policy = policy.model_copy(update={"people": people, "notifications": rules})

    def budget(one: Message) -> int | None:
        found = allowance(policy, one).budget
        return found.messages if found else None

    assert (budget(mail_to("cy")), budget(mail_to("ada"))) == (9, 1)
    assert budget(message(**ROOM.model_dump())) == 1
    assert budget(message(channel="board", kind="webhook", to="b", recipient="room:board")) is None
    assert allowance(policy, mail_to("cy")).quiet is not None and allowance(policy, mail_to("ada")).quiet is None
    assert allowance(policy, message(**ROOM.model_dump())).quiet is None


def test_several_messages_become_one_that_holds_all_their_texts() -> None:
    each = [mail_to("cy", escalation=f"esc_{n}", headline=f"n{n}") for n in range(3)]
    whole = gathered(each)
    assert whole.subject == "3 notices: T-1" and whole.content is None and whole.living is None
    assert all(one.text in whole.text for one in each)
    assert gathered(each[:1]) == each[0]
    with pytest.raises(IndexError):
        gathered([])


def test_the_fallback_goes_step_by_step_and_each_place_has_one_key() -> None:
    lead = ROOM.model_copy(update={"channel": "mail", "kind": "mail", "to": "di@example.com", "recipient": "di"})
    first = mail_to("cy", fallback=((ROOM,), (lead,)))
    [second] = next_step(first, "fx_1", "undelivered")
    [third] = next_step(second, "fx_2", "unacknowledged")
    assert (second.channel, second.to, third.to, third.fallback) == ("ops", "C1", "di@example.com", ())
    assert (second.origin, third.origin) == ("fx_1", "fx_2")
    assert next_step(third, "fx_3", "undelivered") == ()
    other = mail_to("ada", fallback=((ROOM,),))
    assert place_key(next_step(other, "fx_9", "unacknowledged")[0]) == place_key(second)


def test_rounds_pause_longer_and_end() -> None:
    pauses = [wait_after(rounds) for rounds in range(1, 9)]
    assert pauses == [timedelta(minutes=one) for one in (1, 2, 4, 8, 16, 32, 60, 60)]
    assert not is_given_up(mail_to("cy"), NOTICE_ROUNDS - 1) and is_given_up(mail_to("cy"), NOTICE_ROUNDS)
    critical = mail_to("cy", critical=True)
    assert not is_given_up(critical, NOTICE_ROUNDS) and is_given_up(critical, CRITICAL_ROUNDS)
