"""The ends of every wire in a replay: whatever would go out is refused."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, NoReturn

from domain.effects import Message, Publish, WriteBack
from domain.errors import IllegalMove
from domain.telling.records import Living


class EffectRefused(IllegalMove):
    """A replay tried to change something or to tell somebody; that is a mistake of ours, and nothing has gone out."""

    code = "effect_refused"


class Nobody:
    """Helpdesk, channel and publisher of a replay: implements all three ports, and every call raises
    `EffectRefused`."""

    edits: ClassVar[bool] = False

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Refused."""
        _refuse(f"a change of ticket {change.ticket_id}", tenant, key, at)

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Refused."""
        what = "again" if again else "another state" if standing else "a message"
        _refuse(f"{what} about ticket {message.ticket_id}", tenant, key, at)

    def publish(self, tenant: str, key: str, body: Publish, at: datetime) -> str:
        """Refused."""
        _refuse(f"an article ({body.type})", tenant, key, at)


def _refuse(what: str, tenant: str, key: str, at: datetime) -> NoReturn:
    raise EffectRefused(
        f"a replay sends nothing: {what} of {tenant} ({key}, {at.isoformat()})", mend="report this as a defect"
    )
