"""Who is told what: each once, and the requester nothing but the public text."""

from __future__ import annotations

from typing import Any

from domain.effects import Message
from domain.notices import Notice, messages
from domain.policy.flow import Occasion
from domain.policy.notifications import NotificationsFile
from domain.policy.policy import Policy
from domain.route import Route
from domain.ticket import Requester
from tests.domain import made

ROUTE = Route(result="technician", tier="L2", team="net", technician="cy", confidence=0.6, why="Cy knows it.")


def _policy(*rules: dict[str, Any]) -> Policy:
    return made.policy().model_copy(update={"notifications": NotificationsFile.model_validate({"rules": list(rules)})})


def _told(policy: Policy, occasion: Occasion = "handed_over") -> tuple[Message, ...]:
    requester = Requester(id="rita", email="rita@example.com")
    ticket = made.ticket(made.assigned(1, 1, "desk", "ada")).model_copy(update={"requester": requester})
    notice = Notice(
        occasion=occasion, ticket=ticket, at=made.after(60), headline="Escalated to you",
        public_text="We are on it.", internal_text="The requester is difficult.", route=ROUTE,
    )  # fmt: skip
    return messages(policy, notice)


def test_each_recipient_hears_once_whatever_rules_name_them() -> None:
    policy = _policy(
        {"id": "a", "on": ["handed_over"], "to": ["assignee", "requester", "cy@example.com"]},
        {"id": "b", "on": ["handed_over"], "to": ["assignee", "owner", "team_lead"]},
    )
    told = _told(policy)
    assert sorted(message.to for message in told) == [
        "ada@example.com", "cy@example.com", "di@example.com", "rita@example.com"
    ]  # fmt: skip


def test_the_requester_reads_only_the_public_text() -> None:
    told = _told(_policy({"id": "a", "on": ["handed_over"], "to": ["requester", "assignee"]}))
    texts = {message.to: message.text for message in told}
    assert texts["rita@example.com"] == "We are on it."
    assert "difficult" in texts["cy@example.com"] and "Cy knows it." in texts["cy@example.com"]


def test_the_technician_reads_when_the_sla_ends_with_its_zone() -> None:
    told = _told(_policy({"id": "a", "on": ["handed_over"], "to": ["assignee"]}))
    assert "SLA resolution" in told[0].text and "UTC (UTC)" in told[0].text


def test_a_rule_for_another_occasion_says_nothing() -> None:
    assert _told(_policy({"id": "a", "on": ["article_published"], "to": ["requester"]})) == ()


def test_a_requester_without_an_address_is_left_out() -> None:
    policy = _policy({"id": "a", "on": ["handed_over"], "to": ["requester"]})
    ticket = made.ticket().model_copy(update={"requester": Requester(id="rita")})
    notice = Notice(occasion="handed_over", ticket=ticket, at=made.after(60), headline="x", public_text="y")
    assert messages(policy, notice) == ()


def test_the_same_occasion_gives_the_same_messages() -> None:
    policy = _policy({"id": "a", "on": ["handed_over"], "to": ["assignee", "requester"]})
    assert _told(policy) == _told(policy)
