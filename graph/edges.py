"""Where a journey goes next: enums and the functions that choose them. The maps are in `graph.build`."""

from __future__ import annotations

from enum import StrEnum

from domain.assessment import Action
from domain.journey import Outcome, Trigger
from domain.knowledge import DraftState
from graph.state import JourneyState


class Start(StrEnum):
    """How a journey begins."""

    TRIAGE = "triage"
    KNOWLEDGE = "knowledge"


class Decided(StrEnum):
    """What follows from the decision."""

    WATCH = "watch"
    LINK_DUPLICATE = "link_duplicate"
    ESCALATE = "escalate"


class Gathered(StrEnum):
    """Whether enough is known."""

    ASK = "ask"
    ENOUGH = "enough"


class Answered(StrEnum):
    """What ended the wait for an answer."""

    GO_ON = "go_on"
    CANCELLED = "cancelled"


class Signing(StrEnum):
    """Whether somebody has to agree."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"


class Signed(StrEnum):
    """What ended the wait for an approval."""

    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    CHANGED = "changed"


class Written(StrEnum):
    """What the knowledge writer made."""

    REVIEW = "review"
    LINK = "link"
    REFUSE = "refuse"


class Reviewed(StrEnum):
    """What the reviewer said."""

    PUBLISH = "publish"
    REJECT = "reject"


def start(state: JourneyState) -> Start:
    """A closed ticket goes to the knowledge writer, everything else to triage."""
    return Start.KNOWLEDGE if state["trigger"] == Trigger.TICKET_CLOSED else Start.TRIAGE


def after_decision(state: JourneyState) -> Decided:
    """As decided."""
    match state["decision"].action:
        case Action.WATCH:
            return Decided.WATCH
        case Action.LINK_DUPLICATE:
            return Decided.LINK_DUPLICATE
        case Action.ESCALATE:
            return Decided.ESCALATE


def after_gathering(state: JourneyState) -> Gathered:
    """Ask when the gatherer has a question."""
    return Gathered.ASK if state["context"].question else Gathered.ENOUGH


def after_answer(state: JourneyState) -> Answered:
    """Go on unless the ticket ended meanwhile."""
    return Answered.CANCELLED if state.get("cancelled") else Answered.GO_ON


def after_signing_check(state: JourneyState) -> Signing:
    """Wait when a rule wants an approval."""
    return Signing.NEEDED if state.get("approval_id") else Signing.NOT_NEEDED


def after_approval(state: JourneyState) -> Signed:
    """As the approvers said; one that ran out of time is a refusal, one whose request changed is asked for anew."""
    match state["approval"].result:
        case "granted":
            return Signed.GRANTED
        case "rejected" | "expired":
            return Signed.REFUSED
        case "cancelled":
            return Signed.CANCELLED
        case "changed":
            return Signed.CHANGED


def after_writing(state: JourneyState) -> Written:
    """By the state the writer left the draft in."""
    match state["draft_state"]:
        case DraftState.REFUSED:
            return Written.REFUSE
        case DraftState.LINKED:
            return Written.LINK
        case _:
            return Written.REVIEW


def after_review(state: JourneyState) -> Reviewed:
    """As the reviewer said."""
    return Reviewed.PUBLISH if state["review"].result == "approved" else Reviewed.REJECT


def outcome(state: JourneyState) -> Outcome:
    """The name of the end that a journey has reached."""
    if state["trigger"] == Trigger.TICKET_CLOSED:
        return _knowledge_outcome(state)
    decided = after_decision(state)
    if decided == Decided.WATCH:
        return Outcome.WATCHING
    if decided == Decided.LINK_DUPLICATE:
        return Outcome.DUPLICATE_LINKED
    if state.get("cancelled"):
        return Outcome.CANCELLED
    if "approval" in state and after_approval(state) != Signed.GRANTED:
        cancelled = after_approval(state) == Signed.CANCELLED
        return Outcome.CANCELLED if cancelled else Outcome.APPROVAL_REJECTED
    return Outcome.HANDED_TO_LEAD if state["route"].result == "nobody_eligible" else Outcome.HANDED_OVER


def _knowledge_outcome(state: JourneyState) -> Outcome:
    match after_writing(state):
        case Written.REFUSE:
            return Outcome.REFUSED
        case Written.LINK:
            return Outcome.LINKED
        case Written.REVIEW:
            published = after_review(state) == Reviewed.PUBLISH
            return Outcome.PUBLISHED if published else Outcome.REVIEW_REJECTED
