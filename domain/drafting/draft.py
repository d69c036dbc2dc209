"""The extractive draft: an article out of what people wrote on a ticket, or a refusal that says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.base import derived_id
from domain.drafting.decision import Choice, NearArticle, choose
from domain.drafting.environment import environment_of
from domain.drafting.redact import EMAIL, HOST, NAME, PHONE, SECRET, people_of, redact
from domain.drafting.resolution import Ending, ending_of
from domain.grounding import grounded, is_grounded, words_of
from domain.handoff import Claim
from domain.knowledge import ArticleBody, Draft, DraftState, KnowledgeChoice
from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.requester import public_view
from domain.summarising.state import claim
from domain.summarising.statements import opening_event, source_texts
from domain.summarising.thread import Thread, read_thread
from domain.ticket import Ticket

TITLE = 90
"""Characters of a title at most."""
ASK_STEPS = "Which steps resolved it, in which order?"
ASK_CAUSE = "What was the cause?"
ASK_CONFIRMED = "Did the requester confirm that it works now?"
ASK_WHERE = "Where does it happen: which version, system or machine?"
ASK_SYMPTOM = "What did the requester see, in their own words?"
_MASKS = frozenset(word for mask in (EMAIL, PHONE, NAME, HOST, SECRET) for word in words_of(mask))
_STATES = {
    KnowledgeChoice.NEW: DraftState.AWAITING_REVIEW,
    KnowledgeChoice.PATCH: DraftState.AWAITING_REVIEW,
    KnowledgeChoice.LINK: DraftState.LINKED,
    KnowledgeChoice.REFUSE: DraftState.REFUSED,
}


@dataclass(frozen=True)
class Findings:
    """What a ticket gives for an article; every part is claims, in order, redacted."""

    symptom: tuple[Claim, ...]
    environment: tuple[Claim, ...]
    cause: tuple[Claim, ...]
    steps: tuple[Claim, ...]
    confirmed_by: str | None
    audience: Literal["internal", "public"]

    @property
    def enough(self) -> bool:
        """Whether an article can be made of it."""
        return bool(self.symptom and self.steps)

    def claims(self) -> tuple[Claim, ...]:
        """Every claim, in reading order."""
        return (*self.symptom, *self.environment, *self.cause, *self.steps)


def write_draft(
    ticket: Ticket,
    at: datetime,
    *,
    escalation_id: str | None = None,
    neighbours: Sequence[NearArticle] | None = (),
    boilerplate: Boilerplate = NO_BOILERPLATE,
    category: str | None = None,
) -> Draft:
    """The draft of a ticket as it stands (cut it at `at` first). `neighbours` are the articles that search found,
    none when it could not look.

    Every claim cites events of the ticket and says nothing beyond them, but for the masks that redaction put in.
    """
    found = read_findings(ticket, boilerplate)
    common = {
        "id": derived_id("draft", ticket.id, at.isoformat(), escalation_id or ""),
        "ticket_id": ticket.id,
        "escalation_id": escalation_id,
        "at": at,
        "overlaps": tuple(one.article.id for one in neighbours or ()),
    }
    if not found.enough:
        choice = KnowledgeChoice.REFUSE
        return Draft(
            **common, choice=choice, state=_STATES[choice], why=_why_not(found), claims=found.claims(),
            questions=questions_for(found),
        )  # fmt: skip
    body = body_of(found, category)
    chosen = choose(body, neighbours)
    return Draft(
        **common, choice=chosen.choice, state=_STATES[chosen.choice], why=f"{chosen.why}; {_confirmation(found)}",
        article=_article(body, chosen), article_id=chosen.article.id if chosen.article else None,
        base_version=chosen.article.version if chosen.article and chosen.choice == KnowledgeChoice.PATCH else None,
        claims=found.claims(),
    )  # fmt: skip


def read_findings(ticket: Ticket, boilerplate: Boilerplate = NO_BOILERPLATE) -> Findings:
    """What the ticket gives. Public when what outsiders may read tells the whole ending, else internal."""
    whole = read_thread(ticket, boilerplate)
    ending = ending_of(whole)
    shown = read_thread(public_view(ticket), boilerplate)
    told = ending_of(shown)
    opened = opening_event(ticket)
    # Subject and description are cited by the opening event; what an internal one cites is not for everybody.
    internal = (opened is not None and opened.is_internal) or any(
        one.internal for one in (*whole.problem, *ending.cause, *ending.steps)
    )
    if not internal and told.told:
        return _findings(shown, told, "public")
    return _findings(whole, ending, "internal")


def body_of(found: Findings, category: str | None = None) -> ArticleBody:
    """The article in KCS form. Needs findings that are `enough`."""
    return ArticleBody(
        title=_title(found),
        symptom=_joined(found.symptom),
        environment=", ".join(one.text for one in found.environment),
        cause=_joined(found.cause),
        resolution=tuple(one.text for one in found.steps),
        category=category,
        audience=found.audience,
    )


def is_supported(claim: Claim, texts: Mapping[str, str]) -> bool:
    """Whether the cited events hold the claim; the masks of redaction need no source."""
    return is_grounded(claim, texts, fixed=_MASKS)


def questions_for(found: Findings) -> tuple[str, ...]:
    """Two to four questions whose answers would make an article possible, the most needed first."""
    wanted = [
        (ASK_STEPS, not found.steps),
        (ASK_SYMPTOM, not found.symptom),
        (ASK_CAUSE, not found.cause),
        (ASK_CONFIRMED, found.confirmed_by is None),
        (ASK_WHERE, not found.environment),
    ]
    asked = [question for question, missing in wanted if missing]
    return tuple(asked[:4]) if len(asked) >= 2 else (*asked, ASK_CAUSE, ASK_CONFIRMED)[:2]


def _findings(thread: Thread, ending: Ending, audience: Literal["internal", "public"]) -> Findings:
    people = people_of(thread.ticket)
    texts = source_texts(thread.ticket)

    def clean(claims: Sequence[Claim]) -> tuple[Claim, ...]:
        masked = [
            one.model_copy(update={"text": redact(one.text, people, hosts=audience == "public")}) for one in claims
        ]
        return grounded(dict.fromkeys(masked), texts, fixed=_MASKS)

    return Findings(
        symptom=clean([claim(one) for one in thread.problem]),
        environment=clean(environment_of(thread)),
        cause=clean([claim(one) for one in ending.cause]),
        steps=clean([claim(one) for one in ending.steps]),
        confirmed_by=ending.confirmed_by.event_id if ending.confirmed_by else None,
        audience=audience,
    )


def _article(body: ArticleBody, chosen: Choice) -> ArticleBody | None:
    """What a reviewer would publish: the new body, or the existing one with the steps it lacks."""
    if chosen.choice == KnowledgeChoice.NEW:
        return body
    if chosen.choice == KnowledgeChoice.PATCH and chosen.article is not None:
        known = chosen.article.body
        audience = "public" if (known.audience, body.audience) == ("public", "public") else "internal"
        update = {"resolution": (*known.resolution, *chosen.new_steps), "audience": audience}
        return known.model_copy(update=update)
    return None


def _title(found: Findings) -> str:
    first = " ".join(found.symptom[0].text.split())
    if len(first) <= TITLE:
        return first
    return first[: TITLE - 1].rsplit(" ", 1)[0] + " …"


def _joined(claims: Sequence[Claim]) -> str:
    return "\n".join(one.text for one in claims)


def _why_not(found: Findings) -> str:
    if not found.steps:
        return "the ticket does not say what resolved it"
    return "the ticket does not say what the requester saw"


def _confirmation(found: Findings) -> str:
    if found.confirmed_by is None:
        return "nobody confirmed that it helped"
    return f"the requester confirmed it in {found.confirmed_by}"
