"""eval summary: every dialogue in at most two of its own sentences, beside first and last turn and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from domain.base import Record
from domain.summarising.brief import brief_of
from domain.summarising.statements import Statement
from domain.summarising.thread import read_thread
from domain.ticket import ActorRole
from evals.dialogues import Dialogue, as_ticket, read_dialogues
from evals.metrics import Estimate, bootstrap
from evals.predictions import Id, check_ending, write_rows
from evals.text_metrics import rouge
from evals.threads import Rejected

_SPEAKERS = {ActorRole.REQUESTER: "Customer", ActorRole.TECHNICIAN: "Agent"}
"""The two sides as such files call them."""
_STOPS = ".!?…\"'”’)"
PEOPLE = "one person against the others"


class RougeOfMany(Record):
    """F1, 0–100, mean over a dialogue's references; means over dialogues with bootstrap 95 % intervals."""

    rouge_1: Estimate
    rouge_2: Estimate
    rouge_l: Estimate
    words: float
    """Mean length of what was scored."""


class SummaryReport(Record):
    """What the suite measured."""

    suite: Literal["summary"] = "summary"
    dialogues: int
    scored: int
    """Dialogues with at least one human summary; the others are predicted only."""
    rejected: tuple[Rejected, ...]
    verbatim: float
    """Share of chosen sentences that stand word for word in the turn they cite."""
    ours: RougeOfMany | None
    speakers_named: RougeOfMany | None
    """The same sentences with "Customer:" and "Agent:" before them: people write these words, so they score."""
    baselines: dict[str, RougeOfMany]
    named: bool
    """Whether the predictions name the speakers."""
    seed: int
    predictions: str


def run_summary(
    dialogues: Path, predictions: Path, seed: int, *, named: bool = False, progress: Callable[[int], None] | None = None
) -> SummaryReport:
    """Summarises every dialogue, writes id, summary and sources (turns from 0) and measures where people summarised.

    Raises `BadInput` on unreadable files. `progress` is told how many dialogues are done.
    """
    check_ending(predictions)
    read, rejected = read_dialogues(dialogues)
    chosen: dict[Id, tuple[Statement, ...]] = {}
    for done, dialogue in enumerate(read, 1):
        chosen[dialogue.id] = brief_of(read_thread(as_ticket(dialogue))) if dialogue.turns else ()
        if progress is not None:
            progress(done)
    write_rows(predictions, [_row(one, chosen[one.id], named=named) for one in read])
    gold = [one for one in read if one.summaries]
    said = [(one.text, dialogue.turns[int(one.event_id)].text) for dialogue in read for one in chosen[dialogue.id]]
    return SummaryReport(
        dialogues=len(read),
        scored=len(gold),
        rejected=rejected,
        verbatim=sum(text in turn for text, turn in said) / len(said) if said else 1.0,
        ours=_measured(gold, {one.id: told(chosen[one.id]) for one in gold}, seed),
        speakers_named=_measured(gold, {one.id: told(chosen[one.id], named=True) for one in gold}, seed),
        baselines=_baselines(gold, seed),
        named=named,
        seed=seed,
        predictions=str(predictions),
    )


def told(statements: Sequence[Statement], *, named: bool = False) -> str:
    """The sentences as one text, each closed by a stop."""
    parts = []
    for one in statements:
        who = f"{_SPEAKERS[one.role]}: " if named and one.role in _SPEAKERS else ""
        text = " ".join(one.text.split())
        parts.append(f"{who}{text}" if text.endswith(tuple(_STOPS)) else f"{who}{text}.")
    return " ".join(parts)


def render(report: SummaryReport) -> str:
    """The report for people."""
    lines = [
        f"summary of {report.dialogues} dialogues in at most two of their sentences; {report.scored} have references",
        f"sentences that stand in the turn they cite {report.verbatim:.1%}",
    ]
    if report.ours is not None:
        lines.append("ROUGE, F1, mean over references        ROUGE-1                ROUGE-2                ROUGE-L")
        rows = {"ours": report.ours, "ours, speakers named": report.speakers_named, **report.baselines}
        lines += [
            f"{name:<36} {one.rouge_1}   {one.rouge_2}   {one.rouge_l}   {one.words:.0f} words"
            for name, one in rows.items()
            if one is not None
        ]
    lines.append(f"predictions in {report.predictions}, speakers {'named' if report.named else 'not named'}")
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    return "\n".join(lines)


def _row(dialogue: Dialogue, chosen: Sequence[Statement], *, named: bool) -> dict[str, JsonValue]:
    return {
        "id": dialogue.id,
        "summary": told(chosen, named=named),
        "sources": list(dict.fromkeys(int(one.event_id) for one in chosen)),
    }


def _baselines(gold: Sequence[Dialogue], seed: int) -> dict[str, RougeOfMany]:
    ways: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
        "first and last turn": lambda turns: (turns[0], turns[-1]) if len(turns) > 1 else turns,
        "first two turns": lambda turns: turns[:2],
        "two longest turns": _longest,
    }
    found = {}
    for name, way in ways.items():
        texts = {one.id: " ".join(way([turn.text for turn in one.turns])) for one in gold if one.turns}
        measured = _measured(gold, texts, seed)
        if measured is not None:
            found[name] = measured
    several = [one for one in gold if len(one.summaries) > 1]
    people = _measured([one.model_copy(update={"summaries": one.summaries[1:]}) for one in several],
                       {one.id: one.summaries[0] for one in several}, seed)  # fmt: skip
    return found | ({PEOPLE: people} if people is not None else {})


def _longest(turns: Sequence[str]) -> list[str]:
    best = sorted(range(len(turns)), key=lambda at: (-len(turns[at].split()), at))[:2]
    return [turns[at] for at in sorted(best)]


def _measured(gold: Sequence[Dialogue], texts: Mapping[Id, str], seed: int) -> RougeOfMany | None:
    """Against the references of each dialogue; a dialogue without a text scores 0."""
    if not gold:
        return None
    rows: list[tuple[float, float, float]] = []
    for one in gold:
        scores = [rouge(texts.get(one.id, ""), reference) for reference in one.summaries]
        rows.append((
            sum(score.rouge_1 for score in scores) / len(scores),
            sum(score.rouge_2 for score in scores) / len(scores),
            sum(score.rouge_l for score in scores) / len(scores),
        ))  # fmt: skip
    first, second, longest = (bootstrap([row[at] for row in rows], seed=seed) for at in range(3))
    words = sum(len(text.split()) for text in texts.values()) / len(texts) if texts else 0.0
    return RougeOfMany(rouge_1=first, rouge_2=second, rouge_l=longest, words=words)
