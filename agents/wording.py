"""The question to the requester as a model words it: the policy's own words, courteously, or the policy's text."""

from __future__ import annotations

from agents.asker import Asker, judged, verdict_of
from domain.asking import worded
from domain.context import Context
from domain.grounding import ungrounded, words_of
from domain.language_model import ModelCall
from domain.policy.forms import FormField
from domain.ticket import Ticket
from prompts.answers import QuestionText

COURTESY = frozenset(
    words_of(
        "please could can would you your tell us let know which what when where who how is are was were the a an of to"
        " for in on at it its and or do does did if so we need also exactly kindly this that me see give name thank"
        " thanks have has there be with by from"
    )
)
"""Words that a rewording may add; every other word must be one of the form's."""
LONGEST = 240
"""Characters of one field's question."""


class QuestionWording:
    """Rewords what the forms ask for. Whom, whether and what is asked was decided before and stays."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def better(
        self, context: Context, fields: tuple[FormField, ...], ticket: Ticket, tenant: str
    ) -> tuple[Context, tuple[ModelCall, ...]]:
        """The context with its question reworded where the checks let it, and the call."""
        question = context.question
        if question is None or question.to != "requester":
            return context, ()
        asked_for = [one for one in fields if one.id in question.fields and worded(one, ticket) in question.text]
        values = {"questions": [{"field": one.id, "text": worded(one, ticket)} for one in asked_for]}
        asked = await self._asker.ask(
            "context_gatherer", "question", values, QuestionText, tenant=tenant, ticket=ticket
        )  # fmt: skip
        if asked is None:
            return context, ()
        if asked.answer is None:
            return context, (asked.call,)
        by_id = {one.id: one for one in asked_for}
        text, kept = question.text, 0
        for said in asked.answer.questions:
            field = by_id.pop(said.field, None)
            if field is not None and may_ask(said.text, field, ticket):
                text = text.replace(worded(field, ticket), " ".join(said.text.split()), 1)
                kept += 1
        stopped = len(asked.answer.questions) - kept
        call = judged(asked.call, verdict_of(kept, stopped), ["question"] * stopped)
        if not kept:
            return context, (call,)
        new = question.model_copy(update={"text": text})
        earlier = tuple(new if one.id == question.id else one for one in context.asked)
        return context.model_copy(update={"question": new, "asked": earlier}), (call,)


def may_ask(text: str, field: FormField, ticket: Ticket) -> bool:
    """Whether it is a question that says nothing but what the form's own does, in courteous words."""
    own = worded(field, ticket)
    if not text.strip().endswith("?") or len(text) > LONGEST:
        return False
    return not ungrounded(text, {"own": own, "label": field.label}, fixed=COURTESY) and bool(
        set(_content(own)) & set(_content(text))
    )


def _content(text: str) -> list[str]:
    return [word for word in ungrounded(text, {}, fixed=COURTESY) if word.isalpha()]
