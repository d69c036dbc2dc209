"""What each agent reads and writes. Documents (evidence, handoff, draft) travel whole here and by id in the graph."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from domain.assessment import Assessment, Decision
from domain.context import Answer, Context
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.knowledge import Draft
from domain.language_model import ModelCall
from domain.route import Route


class TriageView(TypedDict):
    """What triage reads."""

    tenant: str
    ticket_id: str
    at: datetime


class TriageUpdate(TypedDict):
    """What triage writes."""

    assessment: Assessment
    calls: tuple[ModelCall, ...]
    """What was asked of a model."""
    seen: str
    """What it saw besides the ticket: `domain.audit.seen.Seen` as JSON."""


class GathererView(TypedDict):
    """What the context gatherer reads; `context` and `answer` are there from the second round on."""

    tenant: str
    ticket_id: str
    at: datetime
    assessment: Assessment
    decision: Decision
    context: NotRequired[Context]
    answer: NotRequired[Answer]


class GathererUpdate(TypedDict):
    """What the context gatherer writes."""

    context: Context
    evidence: Evidence
    calls: tuple[ModelCall, ...]


class RouterView(TypedDict):
    """What the router reads."""

    tenant: str
    ticket_id: str
    at: datetime
    assessment: Assessment
    decision: Decision
    context: Context
    evidence: Evidence
    answer: NotRequired[Answer]
    sent_back: NotRequired[frozenset[str]]
    """Who has had this escalation and sent it back."""


class RouterUpdate(TypedDict):
    """What the router writes."""

    route: Route


class SummarizerView(TypedDict):
    """What the summarizer reads."""

    tenant: str
    ticket_id: str
    at: datetime
    assessment: Assessment
    decision: Decision
    context: Context
    evidence: Evidence
    route: Route
    answer: NotRequired[Answer]


class SummarizerUpdate(TypedDict):
    """What the summarizer writes."""

    handoff: Handoff
    calls: tuple[ModelCall, ...]


class WriterView(TypedDict):
    """What the knowledge writer reads: a closed ticket and the escalation it had."""

    tenant: str
    ticket_id: str
    at: datetime
    escalation_id: NotRequired[str]


class WriterUpdate(TypedDict):
    """What the knowledge writer writes."""

    draft: Draft
    calls: tuple[ModelCall, ...]
