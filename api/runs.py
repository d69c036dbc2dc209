"""`/v1/runs`: what became of a delivery, at once or as it happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from adapters.storage import inbox, model_calls, records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs
from api.parameters import RunId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import Run
from app.bootstrap import Services
from domain.errors import NotFound
from domain.journey import JourneyState

router = APIRouter(prefix="/v1/runs", tags=["runs"], route_class=StrictRoute)

Reader = Annotated[
    Caller,
    Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.KNOWLEDGE_MANAGER, Role.EVALUATOR)),
]

LOOK_SECONDS = 0.25
"""How often a stream looks at its run."""
LONGEST_SECONDS = 60.0
"""A stream ends after this long; the caller opens another one."""

_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "`run` events, each with the run as JSON, then one `rest` or `timeout` event",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "description": "one event",
                    "properties": {
                        "event": {"type": "string", "enum": ["run", "rest", "timeout"]},
                        "data": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/Run"},
                        },
                    },
                    "required": ["event", "data"],
                },
            }
        },
    }
}


@router.get("/{run_id}", summary="Read a run", responses=responses(404))
def get_run(run_id: RunId, house: House, known: Reader) -> Run:
    """What became of a delivery, and the journey that it started."""
    return _run(house, known.tenant, run_id)


@router.get(
    "/{run_id}/stream",
    summary="Follow a run",
    response_class=StreamingResponse,
    responses={**_STREAM, **responses(404)},
)
async def stream_run(run_id: RunId, house: House, known: Reader) -> StreamingResponse:
    """Server-sent events: the run at once and on each change, until it is done, has failed or waits for a person."""
    first = await asyncio.to_thread(_run, house, known.tenant, run_id)
    return StreamingResponse(_progress(house, known.tenant, first), media_type="text/event-stream")


async def _progress(house: Services, tenant: str, run: Run) -> AsyncIterator[str]:
    ends = time.monotonic() + LONGEST_SECONDS
    yield _sent("run", run)
    while not _rests(run):
        if time.monotonic() > ends:
            yield _sent("timeout", run)
            return
        await asyncio.sleep(LOOK_SECONDS)
        now = await asyncio.to_thread(_run, house, tenant, run.run_id)
        if now != run:
            yield _sent("run", now)
        run = now
    yield _sent("rest", run)


def _rests(run: Run) -> bool:
    return run.state != "waiting" and (run.journey is None or run.journey.state != JourneyState.RUNNING)


def _sent(event: str, run: Run) -> str:
    return f"event: {event}\ndata: {run.model_dump_json()}\n\n"


def _run(house: Services, tenant: str, run_id: str) -> Run:
    """Raises `NotFound`."""
    _, state, result = house.store.read(lambda c: inbox.status(c, tenant, run_id))
    try:
        journey = house.store.read(lambda c: records.journeys.get(c, tenant, run_id))
    except NotFound:
        journey = None
    calls = house.store.read(lambda c: model_calls.of_run(c, tenant, run_id))
    return Run.model_validate(
        {"run_id": run_id, "state": state, "result": result, "journey": journey, "calls": calls}
    )  # fmt: skip
