"""What of a ticket, problem or article can be found."""

from __future__ import annotations

from domain.evidence import DocumentKind
from domain.knowledge import Article, ArticleBody, KnownProblem
from domain.ticket import Event, EventKind, Requester, Ticket
from retrieval.documents import article_document, problem_document, ticket_document
from tests.retrieval.made import APRIL, MARCH


def _ticket(**changes: object) -> Ticket:
    created = Event(id="e1", at=MARCH, kind=EventKind.CREATED)
    given = {"id": "T-1", "created_at": MARCH, "events": (created,), **changes}
    return Ticket.model_validate(given)


def test_a_ticket_is_found_by_what_was_asked_and_known_once_resolved() -> None:
    ticket = _ticket(
        subject="VPN drops",
        description="Error 619 on vpn-gw-03.",
        resolution="Replaced the gateway.",
        category="network",
        service="vpn",
        requester=Requester(id="dana"),
        resolved_at=APRIL,
    )
    document = ticket_document(ticket, "acme")
    assert (document.title, document.text) == ("VPN drops", "Error 619 on vpn-gw-03.")
    assert document.whole == "VPN drops\nError 619 on vpn-gw-03."
    assert (document.category, document.service, document.requester) == ("network", "vpn", "dana")
    assert document.known_at == APRIL
    assert "Replaced" not in document.whole


def test_an_open_ticket_is_not_known_yet() -> None:
    assert ticket_document(_ticket(subject="VPN drops"), "acme").known_at is None


def test_the_first_line_stands_in_for_a_missing_subject() -> None:
    document = ticket_document(_ticket(description="My VPN drops.\nSince Monday."), "acme")
    assert (document.title, document.text) == ("My VPN drops.", "Since Monday.")
    endless = ticket_document(_ticket(description="word " * 100), "acme")
    assert len(endless.title) == 120
    assert endless.text == ("word " * 100).strip()


def test_a_ticket_without_words_has_an_empty_document() -> None:
    assert ticket_document(_ticket(), "acme").whole == ""


def test_an_article_is_found_by_symptom_and_by_solution() -> None:
    body = ArticleBody(title="VPN error 619", symptom="The tunnel drops", resolution=("Reset the adapter",))
    article = Article(id="KB-1", body=body, created_at=MARCH, updated_at=APRIL)
    document = article_document(article, "acme")
    assert document.kind == DocumentKind.ARTICLE
    assert "The tunnel drops" in document.text
    assert "1. Reset the adapter" in document.text
    assert document.known_at == APRIL


def test_a_problem_is_known_from_its_opening() -> None:
    problem = KnownProblem(
        id="P-1", title="Gateway leak", symptoms="Tunnels drop", workaround="Reboot", opened_at=MARCH
    )
    document = problem_document(problem, "acme")
    assert document.text == "Tunnels drop\n\nReboot"
    assert document.known_at == MARCH


def test_the_hash_follows_the_text_and_nothing_else() -> None:
    one = ticket_document(_ticket(subject="VPN", description="drops"), "acme")
    assert one.text_hash == one.model_copy(update={"category": "x", "known_at": APRIL}).text_hash
    assert one.text_hash != one.model_copy(update={"title": "VPN drops", "text": ""}).text_hash
