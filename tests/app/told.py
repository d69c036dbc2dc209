"""A small house for tests of telling: the outbox, the plan and channels that keep what they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.clock import SetClock
from adapters.helpdesks.local import LocalHelpdesk
from adapters.memory.channel import MemoryChannel, Told
from adapters.storage import notices, outbox
from adapters.storage.store import Store
from app.dispatch import Dispatch
from app.lost_updates import LostUpdates
from app.telling import Telling
from domain.effects import Address, Effect, Message, Publish
from domain.errors import Unavailable
from domain.policy.flow import Occasion
from domain.policy.notifications import NotificationsFile
from domain.policy.policy import Policy
from domain.telling.content import NoticeContent
from domain.telling.records import NoticeRecord
from tests.domain import made

TENANT = "acme"
ROOM = Address(channel="ops", kind="slack", to="C1", recipient="room:ops", zone="UTC")


class NoPublisher:
    """Articles are not published here."""

    def publish(self, tenant: str, key: str, body: Publish, at: datetime) -> str:
        """Never called."""
        raise AssertionError("nothing is published in these tests")


def rules(**lines: Any) -> Policy:
    """The small policy with lines of notifications.yaml."""
    return made.policy().model_copy(update={"notifications": NotificationsFile.model_validate(lines)})


def mail_to(person: str, **changes: Any) -> Message:
    """A notice by mail to a technician of the small policy."""
    return message(to=f"{person}@example.com", recipient=person, **changes)


def message(
    *, escalation: str | None = "esc_1", headline: str = "Escalated", at: datetime = made.START,
    occasion: Occasion = "handed_over", **changes: Any,
) -> Message:  # fmt: skip
    """A notice to the inside."""
    content = NoticeContent(
        ticket_id="T-1", escalation_id=escalation, title="Mail", headline=headline, state="handed over"
    )
    given: dict[str, Any] = {
        "occasion": occasion, "subject": f"[T-1] {headline}", "text": headline, "ticket_id": "T-1", "rule": "r",
        "escalation_id": escalation, "content": content, "at": at,
    }  # fmt: skip
    return Message.model_validate(given | changes)


@dataclass
class Post:
    """The outbox, the plan and the channels."""

    store: Store
    policy: Policy
    clock: SetClock
    channels: dict[str, MemoryChannel] = field(default_factory=dict)
    count: int = 0

    @classmethod
    def open(cls, folder: Path, policy: Policy) -> Post:
        """A new one in a folder."""
        clock = SetClock(made.START)
        store = Store.open(folder / "records.db")
        channels = {"mail": MemoryChannel(clock), "slack": MemoryChannel(clock, edits=True)}
        return cls(store, policy, clock, channels)

    @property
    def dispatch(self) -> Dispatch:
        """As a process has it; a new one after each crash."""
        telling = Telling(self.store, self.policy, dict(self.channels), self.clock)
        desk = LocalHelpdesk(self.store)
        lost = LostUpdates(self.store, desk, self.policy, self.clock)
        return Dispatch(self.store, desk, telling, NoPublisher(), self.clock, lost)

    def put(self, message: Message) -> str:
        """Writes a message into the outbox; its key."""
        self.count += 1
        key = f"fx_{self.count:05}"
        at = message.at or self.clock.at
        self.store.write(
            lambda c: outbox.put(c, TENANT, message.ticket_id, Effect(key=key, body=message, created_at=at))
        )
        return key

    def work(self, *, last_try: bool = True) -> None:
        """Carries out everything that is due now, once."""
        for tenant, key in self.dispatch.waiting():
            try:
                self.dispatch.send(tenant, key, last_try=last_try)
            except Unavailable:
                continue

    def passes(self, minutes: float) -> None:
        """Time passes, and what is due by then is carried out."""
        self.clock.at += timedelta(minutes=minutes)
        self.work()

    def told(self, kind: str = "mail") -> list[Told]:
        """Everything that arrived on a channel, in order."""
        return self.channels[kind].told

    def texts(self, kind: str = "mail") -> list[str]:
        """The texts that arrived on a channel, in order."""
        return [one.message.text for one in self.told(kind)]

    def notice(self, key: str) -> NoticeRecord:
        """What became of a message."""
        return self.store.read(lambda c: notices.get(c, TENANT, key))

    def notice_or_none(self, key: str) -> NoticeRecord | None:
        """What became of a message; none before it was first planned."""
        found = self.store.read(lambda c: notices.find(c, TENANT, limit=1000))
        return next((one for one in found if one.key == key), None)
