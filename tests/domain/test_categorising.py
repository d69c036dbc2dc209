from __future__ import annotations

from domain.assessment import Urgency
from domain.categorising import categorise, tags_of, urgency_of
from domain.surroundings import Neighbour
from domain.ticket import Ticket
from tests.domain.made import policy, ticket

P = policy()


def named(made: Ticket, *neighbours: Neighbour) -> str | None:
    found = categorise(made, P, neighbours).category
    return found.id if found else None


def past(category: str, count: int) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(f"P-{number}", 0.7, False, category) for number in range(count))


def test_the_helpdesks_category_counts_under_any_of_its_names() -> None:
    assert named(ticket(category="remote ACCESS")) == "vpn"


def test_without_one_the_words_tell() -> None:
    assert named(ticket(body="The vpn tunnel drops")) == "vpn"


def test_without_words_past_tickets_tell() -> None:
    assert named(ticket(), *past("Mail", 3)) == "mail"


def test_without_either_the_category_is_left_open() -> None:
    found = categorise(ticket(category="Misc"), P, ())
    assert found.category is None
    assert "'Misc'" in found.why


def test_a_denied_word_does_not_speak_for_a_category() -> None:
    assert named(ticket(body="This is not phishing")) is None


def test_words_and_past_tickets_together_overrule_a_wrong_queue() -> None:
    found = categorise(ticket(category="vpn", body="My mailbox in outlook is full"), P, past("mail", 4))
    assert found.category is not None and found.category.id == "mail"
    assert "vpn" in found.why and "mailbox" in found.why


def test_words_and_few_past_tickets_are_mentioned_but_do_not_overrule() -> None:
    found = categorise(ticket(category="vpn", body="My mailbox is full"), P, past("mail", 1))
    assert found.category is not None and found.category.id == "vpn"
    assert "mail" in found.why


def test_urgency_follows_the_priority_and_is_raised_by_an_urgent_category() -> None:
    assert urgency_of(ticket(priority="1 - Critical"), (), None) == Urgency.CRITICAL
    assert urgency_of(ticket(priority="low"), (), None) == Urgency.LOW
    assert urgency_of(ticket(priority=None), (), P.category("security")) == Urgency.CRITICAL
    assert urgency_of(ticket(priority=None), (), None) == Urgency.NORMAL


def test_tags_name_category_urgency_and_service() -> None:
    tags = tags_of(ticket(service="Kontor ERP"), P.category("vpn"), Urgency.HIGH, ())
    assert tags == ("vpn", "urgency-high", "service-kontor-erp")
