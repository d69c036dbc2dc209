"""Whatever happens in whatever order: never more than the budget in any stretch, no critical one lost or late."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.telling.records import REACHED
from tests.app.told import Post, mail_to, rules
from tests.domain import made

PEOPLE = ("ada", "bo")
FAULTS = st.sampled_from((None, "refuse", "drop", "drop", "later"))


class Telling(RuleBasedStateMachine):
    """Messages come, time passes, channels fail and processes die; the recipients' mailboxes are the witness."""

    @initialize(messages=st.integers(1, 3), minutes=st.sampled_from((5, 30)), quiet=st.booleans())
    def opens(self, messages: int, minutes: int, quiet: bool) -> None:
        """A budget, and quiet hours soon after the start or none."""
        self.folder = tempfile.TemporaryDirectory()
        lines = {"budget": {"messages": messages, "per_minutes": minutes}}
        if quiet:
            lines |= {"quiet_hours": [{"who": ["ada"], "hours": "08:05-08:45"}]}  # type: ignore[dict-item]
        self.post = Post.open(Path(self.folder.name), rules(**lines))
        self.messages, self.length = messages, timedelta(minutes=minutes)
        self.put: dict[str, tuple[str, bool, datetime, str]] = {}

    @rule(person=st.sampled_from(PEOPLE), critical=st.booleans(), matter=st.integers(0, 3), digest=st.booleans())
    def something_happens(self, person: str, critical: bool, matter: int, digest: bool) -> None:
        """A message to somebody about one of a few escalations."""
        self.post.clock.at += timedelta(seconds=1)
        text = f"<n{len(self.put)}>"
        one = mail_to(
            person, escalation=f"esc_{matter}", critical=critical, digest=digest and not critical, headline=text,
            at=self.post.clock.at,
        )  # fmt: skip
        self.put[self.post.put(one)] = (person, critical, self.post.clock.at, text)

    @rule(fault=FAULTS)
    def the_line_is_bad(self, fault: str | None) -> None:
        """The next try ends badly."""
        self.post.channels["mail"].faults.append(fault)  # type: ignore[arg-type]  # one of the faults

    @rule(person=st.sampled_from(PEOPLE), matter=st.integers(4, 9))
    def a_critical_one_is_taken_without_an_answer_and_noise_follows(self, person: str, matter: int) -> None:
        """What may have arrived counts, whatever lane it went in."""
        self.post.work()
        self.post.channels["mail"].faults.clear()
        self.post.channels["mail"].faults.append("drop")
        self.something_happens(person=person, critical=True, matter=matter, digest=False)
        self.post.work()
        self.something_happens(person=person, critical=False, matter=matter + 10, digest=False)
        self.post.work()

    @rule(last=st.booleans())
    def the_outbox_is_worked_off(self, last: bool) -> None:
        """Everything due is tried once."""
        self.post.work(last_try=last)

    @rule(minutes=st.floats(0.1, 20, allow_nan=False))
    def time_passes(self, minutes: float) -> None:
        """The clock goes on and what is due is worked off."""
        self.post.passes(minutes)

    @rule()
    def the_process_dies_after_sending(self) -> None:
        """The next message arrives, and its receipt is never written."""
        waiting = self.post.dispatch.waiting()
        if not waiting:
            return
        telling = self.post.dispatch._telling
        telling._noted = _die  # type: ignore[method-assign]  # the process ends between the two
        item = self.post.store.effect(*waiting[0])
        try:
            telling.send(waiting[0][0], item, item.body)  # type: ignore[arg-type]  # only messages are put
        except (KeyboardInterrupt, Exception):  # noqa: BLE001 - whatever the channel said, the process is gone
            return

    @invariant()
    def never_more_than_the_budget_in_any_stretch(self) -> None:
        """Counted where it matters: in the mailbox. Critical ones count, and are the only ones that may exceed."""
        for person in PEOPLE:
            arrived = [one for one in self.post.told() if one.message.recipient == person]
            for place, one in enumerate(arrived):
                before = [two for two in arrived[:place] if two.at > one.at - self.length]
                assert one.message.critical or len(before) < self.messages

    @invariant()
    def nobody_is_told_in_quiet_hours_but_what_is_critical(self) -> None:
        """In the recipient's own zone."""
        for one in self.post.told():
            minute = one.at.hour * 60 + one.at.minute
            quiet = one.message.recipient == "ada" and bool(self.post.policy.notifications.quiet_hours)
            assert one.message.critical or not quiet or not 485 <= minute < 525

    def teardown(self) -> None:
        """In the end everything has arrived once, or a later state of its matter has; no critical one was dropped."""
        if not hasattr(self, "post"):
            return
        self.post.channels["mail"].faults.clear()
        for _ in range(60):
            self.post.passes(31)
        self.post.passes(24 * 60)
        self.post.passes(24 * 60)
        seen = Counter(text for one in self.post.told() for text in _marks(one.message.text, self.put))
        for key, (_, critical, _, text) in self.put.items():
            record = self.post.notice(key)
            assert record.state in REACHED or "a later state" in record.detail, (key, record)
            assert seen[text] <= 1, text
            assert not critical or "a later state" in record.detail or seen[text] == 1
        self.post.store.close()
        self.folder.cleanup()


def _die(*_: object, **__: object) -> str:
    raise KeyboardInterrupt


def _marks(text: str, put: dict[str, tuple[str, bool, datetime, str]]) -> set[str]:
    return {mark for _, _, _, mark in put.values() if mark in text}


TestTelling = Telling.TestCase
TestTelling.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_small_house_tells_at_once_when_nothing_holds(tmp_path: Path) -> None:
    post = Post.open(tmp_path, rules())
    post.put(mail_to("ada"))
    post.work()
    assert [(one.at, one.message.to) for one in post.told()] == [(made.START, "ada@example.com")]
