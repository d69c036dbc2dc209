"""Which claims may stand: every sentence is looked up in what it cites, and held against where the ticket stands.

A sentence that stands word for word in a cited source may stay. Of any other, every identifier, number, time, name,
quotation and content word must be there, meant as it is there: not denied, not merely planned, not by somebody else.
The rules are English; in another language only what stands word for word passes. Nothing is guessed: where a rule
cannot tell, the sentence passes for words and fails for values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from domain.handoff import Claim
from domain.summarising.requester import leaked, public_view
from domain.summarising.sentences import sentence_spans
from domain.text.injection import find_injections
from domain.ticket import Ticket
from domain.verifying.checks import Case, findings
from domain.verifying.facts import Facts, Source
from domain.verifying.lexicon import HEDGES, NEGATIONS, PLANNING, listed
from domain.verifying.matching import Ground
from domain.verifying.reading import read, run_of
from domain.verifying.state import contradictions, licensed
from domain.verifying.verdict import Blocked, BlockKind, Verdict

LONGEST_CLAIM = 2_000
"""Characters of a claim that does not stand word for word; no handoff needs more for one statement."""
_LINK = re.compile(
    r"!\[[^\]]*\]\(|\[[^\]]*\]\([^)]*\)|<\s*(?:img|a|script|iframe|form|object|svg)\b"
    r"|\bdata:\w+/\w+;",
    re.I,
)
_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"']+|\bwww\.[^\s<>\"']+", re.IGNORECASE)
_TURNS_AFTER = listed("if once when unless only until after before only")
_TURNS_BEFORE = NEGATIONS | HEDGES | PLANNING
_OPENING = listed(
    "please kindly note noted be inform informed you that advised aware this is to just and also so further fyi for"
    " your information we would like i"
)
"""What people open a statement with: "please be informed that" asks for nothing."""
_HEADING_PASTS = listed("done reported tried needed asked found checked happened said requested")
_HEADING = re.compile(r"^[^:\n]{1,40}:$")
_ITEM = re.compile(r"^\s*[-*•]\s+")

Reason = tuple[BlockKind, str]


def verify(claims: Sequence[Claim], facts: Facts) -> Verdict:
    """The claims that may stand, and what stopped the others. Linear in the lengths of claims and cited sources."""
    kept: list[Claim] = []
    blocked: list[Blocked] = []
    for claim in claims:
        reasons = tuple(dict.fromkeys(_reasons(claim, facts)))
        if not reasons:
            kept.append(claim)
        blocked.extend(Blocked(claim=claim, kind=kind, what=what[:200]) for kind, what in reasons)
    return Verdict(kept=tuple(kept), blocked=tuple(blocked))


def verify_requester_text(text: str, ticket: Ticket, facts: Facts | None = None) -> Verdict:
    """The lines of a text for the requester, each held against everything public on the ticket.

    Headings ("Done so far:") need no source. Each line is a claim that cites the public events; with `facts` also
    what else it may say, such as receipts. A line that repeats an internal note is blocked as private.
    """
    public = Facts.of(public_view(ticket))
    sources = dict(public.sources)
    if facts is not None:
        events = {event.id for event in ticket.events}
        sources |= {id: one for id, one in facts.sources.items() if id not in events and one.public}
    shown = Facts(public.ticket, sources)
    ids = tuple(sources)
    kept: list[Claim] = []
    blocked: list[Blocked] = []
    for line in text.splitlines():
        said = _ITEM.sub("", line).strip()
        if not said or is_heading(said):
            continue
        claim = Claim(text=said, sources=ids)
        reasons = [("private", run) for run in leaked(said, ticket)[:1]] or list(_reasons(claim, shown))
        if not reasons:
            kept.append(claim)
        blocked.extend(Blocked(claim=claim, kind=kind, what=what[:200]) for kind, what in dict.fromkeys(reasons))
    return Verdict(kept=tuple(kept), blocked=tuple(blocked))


def is_heading(line: str) -> bool:
    """Whether a line of a text for the requester only says what follows and needs no source.

    One that tells a deed, a state, a name or a number ("Refund issued:") is a claim like any other.
    """
    if not _HEADING.match(line.strip()):
        return False
    words = [word for sentence in read(line) for word in sentence.words]
    return not any(word.hard or word.capital or (word.past and word.text not in _HEADING_PASTS) for word in words)


def _reasons(claim: Claim, facts: Facts) -> Iterator[Reason]:
    unknown = [one for one in claim.sources if one not in facts.sources]
    if unknown or not claim.sources:
        yield "source", ", ".join(unknown) or "no source"
        return
    cited = facts.cited(claim.sources)
    yield from _outward(claim.text, cited)
    if any(_stands_in(claim.text, source) for source in cited):
        yield from (("state", what) for what in contradictions(claim.text, facts, verbatim=True))
        return
    if len(claim.text) > LONGEST_CLAIM:
        yield "length", claim.text[:80]
        return
    ground = Ground(cited)
    may_say = licensed(facts)
    for sentence in read(claim.text):
        if any(_stands_in(sentence.text, source) for source in cited):
            yield from (("state", what) for what in contradictions(sentence.text, facts, verbatim=True))
            continue
        yield from findings(Case(sentence, ground, may_say))
        yield from (("state", what) for what in contradictions(sentence.text, facts, verbatim=False))


def _outward(text: str, cited: Iterable[Source]) -> Iterator[Reason]:
    """Orders to software, and links that no source holds."""
    for order in find_injections(text):
        yield "order", order.quote
    told = "\n".join(one for source in cited for one in source.texts)
    link = _LINK.search(text)
    if link and link.group() not in told:
        yield "order", link.group()
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?)")
        if address.casefold() not in told.casefold():
            yield "order", address


def _stands_in(text: str, source: Source) -> bool:
    """Whether a source holds the text word for word, as a sentence of its own or without words that turn it."""
    run = run_of(text)
    if not run.strip():
        return False
    return run in source.statements or any(
        run in known and _unturned(run, whole) for known, whole in zip(source.runs, source.texts, strict=True)
    )


def _unturned(run: str, whole: str) -> bool:
    """Whether at some place nothing before or after the run, in its sentence, turns what it says."""
    if run == run_of(whole):
        return True
    return any(_free_in(run, sentence) for sentence in _sentences_of(whole))


def _sentences_of(whole: str) -> Iterator[str]:
    """The sentences of a text as writers meant them and as they stand, and the whole."""
    yield from (whole[one.start : one.end] for one in sentence_spans(whole))
    yield from (sentence.text for sentence in read(whole))
    yield whole


def _free_in(run: str, sentence: str) -> bool:
    inside = run_of(sentence)
    at = inside.find(run)
    if at == -1:
        return False
    before = _last_clause(inside[:at].split())
    after = inside[at + len(run) :].split()
    turned = any(word in _TURNS_BEFORE for word in before) and not _OPENING.issuperset(before)
    return not turned and not (after and after[0] in _TURNS_AFTER)


def _last_clause(words: list[str]) -> list[str]:
    return words[-8:]
