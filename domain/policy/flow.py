"""playbooks/*.yaml, and the occasions of notifications.yaml: what is told and done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import PolicyModel, Slug, When
from domain.policy.examples import RuleTest

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
