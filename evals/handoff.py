"""eval handoff: the extractive handoff of every ticket of a history, as of its last event."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Literal

from pydantic import JsonValue

from domain.asof import as_of
from domain.base import Record
from domain.grounding import is_grounded
from domain.handoff import Claim, Handoff
from domain.summarising.boilerplate import learn_boilerplate
from domain.summarising.handoff import write_handoff
from domain.summarising.requester import leaked, private_words
from domain.summarising.statements import source_texts
from domain.ticket import Ticket
from domain.verifying.facts import Facts
from domain.verifying.verifier import verify
from evals.metrics import Estimate, bootstrap
from evals.predictions import check_ending, write_rows
from evals.threads import Rejected, read_threads

SECTIONS = (
    "brief", "problem", "impact", "tried", "current_state", "timeline", "open_questions", "next_step", "do_not_repeat",
    "requester_text",
)  # fmt: skip


class HandoffReport(Record):
    """What the suite measured. Shares are 0–1, means carry bootstrap 95 % intervals over tickets."""

    suite: Literal["handoff"] = "handoff"
    tickets: int
    rejected: tuple[Rejected, ...]
    claims: int
    grounded: Estimate
    """Share of a ticket's claims whose cited events hold every word, number and identifier of them."""
    verbatim: Estimate
    """Share of a ticket's claims that stand in one cited event word for word."""
    leaking: int
    """Requester texts with a run of four words that the ticket holds in internal events only."""
    leaking_baseline: int
    """The same for "first and latest message", whoever wrote it and for whom."""
    with_private_words: int
    """Requester texts with a single word, name or number that the ticket holds in internal events only."""
    with_private_words_baseline: int
    """The same for "first and latest message"."""
    verified: Estimate
    """Share of a ticket's claims, cases of others among them, that the verifier lets stand."""
    repeated: float
    """Share of the sentences told in more than one section, the brief and what not to repeat left out."""
    handoff_words: float
    """Median over tickets, timeline left out."""
    ticket_words: float
    requester_words: float
    empty: dict[str, float]
    """Section → share of tickets where it is empty."""
    seed: int
    predictions: str


def run_handoff(
    history: Path, predictions: Path, seed: int, progress: Callable[[int], None] | None = None
) -> HandoffReport:
    """Writes a handoff for every ticket to `predictions` and measures them. Raises `BadInput` on unreadable files.

    Boilerplate is learned from the file itself. `progress` is told how many tickets are done.
    """
    check_ending(predictions)
    threads = read_threads(history)
    boilerplate = learn_boilerplate(threads.tickets)
    pairs: list[tuple[Ticket, Handoff]] = []
    for done, whole in enumerate(threads.tickets, 1):
        at = whole.events[-1].at if whole.events else whole.created_at
        ticket = as_of(whole, at)
        pairs.append((ticket, write_handoff(ticket, at, boilerplate=boilerplate)))
        if progress is not None:
            progress(done)
    write_rows(predictions, [_row(handoff) for _, handoff in pairs])
    return _measure(pairs, threads.rejected, seed, str(predictions))


def render(report: HandoffReport) -> str:
    """The report for people."""
    lines = [
        f"handoff of {report.tickets} tickets, {report.claims} claims",
        f"claims whose events hold them   {report.grounded}",
        f"claims word for word            {report.verbatim}",
        f"claims the verifier lets stand  {report.verified}",
        f"requester texts that leak       {report.leaking} (first and latest message: {report.leaking_baseline})",
        f"... with one private word       {report.with_private_words}"
        f" (first and latest message: {report.with_private_words_baseline})",
        f"told in more than one section   {report.repeated:.1%} of sentences",
        f"median words                    handoff {report.handoff_words:.0f}, ticket {report.ticket_words:.0f},"
        f" requester text {report.requester_words:.0f}",
        "empty sections                  " + ", ".join(f"{name} {share:.0%}" for name, share in report.empty.items()),
        f"predictions in {report.predictions}",
    ]
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def _row(handoff: Handoff) -> dict[str, JsonValue]:
    return {
        "id": handoff.ticket_id,
        "handoff": handoff.model_dump(mode="json"),
        "requester_text": handoff.requester_text,
        "claims": [one.model_dump(mode="json") for one in handoff.claims()],
    }


def _measure(
    pairs: list[tuple[Ticket, Handoff]], rejected: tuple[Rejected, ...], seed: int, predictions: str
) -> HandoffReport:
    grounded, verbatim, verified = [], [], []
    for ticket, handoff in pairs:
        texts, claims = source_texts(ticket), handoff.claims()
        if claims:
            verified.append(len(verify(claims, Facts.of(ticket)).kept) / len(claims))
            grounded.append(sum(is_grounded(one, texts) for one in claims) / len(claims))
            verbatim.append(sum(_verbatim(one, texts) for one in claims) / len(claims))
    return HandoffReport(
        tickets=len(pairs),
        rejected=rejected,
        claims=sum(len(handoff.claims()) for _, handoff in pairs),
        grounded=bootstrap(grounded, seed=seed),
        verbatim=bootstrap(verbatim, seed=seed),
        verified=bootstrap(verified, seed=seed),
        repeated=_repeated([handoff for _, handoff in pairs]),
        with_private_words=sum(bool(private_words(handoff.requester_text, ticket)) for ticket, handoff in pairs),
        with_private_words_baseline=sum(bool(private_words(_first_and_latest(one), one)) for one, _ in pairs),
        leaking=sum(bool(leaked(handoff.requester_text, ticket)) for ticket, handoff in pairs),
        leaking_baseline=sum(bool(leaked(_first_and_latest(ticket), ticket)) for ticket, _ in pairs),
        handoff_words=median(sum(len(one.text.split()) for one in handoff.claims()) for _, handoff in pairs),
        ticket_words=median(sum(len((one.body or "").split()) for one in ticket.events) for ticket, _ in pairs),
        requester_words=median(len(handoff.requester_text.split()) for _, handoff in pairs),
        empty={name: sum(not getattr(handoff, name) for _, handoff in pairs) / len(pairs) for name in SECTIONS},
        seed=seed,
        predictions=predictions,
    )


def _verbatim(claim: Claim, texts: dict[str, str]) -> bool:
    return any(claim.text in texts.get(source, "") for source in claim.sources)


def _repeated(handoffs: list[Handoff]) -> float:
    told = again = 0
    for handoff in handoffs:
        sections = (
            handoff.problem, handoff.impact, handoff.tried, handoff.current_state, handoff.open_questions,
            handoff.next_step,
        )  # fmt: skip
        texts = [one.text for section in sections for one in section]
        told += len(set(texts))
        again += len(texts) - len(set(texts))
    return again / told if told else 0.0


def _first_and_latest(ticket: Ticket) -> str:
    bodies = [event.body for event in ticket.events if event.body]
    return "\n".join(dict.fromkeys((bodies[0], bodies[-1]))) if bodies else ""
