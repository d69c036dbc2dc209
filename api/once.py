"""`Idempotency-Key`: a request that is sent again changes nothing and gets the first answer again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from adapters.storage import idempotency
from adapters.storage.keys import Caller
from api.auth import House, caller
from app.bootstrap import Services
from domain.base import content_hash

M = TypeVar("M", bound=BaseModel)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="Makes it safe to send the request again, for 7 days: the same key with the same request gets the "
        "first answer again (with the header `Idempotency-Replayed: true`); with another request it is refused.",
    ),
]  # fmt: skip


class Changed(NamedTuple):
    """What a call changed: the ticket, and the run that its journey goes on with, if it does."""

    ticket_id: str
    run: str | None


class Once:
    """Carries a change out once for each `Idempotency-Key` of a tenant."""

    def __init__(self, house: Services, known: Caller, key: str | None, digest: str, response: Response) -> None:
        self._house = house
        self._known = known
        self._key = key
        self._digest = digest
        self._response = response

    def __call__(self, answer: type[M], change: Callable[[], tuple[M, Changed]], status: int = 200) -> M:
        """The change's answer, or the one it had before.

        The change and the memory of it are one transaction, so a crash keeps both or neither. What failed is not
        remembered: nothing was changed, and the mended request may come under the same key.
        """
        if self._key is None:
            result, changed = change()
        else:
            tenant, at = self._known.tenant, self._house.clock.now()
            with self._house.store.together() as connection:
                before = idempotency.remembered(connection, tenant, self._key, self._digest, at)
                if before is not None:
                    self._response.headers["Idempotency-Replayed"] = "true"
                    return answer.model_validate_json(before)
                result, changed = change()
                idempotency.remember(
                    connection, tenant, self._key, self._digest, status=status,
                    response=result.model_dump_json(by_alias=True), at=at,
                )  # fmt: skip
        if changed.run is not None:
            self._house.engine.go_on(self._known.tenant, changed.ticket_id, changed.run)
        self._house.engine.wake()
        return result


async def _once(
    request: Request, response: Response, house: House, known: Annotated[Caller, Depends(caller)],
    key: IdempotencyKey = None,
) -> Once:  # fmt: skip
    asked = [
        known.key_id,
        request.method,
        request.url.path,
        request.headers.get("if-match"),
        await request.json(),
    ]
    return Once(house, known, key, content_hash(asked), response)


OnlyOnce = Annotated[Once, Depends(_once)]
