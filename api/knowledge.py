"""`/v1/knowledge`: drafts under review, and articles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response

from adapters.storage import knowledge, records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.paging import After, Limit, page, place
from api.parameters import ArticleId, DraftId, TicketFilter
from api.problems import ETAG, responses
from api.reading import StrictRoute
from api.schemas import ArticlePage, DraftIn, DraftPage, ReviewIn
from app.bootstrap import Services
from domain.errors import BadInput, PreconditionFailed, PreconditionRequired
from domain.knowledge import Article, Draft, DraftState

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"], route_class=StrictRoute)

Reader = Annotated[
    Caller, Depends(Needs(Role.KNOWLEDGE_MANAGER, Role.TECHNICIAN, Role.LEAD, Role.PLATFORM, Role.EVALUATOR))
]
Manager = Annotated[Caller, Depends(Needs(Role.KNOWLEDGE_MANAGER))]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", max_length=200, examples=['"1"'],
        description="The ETag of the draft as it was read; 428 without it, 412 when the draft has changed since.",
    ),
]  # fmt: skip


@router.get("/drafts", summary="List drafts", responses=responses())
def list_drafts(
    house: House, known: Reader,
    state: Annotated[list[DraftState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    ticket: TicketFilter = None, limit: Limit = 50, after: After = None,
) -> DraftPage:  # fmt: skip
    """Drafts, newest first. Pass `next` as `after` to page on."""
    found = house.store.read(
        lambda c: records.drafts.find(
            c, known.tenant, ticket_id=ticket, states=state, limit=limit + 1, after=place(after)
        )
    )
    items, following = page(found, limit, lambda one: (one.at, one.id))
    return DraftPage(items=items, next=following)


@router.get("/drafts/{draft_id}", summary="Read a draft", responses={**ETAG, **responses(404)})
def get_draft(draft_id: DraftId, house: House, known: Reader, response: Response) -> Draft:
    """One draft with its sources and overlaps; its ETag is needed to edit or decide it."""
    draft = house.store.read(lambda c: records.drafts.get(c, known.tenant, draft_id))
    return _tagged(draft, response)


@router.put("/drafts/{draft_id}", summary="Edit a draft", responses={**ETAG, **responses(404, 409, 412, 415, 428)})
def edit_draft(
    draft_id: DraftId,
    body: DraftIn,
    house: House,
    known: Manager,
    response: Response,
    if_match: IfMatch = None,
) -> Draft:
    """Replaces the text of a draft under review."""
    current = house.store.read(lambda c: records.drafts.get(c, known.tenant, draft_id))
    _check(current, if_match)
    return _tagged(house.store.edit_draft(known.tenant, draft_id, body.article, expected=current.version), response)


@router.post(
    "/drafts/{draft_id}/decision", summary="Publish or reject a draft",
    responses={**ETAG, **responses(404, 409, 412, 415, 428)},
)  # fmt: skip
def review(
    draft_id: DraftId, body: ReviewIn, house: House, known: Manager, once: OnlyOnce, response: Response,
    if_match: IfMatch = None,
) -> Draft:  # fmt: skip
    """Approves exactly the version that was read (it is published and indexed), or rejects it with a reason."""
    by = acting_as(known, body.by)
    if not body.approve and not body.reason.strip():
        raise BadInput("a rejection needs a reason", mend="say why in `reason`; it is remembered")
    return _tagged(once(Draft, lambda: _review(house, known.tenant, draft_id, body, by, if_match)), response)


@router.get("/articles", summary="List articles", responses=responses())
def list_articles(
    house: House, known: Reader, limit: Limit = 50,
    after: Annotated[str, Query(max_length=200, description="`next` of the page before")] = "",
) -> ArticlePage:  # fmt: skip
    """The newest version of every article, by id. Pass `next` as `after` to page on."""
    found = house.store.read(lambda c: knowledge.list_articles(c, known.tenant, limit + 1, after))
    return ArticlePage(items=found[:limit], next=found[limit - 1].id if len(found) > limit else None)


@router.get("/articles/{article_id}", summary="Read an article", responses=responses(404))
def get_article(article_id: ArticleId, house: House, known: Reader) -> Article:
    """One article, in its newest version."""
    return house.store.read(lambda c: knowledge.get_article(c, known.tenant, article_id))


def _review(
    house: Services, tenant: str, draft_id: str, body: ReviewIn, by: str, if_match: str | None
) -> tuple[Draft, Changed]:
    current = house.store.read(lambda c: records.drafts.get(c, tenant, draft_id))
    _check(current, if_match)
    draft, run = house.store.review_draft(
        tenant, draft_id, approve=body.approve, by=by, reason=body.reason or None, expected=current.version,
        at=house.clock.now(),
    )  # fmt: skip
    return draft, Changed(draft.ticket_id, run)


def _tagged(draft: Draft, response: Response) -> Draft:
    response.headers["ETag"] = _etag(draft)
    return draft


def _etag(draft: Draft) -> str:
    return f'"{draft.version}"'


def _check(draft: Draft, if_match: str | None) -> None:
    """Raises `PreconditionRequired` without a version, `PreconditionFailed` when it is another one."""
    if if_match is None:
        raise PreconditionRequired("If-Match is missing", mend="read the draft and send its ETag as `If-Match`")
    named = {tag.strip() for tag in if_match.split(",")}
    if named.isdisjoint({_etag(draft), "*"}):
        raise PreconditionFailed(
            f"draft {draft.id} is at version {draft.version} by now", mend="read it again, then decide"
        )
