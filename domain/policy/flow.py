"""forms.yaml, notifications.yaml, playbooks/*.yaml: what is asked, told and done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import Minutes, PolicyModel, Slug, When
from domain.policy.examples import RuleTest


class FormField(PolicyModel):
    """A fact the next tier needs."""

    id: Slug
    label: str
    question: str
    """How we ask for it, in one sentence."""
    ask: Literal["requester", "owner"] = "requester"
    required: bool = True
    patterns: tuple[str, ...] = ()
    """Regular expressions whose first group (or whole match) is the value."""
    words: dict[str, tuple[str, ...]] = {}
    """Value → words whose presence in the text means it."""


class Form(PolicyModel):
    """The facts wanted for some tickets. Every form whose condition holds contributes its fields."""

    id: Slug
    when: When = When()
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]


class FormsFile(PolicyModel):
    """forms.yaml"""

    forms: tuple[Form, ...] = ()
    ask_at_most: Annotated[int, Field(ge=0, le=10)] = 1
    """Question messages for one escalation."""
    fields_per_question: Annotated[int, Field(ge=1, le=10)] = 4
    answer_within: Minutes = 240
    """After this the escalation goes on, with what is unknown marked."""
    never_wait_for: tuple[str, ...] = ("critical",)
    """Priorities that are never held up by a question."""
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""


Occasion = Literal[
    "question_asked", "approval_requested", "handed_over", "handed_to_lead", "approval_rejected",
    "article_published", "duplicate_linked", "level_reached", "de_escalated", "could_not_write", "loop_stopped",
    "approval_reminder", "approval_alternates", "approval_reassigned", "grant_ending", "grant_ended",
    "task_made", "task_overdue", "task_escalated",
    "outbreak_proposed", "outbreak_confirmed", "outbreak_ended",
]  # fmt: skip


class PlaybookStep(PolicyModel):
    """One thing to do or check."""

    id: Slug
    text: str


class Playbook(PolicyModel):
    """A predefined flow for a recurring issue type: playbooks/<id>.yaml."""

    id: Slug
    name: str
    when: When
    steps: Annotated[tuple[PlaybookStep, ...], Field(min_length=1)]
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""
