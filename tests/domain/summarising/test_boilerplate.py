"""What every ticket says says nothing."""

from __future__ import annotations

from domain.summarising.boilerplate import learn_boilerplate, normal_form
from domain.summarising.statements import statements_of
from domain.ticket import Ticket
from tests.domain.made import answered, ticket

NOTICE = "If we do not hear from you we escalate the ticket to your manager."


def many(count: int, *bodies: str) -> list[Ticket]:
    return [
        ticket(
            *(answered(at, at, body) for at, body in enumerate(bodies, 1)),
            id=f"T-{number}",
            body=f"Case {chr(97 + number)}",
        )
        for number in range(count)
    ]


def test_a_sentence_on_many_tickets_is_boilerplate_and_leaves_the_statements() -> None:
    tickets = many(5, NOTICE)
    learned = learn_boilerplate(tickets)
    assert learned.covers(NOTICE.upper())
    assert NOTICE not in {one.text for one in statements_of(tickets[0], learned)}
    assert NOTICE in {one.text for one in statements_of(tickets[0])}


def test_a_sentence_repeated_on_one_ticket_alone_is_not() -> None:
    tickets = [
        *many(4),
        ticket(answered(1, 1, NOTICE), answered(2, 2, NOTICE), answered(3, 3, NOTICE), id="T-9"),
    ]
    assert not learn_boilerplate(tickets).covers(NOTICE)


def test_a_report_of_work_may_recur_on_some_tickets() -> None:
    fix = "The new release was deployed on the server."
    tickets = [*many(4, fix), *(ticket(id=f"U-{number}", body=f"Other {number}") for number in range(50))]
    assert not learn_boilerplate(tickets).covers(fix)
    assert learn_boilerplate(many(5, fix)).covers(fix)


def test_numbers_case_and_masked_names_do_not_make_another_sentence() -> None:
    assert normal_form("Ticket 123 is with [NAME] now!") == normal_form("ticket 7 is with ph_user now")
