"""The graph reads like the runbook: nodes in the order a person would work a ticket, edges by enum and map."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from agents.asker import AGENTS_THAT_ASK, Asker
from agents.context_gatherer import ContextGatherer
from agents.knowledge_writer import KnowledgeWriter
from agents.reading import TicketReader
from agents.router import Router
from agents.summarizer import Summarizer
from agents.triage import Triage
from domain.journey import Outcome
from domain.language_model import LanguageModel
from domain.policy.policy import Policy
from domain.ports import Bursts, EvidenceSearch, Judges, KnowledgeBase, TicketHistory
from domain.recording import JourneyRecords
from graph import edges
from graph.escalating import Escalating
from graph.knowing import Knowing
from graph.signing import Signing
from graph.state import JourneyState
from graph.watching import Watching

Journeys = CompiledStateGraph[JourneyState, None, JourneyState, JourneyState]

START_WITH: dict[Hashable, str] = {edges.Start.TRIAGE: "triage", edges.Start.KNOWLEDGE: "write_draft"}
DECIDED: dict[Hashable, str] = {
    edges.Decided.WATCH: "watch",
    edges.Decided.LINK_DUPLICATE: "link_duplicate",
    edges.Decided.ESCALATE: "open_escalation",
}
GATHERED: dict[Hashable, str] = {edges.Gathered.ASK: "ask", edges.Gathered.ENOUGH: "route"}
ANSWERED: dict[Hashable, str] = {edges.Answered.GO_ON: "gather_context", edges.Answered.CANCELLED: "cancel"}
SIGNING: dict[Hashable, str] = {
    edges.Signing.NEEDED: "request_approval",
    edges.Signing.NOT_NEEDED: "summarize",
}
SIGNED: dict[Hashable, str] = {
    edges.Signed.GRANTED: "summarize",
    edges.Signed.REFUSED: "decline",
    edges.Signed.CANCELLED: "cancel",
    edges.Signed.CHANGED: "check_approval",
}
WRITTEN: dict[Hashable, str] = {
    edges.Written.REVIEW: "await_review",
    edges.Written.LINK: "link_article",
    edges.Written.REFUSE: "ask_for_facts",
}
REVIEWED: dict[Hashable, str] = {edges.Reviewed.PUBLISH: "publish", edges.Reviewed.REJECT: "conclude"}

ENDS = ("watch", "link_duplicate", "cancel", "decline", "hand_over", "link_article", "ask_for_facts", "publish")
"""Nodes after which only the outcome remains to be named."""


@dataclass(frozen=True)
class Agents:
    """The five agents."""

    triage: Triage
    context_gatherer: ContextGatherer
    router: Router
    summarizer: Summarizer
    knowledge_writer: KnowledgeWriter


class OutcomeUpdate(TypedDict):
    """How the journey ended."""

    outcome: Outcome


def make_agents(
    policy: Policy, history: TicketHistory, search: EvidenceSearch, knowledge: KnowledgeBase, bursts: Bursts,
    judges: Judges | None = None, model: LanguageModel | None = None, may_ask: frozenset[str] = AGENTS_THAT_ASK,
) -> Agents:  # fmt: skip
    """The agents: without `judges` nothing learned is asked, without a `model` all text is the local path's.

    `may_ask` names the agents that ask the model; the router never does.
    """
    asker = Asker(model, policy, may_ask) if model else None
    return Agents(
        triage=Triage(policy, history, search, bursts, judges, TicketReader(asker, policy) if asker else None),
        context_gatherer=ContextGatherer(policy, history, search, knowledge, asker),
        router=Router(policy, history, judges),
        summarizer=Summarizer(policy, history, asker),
        knowledge_writer=KnowledgeWriter(policy, history, search, knowledge, asker),
    )


def build(
    policy: Policy, agents: Agents, history: TicketHistory, knowledge: KnowledgeBase, records: JourneyRecords,
    checkpointer: BaseCheckpointSaver[str] | None = None,
) -> Journeys:  # fmt: skip
    """Compiles the graph."""
    watching = Watching(policy, agents.triage, history, records)
    escalating = Escalating(policy, agents.context_gatherer, agents.router, agents.summarizer, history, records)
    signing = Signing(policy, history, records)
    knowing = Knowing(policy, agents.knowledge_writer, history, knowledge, records)
    graph = StateGraph(JourneyState)

    graph.add_node("triage", watching.triage)
    graph.add_node("decide", watching.decide)
    graph.add_node("watch", watching.watch)
    graph.add_node("link_duplicate", watching.link_duplicate)
    graph.add_node("open_escalation", escalating.open_escalation)
    graph.add_node("gather_context", escalating.gather_context)
    graph.add_node("ask", escalating.ask)
    graph.add_node("await_answer", escalating.await_answer)
    graph.add_node("route", escalating.route)
    graph.add_node("check_approval", signing.check_approval)
    graph.add_node("request_approval", signing.request_approval)
    graph.add_node("await_approval", signing.await_approval)
    graph.add_node("decline", signing.decline)
    graph.add_node("cancel", escalating.cancel)
    graph.add_node("summarize", escalating.summarize)
    graph.add_node("hand_over", escalating.hand_over)
    graph.add_node("write_draft", knowing.write_draft)
    graph.add_node("link_article", knowing.link_article)
    graph.add_node("ask_for_facts", knowing.ask_for_facts)
    graph.add_node("await_review", knowing.await_review)
    graph.add_node("publish", knowing.publish)
    graph.add_node("conclude", conclude)

    graph.add_conditional_edges(START, edges.start, START_WITH)
    graph.add_edge("triage", "decide")
    graph.add_conditional_edges("decide", edges.after_decision, DECIDED)
    graph.add_edge("open_escalation", "gather_context")
    graph.add_conditional_edges("gather_context", edges.after_gathering, GATHERED)
    graph.add_edge("ask", "await_answer")
    graph.add_conditional_edges("await_answer", edges.after_answer, ANSWERED)
    graph.add_edge("route", "check_approval")
    graph.add_conditional_edges("check_approval", edges.after_signing_check, SIGNING)
    graph.add_edge("request_approval", "await_approval")
    graph.add_conditional_edges("await_approval", edges.after_approval, SIGNED)
    graph.add_edge("summarize", "hand_over")
    graph.add_conditional_edges("write_draft", edges.after_writing, WRITTEN)
    graph.add_conditional_edges("await_review", edges.after_review, REVIEWED)
    for end in ENDS:
        graph.add_edge(end, "conclude")
    graph.add_edge("conclude", END)
    return graph.compile(checkpointer=checkpointer, name="tierwise")


async def conclude(state: JourneyState) -> OutcomeUpdate:
    """Names the end."""
    return {"outcome": edges.outcome(state)}
