"""Carrying out effects: one row of the outbox at a time, with its receipt noted."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import structlog

from adapters.storage import outbox, records
from adapters.storage.store import Store
from app.lost_updates import LostUpdates
from app.telling import Telling
from domain.effects import Effect, EffectState, Message, Publish, WriteBack
from domain.errors import LostUpdate, TierwiseError, Unavailable
from domain.helpdesk import Helpdesk, Publisher
from domain.ports import Clock

log = structlog.get_logger(__name__)

ENDED = "not written: the escalation had ended"
"""The receipt of a change that came too late."""


class Dispatch:
    """Sends what waits in the outbox."""

    def __init__(
        self, store: Store, helpdesk: Helpdesk, telling: Telling, publisher: Publisher, clock: Clock,
        lost: LostUpdates,
    ) -> None:  # fmt: skip
        self._store = store
        self._helpdesk = helpdesk
        self._telling = telling
        self._publisher = publisher
        self._clock = clock
        self._lost = lost
        self.on_more: Callable[[], None] = lambda: None
        """Called when carrying out an effect has left others to be carried out."""

    def waiting(self) -> list[tuple[str, str]]:
        """(tenant, key) of every effect to be carried out now."""
        at = self._clock.now()
        return self._store.read(lambda c: outbox.waiting(c, at))

    def send(self, tenant: str, key: str, *, last_try: bool = False) -> str:
        """Carries out one effect; its receipt. One that is done already is left alone.

        Raises `Unavailable` when it should be tried again; anything else marks the effect as failed.
        """
        item = self._store.effect(tenant, key)
        if item.state != EffectState.WAITING:
            return item.receipt or item.state
        try:
            if isinstance(item.body, Message):
                return self._telling.send(tenant, item, item.body)
            receipt = self._carried_out(tenant, item, item.body)
        except LostUpdate as error:
            if not isinstance(item.body, WriteBack):
                raise
            done = self._lost.again(tenant, item, item.body, error)
            self.on_more()
            return done
        except TierwiseError as error:
            return self._failed(tenant, item, error, last_try=last_try)
        except Exception as error:
            if isinstance(item.body, Message):
                # The variables around a failure in a channel hold tokens and addresses: neither drawn nor kept.
                log.error("message failed", key=key, error=_place(error))
                return self._failed(tenant, item, TierwiseError(_place(error)), last_try=True)
            log.exception("effect failed", key=key)
            return self._failed(tenant, item, TierwiseError(f"{type(error).__name__}: {error}"), last_try=True)
        at = self._clock.now()
        self._store.write(lambda c: outbox.finish(c, tenant, key, receipt=receipt, at=at))
        return receipt

    def _failed(self, tenant: str, item: Effect, error: TierwiseError, *, last_try: bool) -> str:
        if isinstance(item.body, Message):
            return self._telling.failed(tenant, item, item.body, error, last_try=last_try)
        final = last_try or not isinstance(error, Unavailable)
        self._store.write(lambda c: outbox.fail(c, tenant, item.key, error=str(error), final=final))
        if final:
            return f"failed: {error}"
        raise error

    def _carried_out(self, tenant: str, item: Effect, body: WriteBack | Publish) -> str:
        match body:
            case WriteBack():
                if self._comes_too_late(tenant, body):
                    return ENDED
                return self._helpdesk.apply(tenant, item.key, body, item.created_at)
            case Publish():
                return self._publisher.publish(tenant, item.key, body, item.created_at)

    def _comes_too_late(self, tenant: str, body: WriteBack) -> bool:
        """Whether the escalation that a change belongs to was ended while the change waited."""
        if body.escalation_id is None or body.takes_back:
            return False
        id = body.escalation_id
        raised = self._store.read(lambda c: records.escalations.get_or_none(c, tenant, id))
        return raised is not None and raised.ended


def _place(error: Exception) -> str:
    """What failed where, and nothing that the failure speaks of."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
