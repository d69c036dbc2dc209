"""The occasions of notifications.yaml: when people are told."""

from __future__ import annotations

from typing import Literal

Occasion = Literal[
    "question_asked", "approval_requested", "handed_over", "handed_to_lead", "approval_rejected",
    "article_published", "duplicate_linked", "level_reached", "de_escalated", "could_not_write", "loop_stopped",
    "approval_reminder", "approval_alternates", "approval_reassigned", "grant_ending", "grant_ended",
    "task_made", "task_overdue", "task_escalated",
    "outbreak_proposed", "outbreak_confirmed", "outbreak_ended", "playbook_started",
]  # fmt: skip
