"""`/v1/search`: search as a service."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from adapters.storage.keys import Caller, Role
from api.auth import House, Needs
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import SearchOut
from app.bootstrap import Services
from domain.errors import CouldNotLook
from domain.evidence import DocumentKind
from domain.ports import About, SearchQuery

router = APIRouter(prefix="/v1/search", tags=["search"], route_class=StrictRoute)

Reader = Annotated[
    Caller, Depends(Needs(Role.KNOWLEDGE_MANAGER, Role.TECHNICIAN, Role.LEAD, Role.PLATFORM, Role.EVALUATOR))
]
Words = Annotated[
    str,
    Query(min_length=1, max_length=10_000, description="the text to look for", examples=["VPN drops every hour"]),
]
Limit = Annotated[int, Query(ge=1, le=50, description="how many hits at most")]
Filter = Annotated[str | None, Query(min_length=1, max_length=200, description="only hits with exactly this value")]
Asking = Annotated[
    Literal["likeness", "advice"],
    Query(description="`advice` ranks tickets that were opened again, sent back or left unexplained lower"),
]
Fold = Annotated[bool, Query(description="whether near copies are named under the best of them, in `also`")]


@router.get("/similar", summary="Find similar tickets", responses=responses())
async def search_similar(
    q: Words, house: House, known: Reader, limit: Limit = 10, requester: Filter = None, category: Filter = None,
    service: Filter = None, asking: Asking = "likeness", fold: Fold = True,
) -> SearchOut:  # fmt: skip
    """Past tickets near a text, best first, each with why. `nothing` means that we looked; 503 that we could not."""
    query = SearchQuery(
        text=q, kind=DocumentKind.TICKET, limit=limit, requester=requester, category=category, service=service,
        about=About(requester=requester, category=category, service=service, at=house.clock.now()),
        asking=asking, fold=fold,
    )  # fmt: skip
    return await _search(house, known, query)


@router.get("/articles", summary="Find articles", responses=responses())
async def search_articles(
    q: Words, house: House, known: Reader, limit: Limit = 10, category: Filter = None, fold: Fold = True
) -> SearchOut:
    """Knowledge articles near a text, nearest first, each with why. `nothing` means that we looked; 503 that we could
    not."""
    query = SearchQuery(
        text=q, kind=DocumentKind.ARTICLE, limit=limit, category=category,
        about=About(category=category, at=house.clock.now()), fold=fold,
    )  # fmt: skip
    return await _search(house, known, query)


async def _search(house: Services, known: Caller, query: SearchQuery) -> SearchOut:
    found = await house.search.search(known.tenant, query)
    if found.status == "could_not_look":
        raise CouldNotLook("the index does not answer", mend=found.detail or "try again")
    return SearchOut(status=found.status, hits=list(found.hits))
