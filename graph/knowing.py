"""After the ticket is closed: write up what was learned, have it reviewed, publish it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from langgraph.types import interrupt

from agents.knowledge_writer import KnowledgeWriter
from domain.effects import Message, Publish, WriteBack, effect
from domain.knowledge import Article, Draft, DraftState, KnowledgeChoice
from domain.language_model import ModelCall
from domain.notices import Notice, messages
from domain.policy.policy import Policy
from domain.ports import KnowledgeBase, TicketHistory
from domain.publishing import article_from
from domain.recording import Changes, JourneyRecords
from graph.state import JourneyState, ReviewWord
from graph.views import moment, writer_view


class DraftUpdate(TypedDict):
    """Where the draft is kept, and the state the writer left it in."""

    draft_id: str
    draft_state: DraftState


class ReviewUpdate(TypedDict):
    """What the wait for a review writes."""

    review: ReviewWord


class Knowing:
    """Steps of the knowledge writer's part."""

    def __init__(
        self, policy: Policy, writer: KnowledgeWriter, history: TicketHistory, knowledge: KnowledgeBase,
        records: JourneyRecords,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._writer = writer
        self._history = history
        self._knowledge = knowledge
        self._records = records

    async def write_draft(self, state: JourneyState) -> DraftUpdate:
        """A draft, a link to what exists, or a refusal that asks."""
        last = await self._records.last_escalation(state["tenant"], state["ticket_id"])
        update = await self._writer(writer_view(state, last.id if last else None))
        draft = update["draft"]
        await self._save(state, draft=draft, calls=update["calls"])
        return {"draft_id": draft.id, "draft_state": draft.state}

    async def link_article(self, state: JourneyState) -> None:
        """The knowledge is there already: tie the ticket to it."""
        draft = await self._draft(state)
        text = f"Covered by article {draft.article_id}. {draft.why}"
        change = WriteBack(ticket_id=state["ticket_id"], comment=text, why="an article covers this")
        await self._save(state, bodies=(change,), step="link")

    async def ask_for_facts(self, state: JourneyState) -> None:
        """Too thin for an article: ask those who know."""
        draft = await self._draft(state)
        text = "\n".join(("No article yet. What would make one:", *(f"- {question}" for question in draft.questions)))
        change = WriteBack(ticket_id=state["ticket_id"], comment=text, why=draft.why)
        await self._save(state, bodies=(change,), step="refuse")

    async def await_review(self, state: JourneyState) -> ReviewUpdate:
        """Waits until a reviewer has spoken."""
        word = interrupt({"waiting_for": "review", "subject_id": state["draft_id"]})
        return {"review": ReviewWord(result=word["result"], at=word["at"])}

    async def publish(self, state: JourneyState) -> None:
        """The approved text, edits included, goes into the knowledge base and the index."""
        draft, at = await self._draft(state), moment(state)
        article = article_from(draft, await self._existing(state, draft), at)
        ticket = await self._history.ticket(state["tenant"], state["ticket_id"], at)
        notice = Notice(
            occasion="article_published", ticket=ticket, at=at, headline=f"Article {article.id} published",
            public_text="", internal_text=f"{article.body.title}\n\n{article.body.as_text()}",
        )  # fmt: skip
        bodies: tuple[Publish | Message, ...] = (
            Publish(draft_id=draft.id, article=article),
            *messages(self._policy, notice),
        )
        if draft.state != DraftState.PUBLISHED:
            draft = draft.move(DraftState.PUBLISHED).model_copy(update={"article_id": article.id})
        await self._save(state, draft=draft, bodies=bodies, step="publish")

    async def _existing(self, state: JourneyState, draft: Draft) -> Article | None:
        if draft.choice != KnowledgeChoice.PATCH or draft.article_id is None:
            return None
        return await self._knowledge.article(state["tenant"], draft.article_id)

    async def _draft(self, state: JourneyState) -> Draft:
        return await self._records.draft(state["tenant"], state["draft_id"])

    async def _save(
        self, state: JourneyState, *, draft: Draft | None = None,
        bodies: Sequence[WriteBack | Message | Publish] = (), step: str = "", calls: tuple[ModelCall, ...] = (),
    ) -> None:  # fmt: skip
        effects = tuple(effect(body, step=f"{state['run_id']}:{step}", at=moment(state)) for body in bodies)
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], draft=draft, effects=effects, calls=calls,
            at=moment(state),
        )  # fmt: skip
        await self._records.save(state["tenant"], changes)
