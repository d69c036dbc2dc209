"""What ragas makes of the predictions of a suite: without a model always, judged by one where there is one."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SerializeAsAny

from adapters.llm.client import Endpoint
from domain.base import Record
from domain.summarising.statements import source_texts
from evals.dialogues import read_dialogues
from evals.predictions import open_text
from evals.ragas_bridge import Item, RagasScore, context_scores, model_scores, text_scores
from evals.retrieval_files import read_corpus, read_queries
from evals.threads import read_threads

MOST = 100
"""Items that are scored, the first of the file: comparing strings and asking a model are slow."""
FOUND = 10
"""Documents of a query that count as found."""


class RagasReport(Record):
    """ragas' scores of a suite's predictions."""

    items: int
    """The first so many of the file."""
    model: str | None
    """Who judged; none when only the measures without a model were taken."""
    scores: tuple[RagasScore, ...]


class Both(Record):
    """A suite's own report, and ragas' scores of the same predictions."""

    report: SerializeAsAny[Record]
    ragas: RagasReport


def of_retrieval(corpus: Path, queries: Path, predictions: Path, endpoint: Endpoint | None) -> RagasReport:
    """Context precision and recall by id and by string. Raises `BadInput`, `Misconfigured`."""
    texts = {str(row.id): f"{row.title or ''}\n{row.text or ''}".strip() for row in read_corpus(corpus)}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(predictions):
        found[str(row["query_id"])].append(str(row["doc_id"]))
    asked = [one for one in read_queries(queries, list(texts)) if one.relevant][:MOST]
    items = []
    for one in asked:
        ids, wanted = found[str(one.id)][:FOUND], [str(id) for id in one.relevant]
        reference = tuple(texts[id] for id in wanted)
        items.append(
            Item(
                id=str(one.id), question=one.text, reference="\n".join(reference), reference_contexts=reference,
                contexts=tuple(texts[id] for id in ids), found_ids=tuple(ids), reference_ids=tuple(wanted),
            )
        )  # fmt: skip
    return _report(items, context_scores(items), endpoint)


def of_summary(dialogues: Path, predictions: Path, endpoint: Endpoint | None) -> RagasReport:
    """Against the first human summary of each dialogue; faithful to its turns. Raises `BadInput`, `Misconfigured`."""
    known = {one.id: one for one in read_dialogues(dialogues)[0] if one.summaries}
    written = {str(row["id"]): str(row["summary"]) for row in _rows(predictions)}
    items = [
        Item(
            id=str(id), response=written[str(id)], reference=one.summaries[0],
            contexts=tuple(turn.text for turn in one.turns),
        )
        for id, one in list(known.items())[:MOST] if str(id) in written
    ]  # fmt: skip
    return _report(items, text_scores(items), endpoint)


def of_handoff(history: Path, predictions: Path, endpoint: Endpoint | None) -> RagasReport:
    """Claims against the events they cite: how near the strings are, and how faithful. Raises `BadInput`."""
    tickets = {ticket.id: ticket for ticket in read_threads(history).tickets}
    items = []
    for row in _rows(predictions)[:MOST]:
        claims, texts = row["claims"], source_texts(tickets[str(row["id"])])
        if not isinstance(claims, list) or not claims:
            continue
        cited = dict.fromkeys(source for claim in claims for source in claim["sources"] if source in texts)
        contexts = tuple(texts[source] for source in cited)
        response = "\n".join(str(claim["text"]) for claim in claims)
        items.append(Item(id=str(row["id"]), response=response, reference="\n".join(contexts), contexts=contexts))
    return _report(items, text_scores(items), endpoint)


def render(report: RagasReport) -> str:
    """The report for people; items without a score are named."""
    judged = f"judged by {report.model}" if report.model else "without a model"
    lines = [f"ragas on the first {report.items} items, {judged}"]
    for one in report.scores:
        mean = "no score" if one.mean is None else f"{one.mean:.3f}"
        named = ", ".join(f"{id} ({why})" for id, why in list(one.undefined.items())[:5])
        more = f"; without a score: {len(one.undefined)}: {named}" if one.undefined else ""
        lines.append(f"  {one.metric:<28} {mean} over {one.scored}{more}")
    return "\n".join(lines)


def _report(items: Sequence[Item], scores: tuple[RagasScore, ...], endpoint: Endpoint | None) -> RagasReport:
    judged = model_scores(items, endpoint) if endpoint else ()
    return RagasReport(items=len(items), model=endpoint.model if endpoint else None, scores=(*scores, *judged))


def _rows(predictions: Path) -> list[dict[str, Any]]:
    """The rows of a file of predictions that a suite of ours has written."""
    with open_text(predictions, "r") as file:
        if ".csv" in predictions.suffixes:
            return [{key: _value(cell) for key, cell in row.items()} for row in csv.DictReader(file)]
        return [json.loads(line) for line in file]


def _value(cell: str) -> Any:
    """A cell as it was before it stood in a CSV: lists and objects stand there as JSON."""
    return json.loads(cell) if cell[:1] in "[{" and cell else cell
