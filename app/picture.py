"""The graph as LangGraph's own tools and the documentation see it: compiled from the default policy, on fakes."""

from __future__ import annotations

from adapters.memory.bursts import MemoryBursts
from adapters.memory.history import MemoryHistory
from adapters.memory.journeys import MemoryRecords
from adapters.memory.knowledge import MemoryKnowledge
from adapters.memory.search import MemorySearch
from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from graph.build import Journeys, build, make_agents
from graph.runner import JourneyRunner


def compiled() -> Journeys:
    """The compiled graph without stores behind it."""
    policy, history, knowledge = load_policy(DEFAULT_POLICY), MemoryHistory({}), MemoryKnowledge({}, {})
    agents = make_agents(policy, history, MemorySearch([]), knowledge, MemoryBursts())
    return build(policy, agents, history, knowledge, MemoryRecords())


def graph_picture() -> str:
    """The graph as mermaid text."""
    return JourneyRunner(compiled()).picture()


def graph_page() -> str:
    """The page of the documentation that shows the graph."""
    return (
        "# The graph\n\n"
        "Drawn from the compiled graph by `make docs`; not edited by hand. Dotted lines are choices; the\n"
        "`await_…` steps wait for a person in an interrupt that survives the process.\n\n"
        f"```mermaid\n{graph_picture().strip()}\n```\n"
    )
