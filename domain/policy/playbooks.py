"""playbooks/<id>.yaml: a predefined flow for a recurring kind of ticket. One file is all a playbook needs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import PolicyModel, Slug, When
from domain.policy.examples import RuleTest


class DoneWhen(PolicyModel):
    """What ticks a step off by itself. Every given line must hold, and each names the event or record it rests on."""

    facts: tuple[Slug, ...] = ()
    """Form fields whose values are known."""
    approval: Slug | None = None
    """The approval rule that was granted for the escalation."""
    words: tuple[str, ...] = ()
    """Words of which one stands, undenied, in something a technician wrote after the escalation was opened."""
    resolved: bool = False
    """The ticket is resolved."""


class PlaybookStep(PolicyModel):
    """One thing to do or check."""

    id: Slug
    text: Annotated[str, Field(min_length=1)]
    kind: Literal["check", "action", "approval", "notify"] = "check"
    who: str = "assignee"
    """`assignee`, `team_lead`, `requester`, a team of teams.yaml or a role of people.yaml."""
    needs: tuple[Slug, ...] = ()
    """Steps that must be done or skipped first."""
    done_when: DoneWhen | None = None
    """Without it, somebody ticks the step off."""


class Playbook(PolicyModel):
    """A predefined flow for a recurring issue type: playbooks/<id>.yaml."""

    id: Slug
    name: str
    order: Annotated[int, Field(ge=0, le=1000)] = 100
    """The playbook with the lowest order whose condition holds is taken; among equals, the first by id."""
    when: When | None = None
    """Without it the playbook is found by `similar_to` alone."""
    similar_to: Annotated[tuple[Annotated[str, Field(min_length=3)], ...], Field(max_length=50)] = ()
    """How people put it: when no condition holds, the playbook with the nearest phrase is taken, if near enough."""
    facts: tuple[Slug, ...] = ()
    """Form fields it needs besides those the forms ask for anyway."""
    approvals: tuple[Slug, ...] = ()
    """Approval rules it demands; the first is asked for when no rule of approvals.yaml matches by itself."""
    notify: tuple[Slug, ...] = ()
    """Rules of notifications.yaml on `playbook_started` that go out when the ticket is handed over."""
    steps: Annotated[tuple[PlaybookStep, ...], Field(min_length=1)]
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""
