"""eval forms: would the forms have asked for what the next tier asked back for, and how many questions is that?

Tickets are taken in the order of their creation. Each hand-over in the later part is seen as of its moment; what was
learned comes from whatever was known by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from domain.asked_back import speaks_of, worth_asking
from domain.asof import as_of, standing
from domain.assessment import Action, Assessment, Decision, Urgency
from domain.base import Record
from domain.gathering import gather, wanted_fields
from domain.policy.policy import Policy
from domain.ticket import Ticket
from evals.metrics import Estimate, bootstrap
from evals.predictions import check_ending, write_rows
from evals.threads import Rejected, read_threads
from learning.asked_back import AskBack, ask_backs, asked_back

SEEN = 0.5
"""The share of tickets, by creation, that are only learned from."""
Way = Literal["nothing", "forms", "forms_and_learned", "everything"]
WAYS: tuple[Way, ...] = ("nothing", "forms", "forms_and_learned", "everything")


class WayResult(Record):
    """One way of asking, over all hand-overs looked at."""

    prevented: Estimate
    """Share of the hand-overs with ask-backs of known fields in which all of those would have been asked before."""
    questions: Estimate
    """Fields asked for in a hand-over."""
    unneeded: Estimate
    """Of those, fields that nobody asked back for."""


class FormsReport(Record):
    """What the suite measured, with bootstrap 95 % intervals over hand-overs."""

    suite: Literal["forms"] = "forms"
    tickets: int
    rejected: tuple[Rejected, ...]
    handovers: int
    """In the later part, of tickets for which some form has fields."""
    asked_back: int
    """Of these, with a question about a field that was not known."""
    ways: dict[Way, WayResult]
    seed: int
    predictions: str


class _Case(Record):
    id: str
    known: tuple[str, ...]
    asked_back: tuple[str, ...]
    asked: dict[Way, tuple[str, ...]]


def run_forms(history: Path, predictions: Path, seed: int, policy: Path | None = None) -> FormsReport:
    """Writes a row for every hand-over of the later part to `predictions`, and measures four ways of asking.

    Raises `BadInput` on unreadable files, `BadPolicy`.
    """
    check_ending(predictions)
    rules = load_policy(policy or DEFAULT_POLICY)
    threads = read_threads(history)
    tickets = sorted(threads.tickets, key=lambda one: (one.created_at, one.id))
    known = [one for ticket in tickets for one in ask_backs(ticket)]
    later = tickets[int(len(tickets) * SEEN) :]
    cases = [case for ticket in later if (case := _case(ticket, rules, known)) is not None]
    write_rows(predictions, [_row(case) for case in cases])
    return FormsReport(
        tickets=len(tickets), rejected=threads.rejected, handovers=len(cases),
        asked_back=sum(bool(case.asked_back) for case in cases),
        ways={way: _measured(cases, way, seed) for way in WAYS}, seed=seed, predictions=str(predictions),
    )  # fmt: skip


def render(report: FormsReport) -> str:
    """The report for people."""
    lines = [
        f"{report.handovers} hand-overs in the later half of {report.tickets} tickets; in {report.asked_back} the next"
        " tier asked for a field that was not known",
        f"{'way of asking':<20}{'all asked before':>24}{'questions':>22}{'of them unneeded':>22}",
    ]
    for way, one in report.ways.items():
        lines.append(f"{way.replace('_', ' '):<20}{one.prevented!s:>24}{one.questions!s:>22}{one.unneeded!s:>22}")
    lines.append(f"predictions in {report.predictions}")
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def _case(ticket: Ticket, policy: Policy, known: list[AskBack]) -> _Case | None:
    own = ask_backs(ticket)
    handed = next((one for one in own if one.kind == "handover"), None)
    if handed is None:
        return None
    # The hand-over itself is not yet seen: its event may carry what the next tier says.
    moment = handed.at - timedelta(microseconds=1)
    cut = as_of(ticket, moment)
    category = standing(cut).category
    meant = policy.category(category)
    opinion = Assessment(
        ticket_id=ticket.id, at=moment, risk=0, reasons=(), counterfactual=None,
        category=meant.id if meant else None, urgency=Urgency.NORMAL,
    )  # fmt: skip
    fields = wanted_fields(cut, policy, opinion)
    if not fields:
        return None
    seen = asked_back([one for one in known if one.ticket_id != ticket.id], category, moment)
    context = gather(cut, policy, opinion, _decision(ticket, moment), moment)
    there = {fact.field for fact in context.facts}
    missing = [one for one in fields if one.id not in there]
    said = [one.text for one in own if one.kind != "handover"]
    worth = worth_asking(fields, seen)
    return _Case(
        id=ticket.id, known=tuple(sorted(there)),
        asked_back=tuple(one.id for one in missing if any(speaks_of(one, text) for text in said)),
        asked={
            "nothing": (),
            "forms": tuple(one.id for one in missing if one.required),
            "forms_and_learned": tuple(one.id for one in missing if one.required or one.id in worth),
            "everything": tuple(one.id for one in missing),
        },
    )  # fmt: skip


def _decision(ticket: Ticket, at: datetime) -> Decision:
    return Decision(
        id="eval", ticket_id=ticket.id, at=at, action=Action.ESCALATE, risk=0, threshold=0, why=(), to_tier="L2",
        priority=None, policy="eval",
    )  # fmt: skip


def _measured(cases: list[_Case], way: Way, seed: int) -> WayResult:
    needed = [case for case in cases if case.asked_back]
    return WayResult(
        prevented=bootstrap([float(set(case.asked_back) <= set(case.asked[way])) for case in needed], seed=seed),
        questions=bootstrap([float(len(case.asked[way])) for case in cases], seed=seed),
        unneeded=bootstrap([float(len(set(case.asked[way]) - set(case.asked_back))) for case in cases], seed=seed),
    )


def _row(case: _Case) -> dict[str, JsonValue]:
    return {
        "id": case.id, "known": list(case.known), "asked_back": list(case.asked_back),
        **{way: list(fields) for way, fields in case.asked.items()},
    }  # fmt: skip
