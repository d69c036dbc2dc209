"""`tests:` of a policy file: small tickets, and what the rules of that file must make of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from domain.policy.base import PolicyModel, PolicyMoment, Slug


def _as_list(value: Any) -> Any:  # Any: what a file holds, before it is checked
    if isinstance(value, str):
        return () if value == "none" else (value,)
    return tuple(value) if isinstance(value, list) else value


Expected = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class ExampleRequester(PolicyModel):
    """Who asks in an example."""

    id: str = "somebody"
    email: str | None = None
    role: str | None = None
    vip: bool | None = None
    site: str | None = None


class ExampleTicket(PolicyModel):
    """A small ticket: only what the example is about."""

    subject: str = ""
    text: str = ""
    """What the requester wrote."""
    priority: str | None = None
    category: str | None = None
    subcategory: str | None = None
    type: str | None = None
    service: str | None = None
    asset: str | None = None
    channel: str | None = None
    impact: str | None = None
    urgency: str | None = None
    status: str | None = None
    team: str | None = None
    technician: str | None = None
    tier: str | None = None
    tags: tuple[str, ...] = ()
    age_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 366)] = 0
    """Minutes since it was created."""
    requester: ExampleRequester = ExampleRequester()


class RuleTest(PolicyModel):
    """An example that `tierwise policy check` runs: what these rules must say about this ticket."""

    name: str
    """What it shows, as a sentence."""
    ticket: ExampleTicket = ExampleTicket()
    risk: Annotated[int, Field(ge=0, le=100)] = 0
    reasons: tuple[str, ...] = ()
    """Codes of what the risk is made of, for rules that ask for them."""
    declared: bool = False
    """Whether the requester asked for an escalation."""
    at: PolicyMoment = datetime.fromisoformat("2026-01-07T10:00:00+00:00")
    """The moment of looking, with its zone; a Wednesday morning unless given."""
    occasion: str | None = None
    """For notifications.yaml: what there is to tell."""
    expect: Expected
    """The id that speaks (several in a list, where several can), or `none`."""
    levels: Expected | None = None
    """For escalation.yaml: the levels of the matrix that are due, in the order of the file, or `none`."""
    sets: dict[Slug, str] = {}
    """For escalation.yaml: what is set, as `to_tier`, `priority`, `status` or `tags` (joined by commas)."""
