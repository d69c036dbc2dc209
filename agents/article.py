"""An article's parts in a model's words: masked as the local draft is, verified, and still reviewed by a person."""

from __future__ import annotations

from collections.abc import Sequence

from agents.asker import Asker, judged, shown, verdict_of
from domain.drafting.draft import Findings
from domain.drafting.redact import people_of, redact
from domain.handoff import Claim
from domain.knowledge import Draft, KnowledgeChoice
from domain.language_model import ModelCall
from domain.summarising.requester import leaked
from domain.ticket import Ticket
from domain.verifying.facts import Facts
from domain.verifying.verifier import verify
from prompts.answers import ArticleText, Said

PARTS = ("symptom", "cause", "steps")


class ArticleRewriter:
    """Rewrites the parts of a new article; a patch or a link stays as it is."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def better(
        self, draft: Draft, found: Findings, ticket: Ticket, tenant: str
    ) -> tuple[Draft, tuple[ModelCall, ...]]:
        """The draft with each part in the model's words whose every sentence stands, and the call."""
        if draft.choice != KnowledgeChoice.NEW or draft.article is None:
            return draft, ()
        public = found.audience == "public"
        own = {"symptom": found.symptom, "cause": found.cause, "steps": found.steps}
        values = {
            "events": shown(ticket, public=public),
            "claims": [
                {"part": part, "sources": ", ".join(one.sources), "text": one.text}
                for part, claims in own.items() for one in claims
            ],
        }  # fmt: skip
        asked = await self._asker.ask(
            "knowledge_writer", "knowledge_writer", values, ArticleText, tenant=tenant, ticket=ticket
        )  # fmt: skip
        if asked is None:
            return draft, ()
        if asked.answer is None:
            return draft, (asked.call,)
        parts, kinds, kept = dict(own), [], 0
        for part in PARTS:
            claims, stopped = _checked(getattr(asked.answer, part), ticket, public=public)
            kinds += stopped
            # Half a part would lose a step: a part stands as a whole, and only if it covers what the local one cites.
            covered = {id for claim in claims for id in claim.sources}
            if claims and not stopped and covered.issuperset(id for one in own[part] for id in one.sources):
                parts[part] = claims
                kept += len(claims)
        call = judged(asked.call, verdict_of(kept, len(kinds)), kinds)
        if parts == own:
            return draft, (call,)
        return _rewritten(draft, parts, found, self._asker.model.name), (call,)


def _checked(said: Sequence[Said], ticket: Ticket, *, public: bool) -> tuple[tuple[Claim, ...], list[str]]:
    """The part's claims, masked, and the kinds of what was stopped."""
    claims = [Claim(text=one.text.strip(), sources=one.sources) for one in said if one.text.strip()]
    verdict = verify(claims, Facts.of(ticket))
    kinds: list[str] = [one.kind for one in verdict.blocked]
    if public:
        kinds += ["private" for one in claims if leaked(one.text, ticket)]
    people = people_of(ticket)
    masked = [one.model_copy(update={"text": redact(one.text, people, hosts=public)}) for one in verdict.kept]
    return tuple(masked), kinds


def _rewritten(draft: Draft, parts: dict[str, tuple[Claim, ...]], found: Findings, model: str) -> Draft:
    assert draft.article is not None
    body = draft.article.model_copy(
        update={
            "symptom": "\n".join(one.text for one in parts["symptom"]),
            "cause": "\n".join(one.text for one in parts["cause"]),
            "resolution": tuple(one.text for one in parts["steps"]),
        }
    )
    claims = (*parts["symptom"], *found.environment, *parts["cause"], *parts["steps"])
    return draft.model_copy(update={"article": body, "claims": claims, "source": model})
