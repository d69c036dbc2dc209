"""What a model wrote goes out as far as the verifier keeps it; the rest falls back to the extractive text."""

from __future__ import annotations

from domain.handoff import Claim, Handoff
from domain.summarising.handoff import write_handoff
from domain.verifying.facts import Facts
from domain.verifying.mending import mend, sections
from tests.domain.verifying.made import whole_ticket

TICKET = whole_ticket()
FACTS = Facts.of(TICKET)
PLAIN = write_handoff(TICKET, TICKET.events[-1].at)


def written(**changes: object) -> Handoff:
    """The plain handoff as if a model had written some of it."""
    return PLAIN.model_copy(update={"source": "model", **changes})


def test_a_true_handoff_stays_as_it_was_written() -> None:
    problem = (Claim(text="The print server srv-print-02 is down.", sources=("e1",)),)
    mended, verdict = mend(written(problem=problem), PLAIN, TICKET, FACTS)
    assert verdict.clean
    assert mended.problem == problem
    assert mended.source == "model"


def test_a_section_that_lost_everything_gets_the_extractive_claims() -> None:
    invented = (Claim(text="The disk of srv-print-09 was replaced.", sources=("e1",)),)
    mended, verdict = mend(written(problem=invented), PLAIN, TICKET, FACTS)
    assert mended.problem == PLAIN.problem
    assert mended.source == "model, mended"
    assert {one.claim for one in verdict.blocked} == set(invented)


def test_a_section_that_lost_one_claim_keeps_the_others_and_adds_what_they_do_not_cite() -> None:
    true = Claim(text="The spooler on srv-print-02 was restarted.", sources=("e3",))
    false = Claim(text="The spooler was reinstalled.", sources=("e3",))
    mended, _ = mend(written(tried=(true, false)), PLAIN, TICKET, FACTS)
    assert mended.tried[0] == true
    assert false not in mended.tried
    assert all("e3" not in one.sources or len(one.sources) > 1 for one in mended.tried[1:])


def test_a_requesters_text_with_one_invented_line_is_replaced_as_a_whole() -> None:
    mended, verdict = mend(written(requester_text="- We refunded the invoice."), PLAIN, TICKET, FACTS)
    assert mended.requester_text == PLAIN.requester_text
    assert verdict.blocked


def test_every_section_of_claims_is_looked_at() -> None:
    assert {
        "problem",
        "impact",
        "tried",
        "current_state",
        "open_questions",
        "next_step",
        "do_not_repeat",
        "similar",
    } <= set(sections(PLAIN))
