"""True handoffs as they are, rephrased, and corrupted in one place each: what the verifier says of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.demo.organisation import load_demo
from app.demo.run import FOLDER
from domain.asof import as_of
from domain.base import Record
from domain.handoff import Claim
from domain.summarising.boilerplate import learn_boilerplate
from domain.summarising.handoff import write_handoff
from domain.summarising.requester import leaked
from domain.summarising.sentences import sentence_spans
from domain.ticket import Ticket
from domain.verifying.facts import Facts
from domain.verifying.verifier import verify, verify_requester_text
from evals.metrics import Estimate, bootstrap
from evals.predictions import check_ending, write_rows
from evals.threads import Rejected, Threads, read_threads
from evals.verifying.corrupting import KINDS, Material
from evals.verifying.rephrasing import rephrased

Half = Literal["all", "develop", "report"]
_COLUMNS = ("item", "ticket_id", "what", "kind", "style", "text", "sources", "blocked", "why", "what_blocked")
_TRIES = 60
_WORDS = 6
"""A shorter sentence may well be true of another ticket too."""
_PRIVATE = "private"


class VerifierReport(Record):
    """What the suite measured. Shares are 0–1 with bootstrap 95 % intervals over items."""

    suite: Literal["verifier"] = "verifier"
    tickets: int
    rejected: tuple[Rejected, ...]
    half: Half
    corrupted: int
    detection: Estimate
    """Share of the corrupted claims that were blocked."""
    by_kind: dict[str, tuple[int, float]]
    """Kind of corruption → how many, and the share of them that was blocked."""
    untouched: int
    false_blocks: Estimate
    """Share of the claims of the product's own handoffs that were blocked, and of their requester texts' lines."""
    rephrased: int
    false_blocks_rephrased: Estimate
    by_style: dict[str, tuple[int, float]]
    """Style of rephrasing → how many, and the share of them that was blocked."""
    seed: int
    predictions: str


@dataclass(frozen=True)
class _Case:
    ticket: Ticket
    facts: Facts
    claims: tuple[Claim, ...]
    requester_text: str
    private: tuple[str, ...]


class _Item(Record):
    item: int
    ticket_id: str
    what: Literal["untouched", "rephrased", "corrupted"]
    kind: str = ""
    style: str = ""
    text: str
    sources: tuple[str, ...]
    blocked: bool
    why: tuple[str, ...]
    what_blocked: tuple[str, ...]


def run_verifier(
    history: Path | None, predictions: Path, seed: int, *, n: int = 2000, half: Half = "all",
    progress: Callable[[int], None] | None = None,
) -> VerifierReport:  # fmt: skip
    """Corrupts `n` claims of true handoffs of `history`, each in its own copy, and writes a row for each item.

    Without a history the closed tickets of the demo are taken.

    `develop` and `report` take every other ticket: rules are written looking at the first half only. Raises `BadInput`
    on unreadable files.
    """
    check_ending(predictions)
    threads = read_threads(history) if history is not None else Threads(tickets=load_demo(FOLDER).closed)
    cases = _cases(threads, half)
    items = [*_untouched(cases), *_rephrased(cases, random.Random(f"{seed}/rephrased"))]
    for item in _corrupted(cases, n, random.Random(f"{seed}/corrupted")):
        items.append(item)
        if progress is not None:
            progress(1)
    items = [one.model_copy(update={"item": number}) for number, one in enumerate(items, 1)]
    write_rows(predictions, [one.model_dump(mode="json") for one in items], columns=_COLUMNS)
    return _report(items, cases, threads, half, seed, str(predictions))


def render(report: VerifierReport) -> str:
    """The report for people."""
    lines = [
        f"verifier on {report.tickets} tickets ({report.half} of the file)",
        f"corrupted claims blocked        {report.detection} of {report.corrupted}",
        f"untouched claims blocked        {report.false_blocks} of {report.untouched}",
        f"rephrased claims blocked        {report.false_blocks_rephrased} of {report.rephrased}",
    ]
    lines += [f"  {kind:18} {count:5} {share:7.3f}" for kind, (count, share) in report.by_kind.items()]
    lines += [f"  {style:26} {count:5} {share:7.3f}" for style, (count, share) in report.by_style.items()]
    lines += [f"line {one.line} set aside: {one.error}" for one in report.rejected]
    lines.append(f"predictions in {report.predictions}")
    return "\n".join(lines)


def _cases(threads: Threads, half: Half) -> list[_Case]:
    boilerplate = learn_boilerplate(threads.tickets)
    kept = [
        whole
        for number, whole in enumerate(threads.tickets)
        if whole.events and (half == "all" or (half == "develop") == (number % 2 == 0))
    ]
    cases = []
    for whole in kept:
        ticket = as_of(whole, whole.events[-1].at)
        handoff = write_handoff(ticket, ticket.events[-1].at, boilerplate=boilerplate)
        private = tuple(_private(ticket))
        cases.append(_Case(ticket, Facts.of(ticket), handoff.claims(), handoff.requester_text, private))
    return [one for one in cases if one.claims]


def _private(ticket: Ticket) -> Iterable[str]:
    for event in ticket.events:
        if event.is_internal and event.body:
            sentences = (event.body[span.start : span.end] for span in sentence_spans(event.body))
            yield from (one for one in sentences if len(one.split()) >= 6 and leaked(one, ticket))


def _untouched(cases: Sequence[_Case]) -> Iterable[_Item]:
    for case in cases:
        for claim in case.claims:
            yield _judged(case, claim, "untouched")
        found = verify_requester_text(case.requester_text, case.ticket)
        for claim in found.kept:
            yield _item(case, claim, "untouched", (), style="requester text")
        for blocked in found.blocked:
            yield _item(case, blocked.claim, "untouched", ((blocked.kind, blocked.what),), style="requester text")


def _rephrased(cases: Sequence[_Case], rng: random.Random) -> Iterable[_Item]:
    for case in cases:
        for claim in case.claims:
            changed, style = _in_other_words(case, claim, rng)
            if style != "verbatim":
                yield _judged(case, changed, "rephrased", style=style)


def _in_other_words(case: _Case, claim: Claim, rng: random.Random) -> tuple[Claim, str]:
    event = case.ticket.event(claim.sources[0])
    told = event is not None and event.is_message
    text, style = rephrased(claim.text, rng, event.role if event is not None and told else None)
    return Claim(text=text, sources=claim.sources), style


def _corrupted(cases: Sequence[_Case], n: int, rng: random.Random) -> Iterable[_Item]:
    """`n` corruptions, the kinds in turn; half of the claims are rephrased first."""
    names = list(KINDS)
    made = 0
    for turn in range(n * 3):
        if made == n:
            return
        item = _corruption(cases, names[turn % len(names)], rng)
        if item is not None:
            made += 1
            yield item


def _corruption(cases: Sequence[_Case], kind: str, rng: random.Random) -> _Item | None:
    for _ in range(_TRIES):
        case = rng.choice(cases)
        claim = rng.choice(case.claims)
        style = "verbatim"
        if rng.random() < 0.5 and verify([said := _in_other_words(case, claim, rng)[0]], case.facts).clean:
            claim, style = said, "rephrased"
        near = rng.sample(cases, min(5, len(cases)))
        others = [one.text for other in near if other is not case for one in other.claims if _long(one)]
        wrong = KINDS[kind](claim, Material(case.ticket, rng, others, case.private))
        if wrong is not None:
            return _judged(case, wrong, "corrupted", kind=kind, style=style)
    return None


def _long(claim: Claim) -> bool:
    return len(claim.text.split()) >= _WORDS


def _judged(
    case: _Case, claim: Claim, what: Literal["untouched", "rephrased", "corrupted"], *, kind: str = "", style: str = ""
) -> _Item:
    outward = kind == _PRIVATE
    found = verify_requester_text(claim.text, case.ticket) if outward else verify([claim], case.facts)
    return _item(case, claim, what, tuple((one.kind, one.what) for one in found.blocked), kind=kind, style=style)


def _item(
    case: _Case, claim: Claim, what: Literal["untouched", "rephrased", "corrupted"],
    reasons: tuple[tuple[str, str], ...], *, kind: str = "", style: str = "",
) -> _Item:  # fmt: skip
    return _Item(
        item=0, ticket_id=case.ticket.id, what=what, kind=kind, style=style, text=claim.text, sources=claim.sources,
        blocked=bool(reasons), why=tuple(one for one, _ in reasons), what_blocked=tuple(one for _, one in reasons),
    )  # fmt: skip


def _report(
    items: Sequence[_Item], cases: Sequence[_Case], threads: Threads, half: Half, seed: int, predictions: str
) -> VerifierReport:
    by_what = {what: [one for one in items if one.what == what] for what in ("untouched", "rephrased", "corrupted")}
    corrupted, other = by_what["corrupted"], by_what["rephrased"]
    return VerifierReport(
        tickets=len(cases), rejected=threads.rejected, half=half, corrupted=len(corrupted),
        detection=bootstrap([float(one.blocked) for one in corrupted], seed=seed),
        by_kind=_shares(corrupted, [one.kind for one in corrupted]), untouched=len(by_what["untouched"]),
        false_blocks=bootstrap([float(one.blocked) for one in by_what["untouched"]], seed=seed), rephrased=len(other),
        false_blocks_rephrased=bootstrap([float(one.blocked) for one in other], seed=seed),
        by_style=_shares(other, [one.style for one in other]), seed=seed, predictions=predictions,
    )  # fmt: skip


def _shares(items: Sequence[_Item], labels: Sequence[str]) -> dict[str, tuple[int, float]]:
    found = {}
    for label in sorted(set(labels)):
        hits = [one.blocked for one, its in zip(items, labels, strict=True) if its == label]
        found[label] = (len(hits), sum(hits) / len(hits))
    return found
