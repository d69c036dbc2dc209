"""Who is told what: each once, and the requester nothing but the public text."""

from __future__ import annotations

from typing import Any

from domain.effects import Message
from domain.evidence import Evidence, EvidenceItem
from domain.handoff import Claim, Handoff
from domain.notices import Notice, messages
from domain.policy.flow import Occasion
from domain.policy.notifications import NotificationsFile
from domain.policy.policy import Policy
from domain.route import Route
from domain.ticket import Actor, ActorRole, Event, EventKind, Requester
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


PLANTED = "PLANTED-PRIVATE-TEXT"


def test_nothing_private_reaches_the_requester_whatever_field_holds_it() -> None:
    hidden = Event(
        id="e9", at=made.after(2), kind=EventKind.COMMENT, actor=Actor(id="ada", role=ActorRole.TECHNICIAN),
        visibility="internal", body=PLANTED,
    )  # fmt: skip
    ticket = made.ticket(made.assigned(1, 1, "desk", "ada"), hidden).model_copy(
        update={"requester": Requester(id="rita", email="rita@example.com"), "subject": PLANTED, "service": PLANTED}
    )
    handoff = Handoff(
        id="h", ticket_id=ticket.id, at=made.after(3), problem=(Claim(text=PLANTED, sources=("e9",)),),
        tried=(Claim(text=PLANTED, sources=("e9",)),),
    )  # fmt: skip
    evidence = Evidence(
        items=(EvidenceItem(kind="ticket", id="T-0", title=PLANTED, score=0.9, how_resolved=PLANTED, by_whom=PLANTED),)
    )
    notice = Notice(
        occasion="handed_over", ticket=ticket, at=made.after(60), headline=PLANTED, public_text="We are on it.",
        internal_text=PLANTED, route=ROUTE.model_copy(update={"why": PLANTED}), escalation_id="esc_1",
        handoff=handoff, evidence=evidence, priority="high", affected=(PLANTED,),
    )  # fmt: skip
    for template in ({}, {"text": "{{ ticket_id }}: {{ text }} {{ title }}", "subject": "{{ title }}"}):
        policy = _policy({"id": "a", "on": ["handed_over"], "to": ["requester"], **template})
        [told] = messages(policy, notice)
        assert PLANTED not in told.model_dump_json() and "We are on it." in told.text
        assert told.content is None and told.fallback == ()
    inside = messages(_policy({"id": "a", "on": ["handed_over"], "to": ["assignee"]}), notice)
    assert PLANTED in inside[0].text


def test_a_notice_to_the_inside_holds_all_of_its_content() -> None:
    evidence = Evidence(
        items=(
            EvidenceItem(kind="ticket", id="T-0", title="Tunnel", score=0.9, how_resolved="new profile", by_whom="di"),
        )
    )
    policy = _policy({"id": "a", "on": ["handed_over"], "to": ["assignee"]})
    policy = policy.model_copy(
        update={"notifications": policy.notifications.model_copy(update={"ticket_url": "https://desk.example/t/{id}"})}
    )
    ticket = made.ticket(made.assigned(1, 1, "desk", "ada")).model_copy(update={"id": "T/1", "service": "vpn"})
    notice = Notice(
        occasion="handed_over", ticket=ticket, at=made.after(60), headline="Escalated to you", public_text="x",
        internal_text="All of it.", route=ROUTE, escalation_id="esc_1", evidence=evidence, priority="critical",
        affected=("12 other reports",), escalation_version=3,
    )  # fmt: skip
    [told] = messages(policy, notice)
    for words in (
        "T/1", "priority critical", "accept it, or send it back", "SLA resolution:", "of working time left", "vpn",
        "12 other reports", "cy (net): Cy knows it.", "T-0 Tunnel: new profile (di)", "https://desk.example/t/T%2F1",
        "All of it.",
    ):  # fmt: skip
        assert words in told.text, words
    assert told.critical and told.zone == "UTC"


def _channelled(**rule: Any) -> Policy:
    lines = {"rules": [{"id": "a", "on": ["handed_over"], **rule}], "channels": [
        {"id": "room", "kind": "slack", "target": "C1"}, {"id": "direct", "kind": "slack"},
        {"id": "board", "kind": "webhook", "target": "b"},
    ]}  # fmt: skip
    policy = made.policy().model_copy(update={"notifications": NotificationsFile.model_validate(lines)})
    people = tuple(
        one.model_copy(update={"slack": "U0CY"}) if one.id == "cy" else one for one in policy.technicians.technicians
    )
    return policy.model_copy(update={"technicians": policy.technicians.model_copy(update={"technicians": people})})


def test_a_room_is_told_once_and_falls_back_to_the_mail_of_those_it_concerns() -> None:
    [told] = _told(_channelled(channel="room", to=["assignee", "owner"]))
    assert (told.kind, told.to, told.recipient) == ("slack", "C1", "room:room")
    assert [[one.to for one in step] for step in told.fallback] == [["cy@example.com", "ada@example.com"]]


def test_somebody_without_a_slack_id_is_told_by_the_fallback() -> None:
    told = _told(_channelled(channel="direct", to=["assignee", "owner"]))
    assert [(one.kind, one.to) for one in told] == [("slack", "U0CY"), ("mail", "ada@example.com")] or sorted(
        (one.kind, one.to) for one in told
    ) == [("mail", "ada@example.com"), ("slack", "U0CY")]


def test_a_critical_message_ends_at_the_lead_whatever_the_rule_says() -> None:
    [told] = _told(_channelled(channel="board", to=["assignee"], urgent=True))
    assert told.critical and [one.to for one in told.fallback[-1]] == ["di@example.com"]


def test_a_template_gives_subject_and_text() -> None:
    policy = _policy(
        {
            "id": "a",
            "on": ["handed_over"],
            "to": ["assignee"],
            "subject": "{{ ticket_id }} for {{ owner }}",
            "text": "Hi",
        }
    )
    [told] = _told(policy)
    assert (told.subject, told.text) == ("T-1 for cy", "Hi")
