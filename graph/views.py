"""What each agent is given of a journey's state, and the moment that a step acts at."""

from __future__ import annotations

from datetime import datetime

from agents.views import GathererView, RouterView, SummarizerView, TriageView, WriterView
from domain.assessment import latest
from domain.evidence import Evidence
from graph.state import JourneyState


def moment(state: JourneyState) -> datetime:
    """When the journey started, or when the last word that it waited for came."""
    words = [state["at"]]
    if "answer" in state:
        words.append(state["answer"].at)
    if "approval" in state:
        words.append(state["approval"].at)
    if "review" in state:
        words.append(state["review"].at)
    return latest(*words)


def triage_view(state: JourneyState) -> TriageView:
    """For triage."""
    return {"tenant": state["tenant"], "ticket_id": state["ticket_id"], "at": state["at"]}


def gatherer_view(state: JourneyState) -> GathererView:
    """For the context gatherer."""
    view: GathererView = {
        "tenant": state["tenant"], "ticket_id": state["ticket_id"], "at": state["at"],
        "assessment": state["assessment"], "decision": state["decision"],
    }  # fmt: skip
    if "context" in state:
        view["context"] = state["context"]
    if "answer" in state:
        view["answer"] = state["answer"]
    return view


def router_view(state: JourneyState, evidence: Evidence, sent_back: frozenset[str]) -> RouterView:
    """For the router."""
    view: RouterView = {
        "tenant": state["tenant"], "ticket_id": state["ticket_id"], "at": moment(state),
        "assessment": state["assessment"], "decision": state["decision"], "context": state["context"],
        "evidence": evidence, "sent_back": sent_back,
    }  # fmt: skip
    return view


def summarizer_view(state: JourneyState, evidence: Evidence) -> SummarizerView:
    """For the summarizer."""
    view: SummarizerView = {
        "tenant": state["tenant"], "ticket_id": state["ticket_id"], "at": moment(state),
        "assessment": state["assessment"], "decision": state["decision"], "context": state["context"],
        "evidence": evidence, "route": state["route"],
    }  # fmt: skip
    return view


def writer_view(state: JourneyState, escalation_id: str | None) -> WriterView:
    """For the knowledge writer."""
    view: WriterView = {"tenant": state["tenant"], "ticket_id": state["ticket_id"], "at": state["at"]}
    if escalation_id is not None:
        view["escalation_id"] = escalation_id
    return view
