"""`/v1/replays`: the past, streamed through stored policies as if it were live."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from adapters.storage.keys import Caller, Role
from api.auth import House, Needs
from api.problems import responses
from api.reading import StrictRoute
from app.replay.background import ReplayAsked, Standing
from app.report.page import CONTENT_SECURITY_POLICY

router = APIRouter(prefix="/v1", tags=["replays"], route_class=StrictRoute)

Evaluator = Annotated[Caller, Depends(Needs(Role.EVALUATOR))]
ReplayId = Annotated[str, Path(description="a replay", pattern=r"^rpl_[0-9a-f]{20}$")]
_PAGE: dict[int | str, dict[str, object]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


@router.post("/replays", status_code=202, summary="Start a replay", responses=responses(404, 409, 415, 422))
def start_replay(body: ReplayAsked, house: House, known: Evaluator) -> Standing:
    """Replays what was imported or came in through a policy, and through another one when `against` names it.

    `policy` and `against` are names of folders below `policies` in the data directory, or `default`; without `policy`
    the one in force. Nothing is sent and nothing is changed. The same request on the same history is the same replay.
    One replay of a tenant runs at a time.
    """
    return house.replays.start(known.tenant, body)


@router.get(
    "/replays/{replay_id}", summary="Read a replay", response_model=Standing, responses=responses(404) | _PAGE
)  # fmt: skip
def get_replay(request: Request, replay_id: ReplayId, house: House, known: Evaluator) -> Standing | HTMLResponse:
    """How far it is, and what came of it. `Accept: text/html` gives the report, once there is one."""
    if "text/html" in request.headers.get("accept", "").lower():
        page = house.replays.page(known.tenant, replay_id)
        return HTMLResponse(page, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})
    return house.replays.standing(known.tenant, replay_id)
