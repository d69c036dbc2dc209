"""approvals.yaml: what must be signed, by whom, by when, and how long what was granted lasts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import Minutes, PolicyModel, Slug, When
from domain.policy.examples import RuleTest

Apart = Literal["owner", "assignee", "requester_delegates"]


class ApprovalRule(PolicyModel):
    """Who must agree before some tickets go on. The first rule that matches counts.

    Nobody ever decides on their own request, as approver, alternate or delegate.
    """

    id: Slug
    when: When
    facts: dict[Slug, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    """Field of a form → values it must have (case ignored). A fact that is not known counts as any value: a signature is asked for once too often rather than not at all."""  # noqa: E501 - the reference page takes the whole text
    action: str
    """What is being approved, for example 'grant elevated database access'."""
    approvers: Slug
    """A role of people.yaml."""
    quorum: Annotated[int, Field(ge=1, le=10)] = 1
    """So many different people must agree."""
    risk: str
    """The risk in one or two sentences, as the approver reads it."""
    parameters: tuple[Slug, ...] = ()
    """Fields of forms whose values are part of what is signed: when one changes, the votes are void and it is asked anew."""  # noqa: E501
    separation: tuple[Apart, ...] = ("owner", "assignee", "requester_delegates")
    """Who may not decide besides the requester: the technician who holds the ticket, the one who would carry it out, and whoever the requester has named as delegate."""  # noqa: E501
    remind_after: Minutes | None = None
    """Those who have not voted are told once more after so many minutes."""
    alternates: Slug | None = None
    """A role of people.yaml that is asked as well when the approvers do not answer, or cannot."""
    alternate_after: Minutes | None = None
    """The alternates are asked after so many minutes; at once when too few approvers are there."""
    decide_within: Minutes = 480
    """After this it has expired, and the requester hears so."""
    grant_for: Minutes | None = None
    """How long the grant itself lasts; none means it does not expire."""
    warn_before: Minutes = 60
    """The end of a grant is announced so many minutes before (half of the grant at most)."""
    revoke_within: Minutes = 60
    """When a grant has ended, what was given must be taken away within this time; then it is overdue."""


class ApprovalsFile(PolicyModel):
    """approvals.yaml"""

    rules: tuple[ApprovalRule, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""
