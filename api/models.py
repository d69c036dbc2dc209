"""`/v1/model-card` and `/v1/model-cases`: what to expect of what was learned, and where people put it right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from adapters.storage import records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs
from api.paging import After, Limit, page, place
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import Next
from app.card import CardView, card_view
from app.card_page import card_page
from app.history_source import stored
from app.report.page import CONTENT_SECURITY_POLICY
from domain.base import content_hash
from domain.overriding import ModelCase

router = APIRouter(prefix="/v1", tags=["models"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.LEAD, Role.EVALUATOR, Role.ADMIN))]
Model = Annotated[
    str | None,
    Query(pattern=r"^mdl_[0-9a-f]{12}$", description="a model's id; the promoted one, or the newest, when left out"),
]
_HTML: dict[int | str, dict[str, object]] = {
    200: {
        "headers": {"ETag": {"description": "changes with the card", "schema": {"type": "string"}}},
        "content": {"text/html": {"schema": {"type": "string"}}},
    },
    304: {"description": "the card is as `If-None-Match` names it"},
}


class CasesPage(BaseModel):
    """Cases, the latest contradiction first."""

    items: list[ModelCase]
    next: Next


@router.get(
    "/model-card", summary="Read the model card", response_model=CardView, responses=responses(404, 500) | _HTML
)
def get_model_card(request: Request, response: Response, house: House, known: Reader, model: Model = None) -> object:
    """What to expect of a model: measured at training on tickets it had not seen, beside the majority and the points
    table, and how far things have moved since. `Accept: text/html` gives a page with plots.

    404 when nothing was learned; the points table answers then. A model that is damaged is a 500 with `bad_model`.
    """
    source = stored(house.store, known.tenant, house.clock.now())
    view = card_view(house.models, known.tenant, house.policy, model, source)
    wants_page = _wants_page(request.headers.get("accept", ""))
    tag = f'"{content_hash([view.model_dump(mode="json"), wants_page])[:32]}"'
    headers = {"ETag": tag, "Vary": "Accept"}
    if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if wants_page:
        return HTMLResponse(card_page(view), headers={**headers, "Content-Security-Policy": CONTENT_SECURITY_POLICY})
    response.headers.update(headers)
    return view


@router.get("/model-cases", summary="List the cases that people put right", responses=responses())
def list_model_cases(house: House, known: Reader, limit: Limit = 50, after: After = None) -> CasesPage:
    """Where people did something else than was said. Every later model is run over them before it is promoted."""
    found = house.store.read(
        lambda c: records.model_cases.find(c, known.tenant, limit=limit + 1, after=place(after))
    )  # fmt: skip
    items, following = page(found, limit, lambda one: (one.noted_at, one.id))
    return CasesPage(items=items, next=following)


def _wants_page(accept: str) -> bool:
    """Whether HTML is named before JSON, as browsers do."""
    kinds = [part.split(";")[0].strip() for part in accept.lower().split(",")]
    if "text/html" not in kinds:
        return False
    return "application/json" not in kinds or kinds.index("text/html") < kinds.index("application/json")
