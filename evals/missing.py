"""eval missing: from the requester's first message alone, does support have to ask, and what?

What to ask for also rests on what support asked for on other tickets of the file, as far as that was known when the
ticket was opened: so the product sees its own history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from domain.base import Record
from domain.summarising.statements import statements_of
from domain.summarising.wanted import OpenFacts, asked_for, open_facts
from domain.text.own import own_text
from domain.ticket import ActorRole, Ticket
from evals.metrics import Estimate
from evals.predictions import check_ending, write_rows
from evals.text_metrics import auc_interval
from evals.threads import Gold, Rejected, read_gold, read_threads

ASK_FROM = 0.7
"""From this score on it asks: more speaks for a question than against one. A judgement, not learned."""
QUESTIONS = 3
"""So many facts in one message, the most wanted ones."""
_LABELS = {"asked": True, "not_asked": False}


class MissingGold(Record):
    """What a gold file adds. AUC 0.5 is chance."""

    threads: int
    """Threads labelled asked or not asked; ambiguous ones are left out."""
    asked: int
    auc: Estimate | None
    shorter_first: Estimate | None
    """Baseline: the shorter the message, the likelier a question."""
    precision: float | None
    """Share of our questions where support asked too."""
    recall: float | None
    named: float | None
    """Of our questions on threads labelled asked: share that names a fact which support's first question is about."""
    named_of: int
    """How many those are: threads where we ask, and a question of support for a fact is found by its words."""


class MissingReport(Record):
    """What the suite measured."""

    suite: Literal["missing"] = "missing"
    tickets: int
    rejected: tuple[Rejected, ...]
    asks: int
    kinds: dict[str, int]
    absent: dict[str, int]
    """Field → tickets whose first message does not tell it, of those where it is wanted."""
    gold: MissingGold | None
    seed: int
    predictions: str


def run_missing(
    history: Path,
    predictions: Path,
    seed: int,
    gold: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> MissingReport:
    """Scores the first message of every ticket, writes rows to `predictions` and measures them against `gold`.

    Raises `BadInput` on unreadable files. A ticket without any message of its requester scores 1.
    """
    check_ending(predictions)
    threads = read_threads(history)
    labels = read_gold(gold) if gold is not None else None
    asked = [(at, one.id, fields) for one in threads.tickets for at, fields in support_questions(one)]
    found: dict[str, OpenFacts] = {}
    for done, ticket in enumerate(threads.tickets, 1):
        earlier = (fields for at, id, fields in asked if at < ticket.created_at and id != ticket.id)
        before = Counter(field for fields in earlier for field in fields)
        found[ticket.id] = open_facts(first_message(ticket), before)
        if progress is not None:
            progress(done)
    write_rows(predictions, [_row(id, facts) for id, facts in found.items()])
    kinds = [one.kind for one in found.values()]
    absent = [fact.field for one in found.values() for fact in one.absent]
    return MissingReport(
        tickets=len(found),
        rejected=threads.rejected,
        asks=sum(_asks(one) for one in found.values()),
        kinds={kind: kinds.count(kind) for kind in sorted(set(kinds))},
        absent={field: absent.count(field) for field in sorted(set(absent))},
        gold=_against_gold(threads.tickets, found, labels, seed) if labels is not None else None,
        seed=seed,
        predictions=str(predictions),
    )


def first_message(ticket: Ticket) -> str:
    """Subject, and description or the requester's first public message, in their own words. Nothing after it."""
    said = ticket.description or next(
        (
            event.body
            for event in ticket.events
            if event.body and event.role == ActorRole.REQUESTER and not event.is_internal
        ),
        "",
    )
    return "\n".join(part for part in (ticket.subject, own_text(said) or said) if part)


def support_questions(ticket: Ticket) -> list[tuple[datetime, frozenset[str]]]:
    """When support asked the requester in public for a fact, and for which fields, oldest first."""
    return [
        (one.at, fields)
        for one in statements_of(ticket)
        if one.role == ActorRole.TECHNICIAN and not one.internal and (fields := asked_for(one.text))
    ]


def render(report: MissingReport) -> str:
    """The report for people."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in report.kinds.items())
    lines = [
        f"missing facts in {report.tickets} first messages ({kinds}); would ask for {report.asks}",
        "absent where wanted: " + ", ".join(f"{field} {count}" for field, count in report.absent.items()),
    ]
    if report.gold is not None:
        told = report.gold
        lines += [
            f"against {told.threads} labels ({told.asked} asked); AUC 0.5 is chance",
            f"AUC                       {told.auc or 'not defined: one class only'}",
            f"AUC of shorter first      {told.shorter_first or 'not defined: one class only'}",
            f"precision {_share(told.precision)}, recall {_share(told.recall)} of asking from {ASK_FROM}",
            f"asks for what support asked for first {_share(told.named)} (of {told.named_of} threads)",
        ]
    lines.append(f"predictions in {report.predictions}")
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def _asks(facts: OpenFacts) -> bool:
    """Whether enough speaks for a question, and there is something to ask for."""
    return facts.score >= ASK_FROM and bool(facts.absent)


def _row(id: str, facts: OpenFacts) -> dict[str, JsonValue]:
    asked = facts.absent[:QUESTIONS] if _asks(facts) else ()
    return {
        "id": id,
        "score": facts.score,
        "ask": _asks(facts),
        "questions": [{"field": one.field, "text": one.question, "to": one.to} for one in asked],
    }


def _against_gold(
    tickets: tuple[Ticket, ...], found: dict[str, OpenFacts], gold: dict[str, Gold], seed: int
) -> MissingGold:
    rows = [
        (found[ticket.id].score, -len(first_message(ticket)), _LABELS[label], _asks(found[ticket.id]))
        for ticket in tickets
        if ticket.id in gold and (label := gold[ticket.id].support_asked_for_info or "") in _LABELS
    ]
    scores, lengths, labels = (
        [row[0] for row in rows],
        [float(row[1]) for row in rows],
        [row[2] for row in rows],
    )
    asks = [row[3] for row in rows]
    named = [
        bool({one.field for one in found[ticket.id].absent[:QUESTIONS]} & questions[0][1])
        for ticket in tickets
        if ticket.id in gold
        and gold[ticket.id].support_asked_for_info == "asked"
        and _asks(found[ticket.id])
        and (questions := support_questions(ticket))
    ]
    both = sum(ask and label for ask, label in zip(asks, labels, strict=True))
    return MissingGold(
        threads=len(rows),
        asked=sum(labels),
        auc=auc_interval(scores, labels, seed=seed),
        shorter_first=auc_interval(lengths, labels, seed=seed),
        precision=both / sum(asks) if any(asks) else None,
        recall=both / sum(labels) if any(labels) else None,
        named=sum(named) / len(named) if named else None,
        named_of=len(named),
    )


def _share(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"
