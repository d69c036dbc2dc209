"""The graph holds its shape: every road leads somewhere, every key has one writer, nothing vanishes."""

from __future__ import annotations

import inspect
import typing
from enum import StrEnum
from typing import Any, get_type_hints

import pytest

from agents import views
from app.picture import compiled, graph_page
from domain.journey import Outcome
from graph import build, edges, escalating, knowing, signing, watching
from graph.state import JourneyState
from tests.architecture.places import ROOT

SEEDED = {"tenant", "run_id", "ticket_id", "trigger", "at", "bounced"}
DOCUMENTS = {"evidence", "handoff", "draft", "calls"}
"""Travel whole between agents and by id, or not at all, in the state."""

ROADS: dict[type[StrEnum], dict[Any, str]] = {
    edges.Start: build.START_WITH, edges.Decided: build.DECIDED, edges.Gathered: build.GATHERED,
    edges.Answered: build.ANSWERED, edges.Signing: build.SIGNING, edges.Signed: build.SIGNED,
    edges.Written: build.WRITTEN, edges.Reviewed: build.REVIEWED,
}  # fmt: skip


def _links() -> dict[str, set[str]]:
    links: dict[str, set[str]] = {}
    for edge in compiled().get_graph().edges:
        links.setdefault(edge.source, set()).add(edge.target)
    return links


def _reachable(start: str, links: dict[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for target in links.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _nodes() -> dict[str, Any]:
    """Node name → the method behind it."""
    found: dict[str, Any] = {}
    for kind in (watching.Watching, escalating.Escalating, signing.Signing, knowing.Knowing):
        found |= dict(inspect.getmembers(kind, inspect.isfunction))
    names = set(compiled().get_graph().nodes) - {"__start__", "__end__", "conclude"}
    return {name: found[name] for name in names} | {"conclude": build.conclude}


def _updates() -> dict[str, set[str]]:
    """Node name → the state keys it writes."""
    written = {}
    for name, method in _nodes().items():
        returned = get_type_hints(method)["return"]
        written[name] = set() if returned is type(None) else set(typing.get_type_hints(returned))
    return written


def test_every_node_can_be_reached() -> None:
    links = _links()
    assert _reachable("__start__", links) == set(compiled().get_graph().nodes)


def test_every_path_ends_in_a_named_outcome() -> None:
    links = _links()
    assert links["conclude"] == {"__end__"}
    before_the_end = {source for source, targets in links.items() if "__end__" in targets}
    assert before_the_end == {"conclude"}
    for node in set(compiled().get_graph().nodes) - {"__end__"}:
        assert "conclude" in _reachable(node, links), f"{node} leads nowhere"


@pytest.mark.parametrize("choice", ROADS)
def test_every_choice_has_a_road(choice: type[StrEnum]) -> None:
    assert set(ROADS[choice]) == set(choice)


def test_every_enum_of_the_edges_is_looked_at_here() -> None:
    choices = {
        kind
        for _, kind in inspect.getmembers(edges, inspect.isclass)
        if issubclass(kind, StrEnum) and kind.__module__ == edges.__name__
    }
    assert choices == set(ROADS)


def test_every_update_goes_into_a_key_of_the_state() -> None:
    keys = set(get_type_hints(JourneyState))
    for node, written in _updates().items():
        assert written <= keys, f"{node} writes {written - keys}, which would vanish"


def test_every_key_of_the_state_has_exactly_one_writer() -> None:
    writers: dict[str, list[str]] = {}
    for node, written in _updates().items():
        for key in written:
            writers.setdefault(key, []).append(node)
    assert {key: nodes for key, nodes in writers.items() if len(nodes) > 1} == {}
    assert set(writers) | SEEDED == set(get_type_hints(JourneyState))
    assert not set(writers) & SEEDED


def test_what_agents_read_and_write_is_in_the_state_or_travels_as_a_document() -> None:
    state = get_type_hints(JourneyState)
    for name, view in inspect.getmembers(views, typing.is_typeddict):
        for key, kind in get_type_hints(view).items():
            if key in DOCUMENTS or key == "sent_back":
                continue
            assert key in state, f"{name}.{key} is not in the state"
            assert state[key] == kind, f"{name}.{key} has another type in the state"


def test_every_outcome_can_be_reached() -> None:
    source = inspect.getsource(edges)
    assert {outcome.name for outcome in Outcome if f"Outcome.{outcome.name}" in source} == {o.name for o in Outcome}


def test_the_picture_in_the_documentation_is_that_of_the_compiled_graph() -> None:
    assert (ROOT / "docs" / "graph.md").read_text(encoding="utf-8") == graph_page(), "run `make docs`"


def test_the_picture_is_the_same_each_time() -> None:
    assert graph_page() == graph_page()
