"""Known problems, articles and drafts: KCS v6 structure and lifecycle."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from domain.base import Moment, NonEmpty, Record
from domain.errors import IllegalMove
from domain.handoff import Claim


class KnownProblem(Record):
    """A fault we know of, with a workaround or a fix on its way."""

    id: NonEmpty
    title: NonEmpty
    symptoms: str
    cause: str | None = None
    workaround: str | None = None
    status: Literal["open", "fix planned", "fixed"] = "open"
    category: str | None = None
    service: str | None = None
    owner_team: str | None = None
    opened_at: Moment
    fixed_at: Moment | None = None


class ArticleState(StrEnum):
    """KCS v6 article states."""

    WORK_IN_PROGRESS = "work_in_progress"
    NOT_VALIDATED = "not_validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class ArticleBody(Record):
    """The text of an article in KCS form."""

    title: NonEmpty
    symptom: str
    """In the requester's words."""
    environment: str = ""
    cause: str = ""
    resolution: tuple[str, ...] = ()
    """The steps, in order."""
    category: str | None = None
    audience: Literal["internal", "public"] = "internal"

    def as_text(self) -> str:
        """One text for reading and searching."""
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(self.resolution, 1))
        parts = (self.symptom, self.environment, self.cause, steps)
        return "\n\n".join(part for part in parts if part)


class Article(Record):
    """A knowledge article after review."""

    id: NonEmpty
    version: int = 1
    state: ArticleState = ArticleState.VALIDATED
    body: ArticleBody
    created_at: Moment
    updated_at: Moment
    author: str | None = None
    reviewer: str | None = None
    source_tickets: tuple[str, ...] = ()


class KnowledgeChoice(StrEnum):
    """What the knowledge writer decides to do about a closed escalation."""

    NEW = "new"
    PATCH = "patch"
    LINK = "link"
    REFUSE = "refuse"


class DraftState(StrEnum):
    """Where a draft stands."""

    AWAITING_REVIEW = "awaiting_review"
    REFUSED = "refused"
    LINKED = "linked"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUBLISHED = "published"


_DRAFT_MOVES = {
    DraftState.AWAITING_REVIEW: {DraftState.APPROVED, DraftState.REJECTED},
    DraftState.APPROVED: {DraftState.PUBLISHED},
    DraftState.REFUSED: set(),
    DraftState.LINKED: set(),
    DraftState.REJECTED: set(),
    DraftState.PUBLISHED: set(),
}


class Draft(Record):
    """What the knowledge writer made of a closed escalation, before review."""

    id: str
    ticket_id: str
    escalation_id: str | None
    at: Moment
    choice: KnowledgeChoice
    why: str
    state: DraftState
    version: int = 1
    """Counts edits and decisions; the ETag of the API."""
    article: ArticleBody | None = None
    article_id: str | None = None
    """The existing article that is patched or linked, or the id under which a new one was published."""
    base_version: int | None = None
    """When it patches: the version of the article that the patch was written on."""
    claims: tuple[Claim, ...] = ()
    questions: tuple[str, ...] = ()
    """When refused: which facts would make an article possible."""
    overlaps: tuple[str, ...] = ()
    """Existing articles near this one."""
    reviewed_by: str | None = None
    review_reason: str | None = None
    source: str = "local"

    def move(self, to: DraftState, *, by: str | None = None, reason: str | None = None) -> Draft:
        """The draft in its next state. Raises `IllegalMove` when the life cycle has no such step."""
        if to not in _DRAFT_MOVES[self.state]:
            raise IllegalMove(f"draft {self.id} is {self.state} and cannot become {to}")
        update: dict[str, object] = {"state": to, "version": self.version + 1}
        if by is not None:
            update |= {"reviewed_by": by, "review_reason": reason}
        return self.model_copy(update=update)
