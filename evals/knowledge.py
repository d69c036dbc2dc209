"""eval knowledge: a draft or a refusal for every ticket of a history, and for every ticket cut to its first message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from domain.asof import as_of, cut_after
from domain.base import Record
from domain.drafting.draft import body_of, is_supported, read_findings, write_draft
from domain.drafting.redact import holds_address
from domain.knowledge import ArticleBody, Draft, KnowledgeChoice
from domain.summarising.boilerplate import Boilerplate, learn_boilerplate
from domain.summarising.statements import source_texts
from domain.ticket import ActorRole, Event, Ticket
from evals.metrics import Estimate, bootstrap
from evals.predictions import check_ending, write_rows
from evals.text_metrics import rouge
from evals.threads import Gold, Rejected, read_gold, read_threads

_HEADINGS = re.compile(
    r"executive summary|problem (?:description|identification|statement)|root cause|corrective action|conclusion"
    r"|(?:^|\s)(?:problem|issue|cause|investigation|solution|resolution)\s*:"
)
_HEADINGS_OF_A_NOTE = 3


class Quality(Record):
    """ROUGE F1 (0–100) against the staff's note: problem, investigation and solution."""

    rouge_1: Estimate
    rouge_2: Estimate
    rouge_l: Estimate


class GoldReport(Record):
    """What a gold file adds."""

    notes: int
    """Threads with a staff note."""
    drafts: Quality
    """Symptom, cause and steps; of a refusal, what it knows."""
    without_final_notes: Quality
    """The same where comments that are themselves the staff's final note are taken away first."""
    baseline: Quality
    """The first message and the technicians' longest comment that is not boilerplate."""
    solved: int
    """Threads whose staff noted a solution."""
    drafted_when_solved: Estimate


class KnowledgeReport(Record):
    """What the suite measured. Shares are 0–1, with bootstrap 95 % intervals over tickets."""

    suite: Literal["knowledge"] = "knowledge"
    tickets: int
    rejected: tuple[Rejected, ...]
    decisions: dict[str, int]
    public: int
    """Drafts built from public text alone."""
    supported: Estimate
    """Share of a draft's claims that their events hold, masks of redaction left out."""
    refused_on_first_message: Estimate
    """Share of tickets, cut down to their first message, for which it refuses."""
    with_addresses: int
    """Articles that hold an e-mail address."""
    final_notes: int
    """Tickets on which a comment is itself the staff's final note."""
    gold: GoldReport | None
    seed: int
    predictions: str


def run_knowledge(
    history: Path,
    predictions: Path,
    seed: int,
    gold: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> KnowledgeReport:
    """Writes a decision for every ticket to `predictions` and measures it. Raises `BadInput` on unreadable files.

    There are no articles to link or patch: every decision is `new` or `refuse`. A refusal carries the article as far
    as it is known, without resolution. Boilerplate is learned from the file itself.
    """
    check_ending(predictions)
    threads = read_threads(history)
    notes = read_gold(gold) if gold is not None else None
    boilerplate = learn_boilerplate(threads.tickets)
    tickets = [_whole(ticket) for ticket in threads.tickets]
    drafts: list[Draft] = []
    for done, ticket in enumerate(tickets, 1):
        drafts.append(write_draft(ticket, _end(ticket), boilerplate=boilerplate))
        if progress is not None:
            progress(done)
    rows = [_row(draft, known_body(ticket, boilerplate)) for ticket, draft in zip(tickets, drafts, strict=True)]
    write_rows(predictions, rows)
    articles = [draft.article for draft in drafts if draft.article is not None]
    return KnowledgeReport(
        tickets=len(tickets),
        rejected=threads.rejected,
        decisions=dict(Counter(draft.choice.value for draft in drafts)),
        public=sum(article.audience == "public" for article in articles),
        supported=bootstrap(_supported(tickets, drafts), seed=seed),
        refused_on_first_message=bootstrap([_refuses(ticket, boilerplate) for ticket in tickets], seed=seed),
        with_addresses=sum(holds_address(f"{article.title}\n{article.as_text()}") for article in articles),
        final_notes=sum(any(map(is_final_note, ticket.events)) for ticket in tickets),
        gold=_against_gold(tickets, drafts, notes, boilerplate, seed) if notes is not None else None,
        seed=seed,
        predictions=str(predictions),
    )


def render(report: KnowledgeReport) -> str:
    """The report for people."""
    decisions = ", ".join(f"{name} {count}" for name, count in sorted(report.decisions.items()))
    lines = [
        f"knowledge from {report.tickets} tickets: {decisions}; {report.public} drafts from public text alone",
        f"claims that their events hold        {report.supported}",
        f"refused when cut to first message    {report.refused_on_first_message}",
        f"articles with an e-mail address      {report.with_addresses}",
        f"tickets with a final note of staff   {report.final_notes}",
    ]
    if report.gold is not None:
        told = report.gold
        lines += [
            f"drafted when staff noted a solution  {told.drafted_when_solved} ({told.solved} threads)",
            f"ROUGE F1 against {told.notes} notes of staff    ROUGE-1               ROUGE-2               ROUGE-L",
            _quality("drafts", told.drafts),
            _quality("drafts, final notes taken away", told.without_final_notes),
            _quality("first message + longest comment", told.baseline),
        ]
    lines.append(f"predictions in {report.predictions}")
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def is_final_note(event: Event) -> bool:
    """Whether a technician's comment is itself a write-up: it has the headings of one."""
    if event.role != ActorRole.TECHNICIAN or not event.body:
        return False
    return len({match.group().strip() for match in _HEADINGS.finditer(event.body.lower())}) >= _HEADINGS_OF_A_NOTE


def known_body(ticket: Ticket, boilerplate: Boilerplate) -> ArticleBody | None:
    """The article as far as the ticket tells it; none when it does not even tell the symptom."""
    found = read_findings(ticket, boilerplate)
    return body_of(found) if found.symptom else None


def _row(draft: Draft, known: ArticleBody | None) -> dict[str, JsonValue]:
    article = draft.article or known
    return {
        "id": draft.ticket_id,
        "decision": draft.choice.value,
        "article": article.model_dump(mode="json") if article else None,
        "claims": [one.model_dump(mode="json") for one in draft.claims],
        "questions": list(draft.questions),
    }


def _supported(tickets: list[Ticket], drafts: list[Draft]) -> list[float]:
    shares = []
    for ticket, draft in zip(tickets, drafts, strict=True):
        texts = source_texts(ticket)
        if draft.claims:
            shares.append(sum(is_supported(one, texts) for one in draft.claims) / len(draft.claims))
    return shares


def _refuses(ticket: Ticket, boilerplate: Boilerplate) -> float:
    first = next((index for index, event in enumerate(ticket.events) if event.body), 0)
    cut = cut_after(ticket, first + 1)
    return float(write_draft(cut, _end(cut), boilerplate=boilerplate).choice == KnowledgeChoice.REFUSE)


def _against_gold(
    tickets: list[Ticket], drafts: list[Draft], gold: Mapping[str, Gold], boilerplate: Boilerplate, seed: int
) -> GoldReport:
    mine, bare, simple, wanted, drafted = [], [], [], [], []
    for ticket, draft in zip(tickets, drafts, strict=True):
        note = gold[ticket.id].resolution_note if ticket.id in gold else None
        if note is None or not note.text:
            continue
        wanted.append(note.text)
        mine.append(_told(known_body(ticket, boilerplate)))
        bare.append(_told(known_body(_without_final_notes(ticket), boilerplate)))
        simple.append(_first_and_longest(ticket, boilerplate))
        if note.solution.strip():
            drafted.append(float(draft.choice != KnowledgeChoice.REFUSE))
    return GoldReport(
        notes=len(wanted),
        drafts=_rouge(mine, wanted, seed),
        without_final_notes=_rouge(bare, wanted, seed),
        baseline=_rouge(simple, wanted, seed),
        solved=len(drafted),
        drafted_when_solved=bootstrap(drafted, seed=seed),
    )


def _told(body: ArticleBody | None) -> str:
    return " ".join((body.symptom, body.cause, *body.resolution)) if body else ""


def _first_and_longest(ticket: Ticket, boilerplate: Boilerplate) -> str:
    bodies = [event.body for event in ticket.events if event.body]
    support = [
        event.body
        for event in ticket.events
        if event.role == ActorRole.TECHNICIAN and event.body and not boilerplate.covers(event.body)
    ]
    return f"{bodies[0] if bodies else ''} {max(support, key=len, default='')}"


def _without_final_notes(ticket: Ticket) -> Ticket:
    return ticket.model_copy(update={"events": tuple(one for one in ticket.events if not is_final_note(one))})


def _rouge(texts: list[str], notes: list[str], seed: int) -> Quality:
    scores = [rouge(text, note) for text, note in zip(texts, notes, strict=True)]
    return Quality(
        rouge_1=bootstrap([one.rouge_1 for one in scores], seed=seed),
        rouge_2=bootstrap([one.rouge_2 for one in scores], seed=seed),
        rouge_l=bootstrap([one.rouge_l for one in scores], seed=seed),
    )


def _quality(name: str, quality: Quality) -> str:
    parts = (quality.rouge_1, quality.rouge_2, quality.rouge_l)
    return f"{name:<35}" + "".join(f"  {one.mean:5.1f} [{one.low:.1f}, {one.high:.1f}]" for one in parts)


def _whole(ticket: Ticket) -> Ticket:
    return as_of(ticket, _end(ticket))


def _end(ticket: Ticket) -> datetime:
    return ticket.events[-1].at if ticket.events else ticket.created_at
