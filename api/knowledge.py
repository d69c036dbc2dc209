"""`/v1/knowledge` and `/v1/search`: drafts under review, articles, and search as a service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from adapters.storage import knowledge, records
from adapters.storage.keys import Caller, Role
from api.auth import House, acting_as, needs
from api.problems import responses
from api.schemas import Articles, DraftIn, Drafts, ReviewIn, SearchOut
from domain.errors import Conflict, CouldNotLook, PreconditionFailed
from domain.evidence import DocumentKind
from domain.knowledge import Article, Draft, DraftState
from domain.ports import SearchQuery

router = APIRouter(prefix="/v1", tags=["knowledge"])

Reader = Annotated[
    Caller, Depends(needs(Role.KNOWLEDGE_MANAGER, Role.TECHNICIAN, Role.LEAD, Role.PLATFORM, Role.EVALUATOR))
]
Manager = Annotated[Caller, Depends(needs(Role.KNOWLEDGE_MANAGER))]
Id = Annotated[str, Path(min_length=1, max_length=200)]
Words = Annotated[str, Query(min_length=1, max_length=10_000, description="the text to look for")]
Limit = Annotated[int, Query(ge=1, le=50)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="the ETag of the draft as it was read")]


@router.get("/knowledge/drafts", responses=responses())
def list_drafts(
    house: House, known: Reader,
    state: Annotated[list[DraftState], Query()] = [],  # noqa: B006 - FastAPI copies defaults
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Drafts:  # fmt: skip
    """Drafts, newest first."""
    return Drafts(items=house.store.read(lambda c: records.drafts.find(c, known.tenant, states=state, limit=limit)))


@router.get("/knowledge/drafts/{draft_id}", responses=responses(404))
def get_draft(draft_id: Id, house: House, known: Reader, response: Response) -> Draft:
    """One draft; its ETag is needed to edit or decide it."""
    draft = house.store.read(lambda c: records.drafts.get(c, known.tenant, draft_id))
    response.headers["ETag"] = _etag(draft)
    return draft


@router.put("/knowledge/drafts/{draft_id}", responses=responses(404, 409, 412))
def edit_draft(
    draft_id: Id, body: DraftIn, house: House, known: Manager, response: Response, if_match: IfMatch = None
) -> Draft:
    """Replaces the text of a draft under review."""
    current = house.store.read(lambda c: records.drafts.get(c, known.tenant, draft_id))
    _check(current, if_match)
    draft = house.store.edit_draft(known.tenant, draft_id, body.article, expected=current.version)
    response.headers["ETag"] = _etag(draft)
    return draft


@router.post("/knowledge/drafts/{draft_id}/decision", responses=responses(404, 409, 412))
def review(draft_id: Id, body: ReviewIn, house: House, known: Manager, if_match: IfMatch = None) -> Draft:
    """Approves (it is published and indexed) or rejects a draft."""
    current = house.store.read(lambda c: records.drafts.get(c, known.tenant, draft_id))
    _check(current, if_match)
    if not body.approve and not body.reason.strip():
        raise Conflict("a rejection needs a reason", mend="say why; it is remembered")
    draft, run = house.store.review_draft(
        known.tenant, draft_id, approve=body.approve, by=acting_as(known, body.by), reason=body.reason or None,
        expected=current.version, at=house.clock.now(),
    )  # fmt: skip
    house.engine.go_on(known.tenant, draft.ticket_id, run)
    return draft


@router.get("/knowledge/articles", responses=responses())
def list_articles(
    house: House, known: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str, Query(max_length=200)] = "",
) -> Articles:  # fmt: skip
    """The newest version of every article, by id."""
    found = house.store.read(lambda c: knowledge.list_articles(c, known.tenant, limit + 1, after))
    more = len(found) > limit
    return Articles(items=found[:limit], next_after=found[limit - 1].id if more else None)


@router.get("/knowledge/articles/{article_id}", responses=responses(404))
def get_article(article_id: Id, house: House, known: Reader) -> Article:
    """One article, in its newest version."""
    return house.store.read(lambda c: knowledge.get_article(c, known.tenant, article_id))


@router.get("/search/similar", tags=["search"], responses=responses())
async def search_similar(
    q: Words, house: House, known: Reader, limit: Limit = 10,
    requester: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=200)] = None,
    service: Annotated[str | None, Query(max_length=200)] = None,
) -> SearchOut:  # fmt: skip
    """Past tickets near a text."""
    query = SearchQuery(
        text=q, kind=DocumentKind.TICKET, limit=limit, requester=requester, category=category, service=service
    )
    return await _search(house, known, query)


@router.get("/search/articles", tags=["search"], responses=responses())
async def search_articles(
    q: Words, house: House, known: Reader, limit: Limit = 10,
    category: Annotated[str | None, Query(max_length=200)] = None,
) -> SearchOut:  # fmt: skip
    """Knowledge articles near a text."""
    return await _search(house, known, SearchQuery(text=q, kind=DocumentKind.ARTICLE, limit=limit, category=category))


async def _search(house: House, known: Caller, query: SearchQuery) -> SearchOut:
    found = await house.search.search(known.tenant, query)
    if found.status == "could_not_look":
        raise CouldNotLook("the index does not answer", mend=found.detail or "try again")
    return SearchOut(status=found.status, hits=list(found.hits))


def _etag(draft: Draft) -> str:
    return f'"{draft.version}"'


def _check(draft: Draft, if_match: str | None) -> None:
    """Raises `PreconditionFailed` when the caller read another version."""
    if if_match is not None and if_match != _etag(draft):
        raise PreconditionFailed(
            f"draft {draft.id} is at version {draft.version} by now", mend="read it again, then decide"
        )
