"""What the index holds: tickets, known problems and articles as documents."""

from __future__ import annotations

from datetime import datetime

from domain.asof import standing
from domain.base import Moment, NonEmpty, Record, content_hash
from domain.evidence import DocumentKind
from domain.knowledge import Article, KnownProblem
from domain.text.request import request_text
from domain.ticket import EventKind, Ticket


class Document(Record):
    """One thing that can be found."""

    tenant: str
    kind: DocumentKind
    id: NonEmpty
    title: str
    text: str
    """Without the title."""
    category: str | None = None
    service: str | None = None
    requester: str | None = None
    asset: str | None = None
    reopened: bool | None = None
    """Whether a ticket was opened again after a resolution; none where nothing is known of how it went."""
    bounced: bool | None = None
    """Whether a ticket went back to a team that had had it."""
    explained: bool | None = None
    """Whether somebody wrote how a ticket was resolved."""
    known_at: Moment | None = None
    """From when on it may be found: tickets when resolved, articles when updated, problems when opened."""

    @property
    def whole(self) -> str:
        """Title and text: what is embedded and searched for words."""
        return "\n".join(part for part in (self.title, self.text) if part)

    @property
    def text_hash(self) -> str:
        """Changes exactly when title or text change."""
        return content_hash([self.title, self.text])


def ticket_document(ticket: Ticket, tenant: str) -> Document:
    """The request as the requester put it; what happened afterwards is read from the ticket itself."""
    asked = request_text(ticket)
    title, text = _headed(asked, (ticket.subject or "").strip())
    ended_at = _ended_at(ticket)
    now = standing(ticket)
    return Document(
        tenant=tenant,
        kind=DocumentKind.TICKET,
        id=ticket.id,
        title=title,
        text=text,
        category=ticket.category,
        service=ticket.service,
        requester=ticket.requester_id,
        asset=ticket.asset,
        reopened=now.reopens > 0 if ended_at else None,
        bounced=now.bounces > 0 if ended_at else None,
        explained=_explained(ticket) if ended_at else None,
        known_at=ended_at,
    )


def _explained(ticket: Ticket) -> bool:
    if (ticket.resolution or "").strip():
        return True
    ends = (EventKind.RESOLVED, EventKind.CLOSED)
    return any((event.body or "").strip() for event in ticket.events if event.kind in ends)


def _ended_at(ticket: Ticket) -> datetime | None:
    """When the ticket came to the end it is at: by its events, or by its head when no event says so."""
    ended: datetime | None = None
    told = False
    for event in ticket.events:
        if event.kind == EventKind.REOPENED:
            ended, told = None, True
        elif event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
            ended, told = ended or event.at, True
    return ended if told else ticket.resolved_at or ticket.closed_at


def article_document(article: Article, tenant: str) -> Document:
    """The newest version of an article; what solves it is searched too, not the symptom alone."""
    return Document(
        tenant=tenant,
        kind=DocumentKind.ARTICLE,
        id=article.id,
        title=article.body.title,
        text=article.body.as_text(),
        category=article.body.category,
        known_at=article.updated_at,
    )


def problem_document(problem: KnownProblem, tenant: str) -> Document:
    """A known problem with its symptoms, cause and workaround."""
    parts = (problem.symptoms, problem.cause, problem.workaround)
    return Document(
        tenant=tenant,
        kind=DocumentKind.PROBLEM,
        id=problem.id,
        title=problem.title,
        text="\n\n".join(part for part in parts if part),
        category=problem.category,
        service=problem.service,
        known_at=problem.opened_at,
    )


_LONGEST_TITLE = 120


def _headed(asked: str, subject: str) -> tuple[str, str]:
    """Title and the rest; the first line stands in for a missing subject."""
    title = subject or asked.split("\n", 1)[0]
    if not subject and len(title) > _LONGEST_TITLE:
        return title[: _LONGEST_TITLE - 1] + "…", asked
    return title, asked[len(title) :].strip()
