"""Carrying out effects: one row of the outbox at a time, with its receipt noted."""

from __future__ import annotations

import structlog

from adapters.storage import outbox
from adapters.storage.store import Store
from domain.effects import Effect, EffectState, Message, Publish, WriteBack
from domain.errors import TierwiseError, Unavailable
from domain.helpdesk import Channel, Helpdesk, Publisher
from domain.ports import Clock

log = structlog.get_logger(__name__)


class Dispatch:
    """Sends what waits in the outbox."""

    def __init__(
        self, store: Store, helpdesk: Helpdesk, channels: dict[str, Channel], publisher: Publisher, clock: Clock
    ) -> None:
        self._store = store
        self._helpdesk = helpdesk
        self._channels = channels
        self._publisher = publisher
        self._clock = clock

    def waiting(self) -> list[tuple[str, str]]:
        """(tenant, key) of every effect still to be carried out."""
        return self._store.read(outbox.waiting)

    def send(self, tenant: str, key: str, *, last_try: bool = False) -> str:
        """Carries out one effect; its receipt. One that is done already is left alone.

        Raises `Unavailable` when it should be tried again; anything else marks the effect as failed.
        """
        item = self._store.effect(tenant, key)
        if item.state != EffectState.WAITING:
            return item.receipt or item.state
        try:
            receipt = self._carried_out(tenant, item)
        except TierwiseError as error:
            final = last_try or not isinstance(error, Unavailable)
            reason = str(error)
            self._store.write(lambda c: outbox.fail(c, tenant, key, error=reason, final=final))
            if final:
                return f"failed: {reason}"
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.exception("effect failed", key=key)
            self._store.write(lambda c: outbox.fail(c, tenant, key, error=reason, final=True))
            return f"failed: {reason}"
        at = self._clock.now()
        self._store.write(lambda c: outbox.finish(c, tenant, key, receipt=receipt, at=at))
        return receipt

    def _carried_out(self, tenant: str, item: Effect) -> str:
        match item.body:
            case WriteBack() as change:
                return self._helpdesk.apply(tenant, item.key, change, item.created_at)
            case Message() as message:
                return self._channels[message.channel].send(tenant, item.key, message, item.created_at)
            case Publish() as article:
                return self._publisher.publish(tenant, item.key, article, item.created_at)
