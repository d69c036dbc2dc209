"""forms.yaml: which facts the next tier needs, how they are found, and when they are asked for."""

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
    """How we ask for it, in one sentence. `{{ ticket.subject }}` and its like stand for the ticket's own."""
    ask: Literal["requester", "owner"] = "requester"
    required: bool = True
    """Whether it is asked for when it is missing. One that is not is still looked for, and asked for once the next tier is seen to ask back for it."""  # noqa: E501 - the reference page takes the whole text
    patterns: tuple[str, ...] = ()
    """Regular expressions whose first group (or whole match) is the value."""
    words: dict[str, tuple[str, ...]] = {}
    """Value → words whose presence in the text means it."""
    choices: tuple[str, ...] = ()
    """The only values there are; each is found by its own name, and by its `words`."""
    kind: Literal["text", "email", "host", "date", "number"] = "text"
    """What a value must be; an answer that is something else is asked for again, as often as asking is allowed."""
    valid: str | None = None
    """A regular expression that the whole value must match."""
    look_in: Literal["requester", "any"] = "requester"
    """Whose words count: the requester's, or the technicians' notes too."""
    when: When = When()
    """The tickets of the form that this field is for."""
    depends_on: dict[Slug, tuple[str, ...]] = {}
    """Field → values: it matters only when that field has one of them (any value when none is listed)."""


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
    calendar: Slug | None = None
    """The calendar whose working minutes `answer_within` counts; without one it is minutes of the clock."""
    never_wait_for: tuple[str, ...] = ("critical",)
    """Priorities that are never held up by a question."""
    learn: Literal["off", "suggest", "apply"] = "apply"
    """What follows when the next tier is seen to ask back for a field that is not required: nothing, a remark in the handoff, or that it is asked for beforehand. Nothing required is ever dropped."""  # noqa: E501
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""
