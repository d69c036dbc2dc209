"""One living message, budgets, fallbacks and acknowledgements, through outbox, plan and channels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.storage import notices, outbox, records
from app.acknowledging import acknowledge
from app.loops import came_back
from domain.effects import Address, Effect, EffectState
from domain.errors import BadInput, Conflict
from domain.escalation import Escalation, EscalationState
from domain.telling.records import AttemptState, NoticeState
from tests.app.told import ROOM, TENANT, Post, mail_to, message, rules
from tests.domain import made
from tests.tickets import comment

LEAD = Address(channel="mail", kind="mail", to="di@example.com", recipient="di", zone="UTC")
CHANNELS: list[dict[str, Any]] = [{"id": "ops", "kind": "slack", "target": "C1"}]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """Without budget or quiet hours."""
    opened = Post.open(tmp_path, rules(channels=CHANNELS))
    yield opened
    opened.store.close()


def _limited(tmp_path: Path, **lines: Any) -> Post:
    return Post.open(tmp_path, rules(channels=CHANNELS, **lines))


def _in_room(**changes: Any) -> Any:
    return message(**{**ROOM.model_dump(), **changes})


def _raise(
    post: Post, state: EscalationState = EscalationState.HANDED_OVER, version: int = 3, *, at: datetime = made.START
) -> None:
    raised = Escalation(
        id="esc_1", ticket_id="T-1", state=state, opened_at=made.START, updated_at=at, version=version, risk=70,
        reason="late", decision_id="d", run_id="run_1",
    )  # fmt: skip
    post.store.write(
        lambda c: records.escalations.put(
            c, TENANT, raised, id="esc_1", ticket_id="T-1", at=made.START, state=state, version=version
        )
    )


def _acknowledged(post: Post, by: str = "cy", **seen: int) -> None:
    acknowledge(post.store, post.policy, TENANT, "esc_1", by=by, via="api", at=post.clock.at, **seen)
    post.work()


def test_a_later_state_changes_the_message_that_stands_there(post: Post) -> None:
    first = post.put(_in_room())
    post.work()
    second = post.put(_in_room(headline="Sent back", at=made.after(5)))
    post.passes(5)
    assert [one.standing is not None for one in post.told("slack")] == [False, True]
    assert post.told("slack")[1].standing.reference == post.notice(first).reference  # type: ignore[union-attr]
    assert post.notice(second).state == NoticeState.UPDATED


def test_a_message_that_was_deleted_is_posted_anew_and_remembered(post: Post) -> None:
    post.put(_in_room())
    post.work()
    post.channels["slack"].faults.append("gone")
    again = post.put(_in_room(headline="Sent back", at=made.after(5)))
    post.passes(5)
    last = post.put(_in_room(headline="Accepted", at=made.after(9)))
    post.passes(5)
    assert post.notice(again).state == NoticeState.SENT
    assert post.told("slack")[-1].standing.reference == post.notice(again).reference  # type: ignore[union-attr]
    assert post.notice(last).state == NoticeState.UPDATED


def test_changes_in_place_are_silent_and_need_no_room_in_the_budget(tmp_path: Path) -> None:
    post = _limited(tmp_path, budget={"messages": 1, "per_minutes": 60})
    for minute in range(4):
        post.put(_in_room(headline=f"state {minute}", at=made.after(minute)))
        post.passes(1)
    assert len(post.told("slack")) == 4 and {one.at for one in post.told("slack")} == {
        made.after(m) for m in range(1, 5)
    }


def test_a_state_that_comes_after_a_later_one_is_not_told(post: Post) -> None:
    post.put(mail_to("cy", headline="later", at=made.after(5)))
    post.passes(6)
    early = post.put(mail_to("cy", headline="earlier", at=made.after(1)))
    post.work()
    assert post.texts() == ["later"] and post.notice(early).detail == "a later state was told there"


def test_what_exceeds_the_budget_comes_as_one_message_in_order_when_there_is_room(tmp_path: Path) -> None:
    post = _limited(tmp_path, budget={"messages": 1, "per_minutes": 30})
    keys = [post.put(mail_to("cy", escalation=f"esc_{n}", headline=f"n{n}", at=made.after(n))) for n in range(4)]
    post.work()
    assert post.texts() == ["n0"]
    post.passes(29.9)
    assert len(post.told()) == 1
    post.passes(0.2)
    [_, gathered] = post.told()
    assert gathered.message.subject.startswith("3 notices")
    assert [gathered.message.text.index(f"n{n}") for n in (1, 2, 3)] == sorted(
        gathered.message.text.index(f"n{n}") for n in (1, 2, 3)
    )
    assert [post.notice(key).state for key in keys[2:]] == [NoticeState.GATHERED] * 2
    assert {post.notice(key).reference for key in keys[1:]} == {gathered.message and f"ref-{keys[1]}"}


def test_states_held_together_are_told_once_as_the_latest(tmp_path: Path) -> None:
    post = _limited(tmp_path, quiet_hours=[{"hours": "08:00-09:00"}])
    for minute, headline in enumerate(("Escalated", "Sent back", "Escalated again")):
        post.put(mail_to("cy", headline=headline, at=made.after(minute)))
    post.passes(59)
    assert post.told() == []
    post.passes(1)
    [told] = post.texts()
    assert told.startswith("Escalated again") and "Before this: Escalated; Sent back" in told


def test_what_is_critical_goes_out_at_once_and_noise_after_it_waits(tmp_path: Path) -> None:
    post = _limited(tmp_path, budget={"messages": 2, "per_minutes": 30}, quiet_hours=[{"hours": "09:00-10:00"}])
    for number in range(3):
        post.put(mail_to("cy", escalation=f"esc_{number}", headline=f"c{number}", critical=True))
    post.put(mail_to("cy", escalation="esc_9", headline="noise"))
    post.work()
    assert sorted(post.texts()) == ["c0", "c1", "c2"]
    post.passes(30)
    assert post.texts()[-1] == "noise"
    post.clock.at = made.after(70)
    post.put(mail_to("cy", escalation="esc_4", headline="c4", critical=True, at=made.after(70)))
    post.work()
    assert post.texts()[-1] == "c4"


def test_a_gathered_message_waits_for_its_digest(tmp_path: Path) -> None:
    post = _limited(tmp_path, digest={"at": "10:00"})
    for number in range(3):
        post.put(mail_to("cy", escalation=None, headline=f"a{number}", digest=True, occasion="article_published"))
    post.put(mail_to("cy", headline="now"))
    post.work()
    assert post.texts() == ["now"]
    post.passes(120)
    assert len(post.texts()) == 2 and all(f"a{number}" in post.texts()[1] for number in range(3))


def test_a_channel_that_fails_for_good_hands_over_to_the_fallback(post: Post) -> None:
    post.channels["slack"].faults.append("never")
    key = post.put(_in_room(fallback=((LEAD,),)))
    post.work()
    post.work()
    assert post.notice(key).state == NoticeState.FAILED
    assert [one.message.to for one in post.told()] == ["di@example.com"]
    assert post.told()[0].message.because == "undelivered"


def test_a_channel_that_is_not_set_up_hands_over_to_the_fallback(post: Post) -> None:
    del post.channels["slack"]
    key = post.put(_in_room(fallback=((LEAD,),)))
    post.work()
    post.work()
    assert "no channel of kind slack is set up" in post.notice(key).detail
    assert [one.message.to for one in post.told()] == ["di@example.com"]


def test_a_bad_line_is_tried_for_about_an_hour_then_given_up(post: Post) -> None:
    post.channels["mail"].faults.extend(["refuse"] * 50)
    key = post.put(mail_to("cy"))
    tries = 0
    while post.notice_or_none(key) is None or post.notice(key).state not in (NoticeState.FAILED, NoticeState.SENT):
        post.passes(1)
        tries += 1
        assert tries < 200
    assert post.notice(key).state == NoticeState.FAILED and 60 <= tries <= 70
    assert {one.state for one in post.notice(key).attempts} == {AttemptState.REFUSED}


def test_a_critical_message_on_a_bad_line_is_told_in_another_way_at_once(post: Post) -> None:
    post.channels["slack"].faults.append("refuse")
    key = post.put(_in_room(critical=True, fallback=((LEAD,),)))
    post.work()
    post.work()
    assert [one.message.to for one in post.told()] == ["di@example.com"]
    post.passes(2)
    assert post.notice(key).detail == "told on mail instead" and post.told("slack") == []


def test_nobody_acknowledges_so_the_next_is_told(post: Post) -> None:
    _raise(post)
    post.put(mail_to("cy", critical=True, acknowledge_within=15, fallback=((LEAD,),)))
    post.work()
    post.passes(14)
    assert len(post.told()) == 1
    post.passes(1)
    assert [one.message.to for one in post.told()] == ["cy@example.com", "di@example.com"]
    assert post.told()[1].message.because == "unacknowledged"


def test_acknowledged_anywhere_is_acknowledged_everywhere_and_stops_reminders(post: Post) -> None:
    _raise(post)
    post.put(_in_room())
    post.put(mail_to("cy", critical=True, acknowledge_within=15, fallback=((LEAD,),)))
    post.put(mail_to("ada"))
    post.work()
    post.clock.at = made.after(5)
    _acknowledged(post, by="cy")
    post.passes(60)
    assert "Acknowledged by Cy, 2026-10-14 08:05 UTC (UTC), in api" in post.texts("slack")[-1]
    assert [one.message.to for one in post.told()] == ["ada@example.com", "cy@example.com", "ada@example.com"] or [
        one.message.to for one in post.told()
    ] == ["cy@example.com", "ada@example.com", "ada@example.com"]
    assert "di@example.com" not in [one.message.to for one in post.told()]


def test_acknowledging_twice_is_one_word(post: Post) -> None:
    _raise(post)
    post.put(_in_room())
    post.work()
    _acknowledged(post, by="cy")
    post.clock.at = made.after(9)
    _acknowledged(post, by="ada")
    words = post.store.read(lambda c: notices.acknowledged(c, TENANT, "esc_1"))
    assert [word.by for word in words] == ["cy"] and len(post.told("slack")) == 2


def test_a_held_message_says_that_it_was_acknowledged_meanwhile(tmp_path: Path) -> None:
    post = _limited(tmp_path, quiet_hours=[{"who": ["ada"], "hours": "08:00-09:00"}])
    _raise(post)
    post.put(mail_to("ada"))
    post.work()
    post.clock.at = made.after(5)
    _acknowledged(post, by="cy")
    post.passes(60)
    assert len(post.texts()) == 1 and post.texts()[0].startswith("Acknowledged by Cy")


def test_what_was_seen_on_an_older_version_is_refused(post: Post) -> None:
    _raise(post, version=4)
    with pytest.raises(Conflict, match="has gone on"):
        _acknowledged(post, seen=3)
    with pytest.raises(BadInput, match="not somebody of the policy"):
        _acknowledged(post, by="nobody")
    _acknowledged(post, seen=4)


def test_an_ended_escalation_reminds_nobody(post: Post) -> None:
    _raise(post)
    post.put(mail_to("cy", critical=True, acknowledge_within=15, fallback=((LEAD,),)))
    post.work()
    _raise(post, EscalationState.RESOLVED, version=4, at=made.after(5))
    post.passes(30)
    assert [one.message.to for one in post.told()] == ["cy@example.com"]


def test_nobody_is_told_twice_of_one_occasion_at_one_place(post: Post) -> None:
    post.channels["slack"].faults.append("never")
    post.put(mail_to("di"))
    post.put(_in_room(fallback=((LEAD,),)))
    post.work()
    post.work()
    assert [one.message.to for one in post.told()] == ["di@example.com"]


def test_a_try_that_may_have_arrived_counts(tmp_path: Path) -> None:
    post = _limited(tmp_path, budget={"messages": 1, "per_minutes": 30})
    post.channels["mail"].faults.append("drop")
    post.put(mail_to("cy", escalation="esc_1", headline="c", critical=True))
    post.work()
    post.put(mail_to("cy", escalation="esc_2", headline="noise"))
    post.work()
    assert post.texts() == ["c"]


def test_a_message_that_another_process_was_sending_when_it_died_is_sent_again_under_its_id(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = post.put(mail_to("cy"))
    dying = post.dispatch
    monkeypatch.setattr(dying._telling, "_noted", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        dying.send(TENANT, key)
    post.work()
    assert len(post.told()) == 1
    assert [one.state for one in post.notice(key).attempts] == [AttemptState.UNKNOWN, AttemptState.SENT]
    assert post.store.read(lambda c: outbox.get(c, TENANT, key)).state == EffectState.DONE


def test_what_was_to_go_out_with_a_message_that_is_dropped_goes_out_on_its_own(tmp_path: Path) -> None:
    post = _limited(tmp_path, quiet_hours=[{"hours": "08:00-09:00"}])
    first = post.put(mail_to("cy", escalation="esc_1", headline="first"))
    second = post.put(mail_to("cy", escalation="esc_2", headline="second", at=made.after(1)))
    post.work()
    post.channels["mail"].faults.append("refuse")
    post.passes(60)
    assert post.notice(second).gathered_into == first
    post.put(mail_to("cy", escalation="esc_1", headline="worse", critical=True, at=made.after(60)))
    post.work()
    post.passes(5)
    assert post.notice(first).detail == "a later state was told there"
    assert post.texts() == ["worse", "second"]


def test_a_bounce_is_noted_at_the_notice_it_answers(post: Post) -> None:
    key = post.put(mail_to("cy"))
    post.work()
    body = f"Undelivered mail\n\nX-Tierwise-Notice: {TENANT} {key}"
    # Keys of effects are longer than those of these tests; another one changes nothing here.
    assert came_back(post.store, TENANT, comment("e9", body)) is None
    long = "fx_" + "0" * 20
    again = mail_to("cy", escalation="esc_2")
    item = Effect(key=long, body=again, created_at=made.START)
    post.store.write(lambda c: outbox.put(c, TENANT, "T-1", item))
    post.work()
    assert came_back(post.store, TENANT, comment("e9", f"X-Tierwise-Notice: {TENANT} {long}")) is not None
    assert post.notice(long).state == NoticeState.BOUNCED and post.notice(key).state == NoticeState.SENT
    assert came_back(post.store, "other", comment("e9", f"X-Tierwise-Notice: {TENANT} {long}")) is not None


def test_a_channel_that_breaks_hands_over_to_the_fallback_and_its_secrets_stay_inside(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> str:
        raise ZeroDivisionError("xoxb-a-secret")

    monkeypatch.setattr(post.channels["slack"], "send", broken)
    key = post.put(_in_room(fallback=((LEAD,),)))
    post.work()
    post.work()
    assert post.notice(key).detail.startswith("ZeroDivisionError in test_telling.py")
    assert "xoxb" not in post.notice(key).model_dump_json()
    assert [one.message.to for one in post.told()] == ["di@example.com"]


def test_a_held_message_says_that_the_escalation_has_ended_since(tmp_path: Path) -> None:
    post = _limited(tmp_path, quiet_hours=[{"hours": "08:00-09:00"}])
    _raise(post)
    post.put(mail_to("cy"))
    post.work()
    _raise(post, EscalationState.RESOLVED, version=4, at=made.after(5))
    post.put(mail_to("ada", occasion="grant_ended", at=made.after(6)))
    post.passes(60)
    texts = {one.message.to: one.message.text for one in post.told()}
    assert texts["cy@example.com"].startswith("Since then the escalation has ended: resolved")
    assert "Since then" not in texts["ada@example.com"]


def test_no_channel_is_handed_a_secret(post: Post) -> None:
    for made_for in (_in_room, lambda **more: mail_to("di", **more)):
        post.put(made_for(text="the api key is AKIAIOSFODNN7EXAMPLE", at=made.START))
    post.passes(5)
    told = [*post.told("slack"), *post.told("mail")]
    assert len(told) == 2
    assert not any("AKIAIOSFODNN7EXAMPLE" in one.message.model_dump_json() for one in told)
