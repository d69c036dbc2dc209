"""What kind of ticket it is, how soon somebody has to act, and the tags that say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from domain.asof import standing
from domain.assessment import Reason, Urgency
from domain.points import EXPLICIT, URGENCY_SIGNAL
from domain.policy.judgement import Category
from domain.policy.policy import Policy
from domain.surroundings import Neighbour
from domain.text.fold import fold
from domain.text.negation import carries_denial, is_denied
from domain.text.passages import own_request_text
from domain.text.words import find_words
from domain.thresholds import CATEGORY_MENTION, CATEGORY_OVERRULE, CATEGORY_SHARE
from domain.ticket import Ticket

_FEW_NEIGHBOURS = 3
_ORDER = tuple(Urgency)
_PRIORITY_NAMES = {
    Urgency.CRITICAL: ("critical", "kritisch", "critique", "critica", "highest", "1", "p1"),
    Urgency.HIGH: ("high", "hoch", "haute", "alta", "2", "p2"),
    Urgency.LOW: ("low", "lowest", "niedrig", "basse", "baja", "4", "5", "p4", "p5"),
}


@dataclass(frozen=True)
class Categorised:
    """The category and where it comes from."""

    category: Category | None
    why: str


@dataclass(frozen=True)
class _Leaning:
    category: Category
    share: float
    """Of the evidence, 0–1: words and past tickets have one voice each, split as each of them votes."""
    words: tuple[str, ...]
    neighbours: int


def categorise(ticket: Ticket, policy: Policy, neighbours: Iterable[Neighbour]) -> Categorised:
    """The helpdesk's own category when the policy knows it; else what words and past tickets say.

    The text overrules the helpdesk only when words and past tickets together clearly speak for another category.
    """
    raw = standing(ticket).category
    stated = policy.category(raw)
    leaning = _leaning(ticket, policy, tuple(neighbours))
    if stated is None:
        return _from_text(raw, leaning)
    if leaning is None or leaning.category.id == stated.id or leaning.share < CATEGORY_MENTION:
        return Categorised(stated, f"The helpdesk calls it {raw}.")
    says = f"the text speaks for {leaning.category.id} ({_evidence(leaning)})"
    if leaning.share >= CATEGORY_OVERRULE and leaning.words and leaning.neighbours >= _FEW_NEIGHBOURS:
        return Categorised(leaning.category, f"The helpdesk calls it {raw}, but {says}.")
    return Categorised(stated, f"The helpdesk calls it {raw}; {says}, not clearly enough to change it.")


def urgency_of(ticket: Ticket, reasons: Iterable[Reason], category: Category | None) -> Urgency:
    """How soon somebody has to act: the priority's word, raised by an urgent category or by words that press."""
    if category is not None and category.urgent:
        return Urgency.CRITICAL
    named = _named_urgency(standing(ticket).priority)
    codes = {reason.code for reason in reasons}
    presses = codes & {"words:blocking", f"words:{URGENCY_SIGNAL}", "outbreak", EXPLICIT}
    return max(named, Urgency.HIGH, key=_ORDER.index) if presses else named


def tags_of(ticket: Ticket, category: Category | None, urgency: Urgency, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Tags to add, never to replace: category, urgency, service, and what stands out."""
    codes = {reason.code for reason in reasons}
    tags = [category.id] if category else []
    tags.append(f"urgency-{urgency.value}")
    if ticket.service:
        tags.append(slug(f"service-{ticket.service}"))
    tags += [code for code in ("outbreak", "vip", "reopened") if code in codes]
    return tuple(dict.fromkeys(tags))


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens, as tags are written."""
    kept = "".join(char if char.isalnum() else "-" for char in fold(text).text)
    return "-".join(part for part in kept.split("-") if part)[:64]


def _from_text(raw: str | None, leaning: _Leaning | None) -> Categorised:
    unknown = f"The policy does not know the helpdesk's category {raw!r}. " if raw else ""
    if leaning is None or leaning.share < CATEGORY_SHARE:
        return Categorised(None, f"{unknown}Neither words nor past tickets speak clearly for a category.")
    if leaning.category.urgent and not leaning.words:
        only = f"Only {_evidence(leaning)} speak for {leaning.category.id}, which is urgent"
        return Categorised(None, f"{unknown}{only}: likeness alone makes nothing critical.")
    return Categorised(leaning.category, f"{unknown}Told by {_evidence(leaning)}.")


def _leaning(ticket: Ticket, policy: Policy, neighbours: tuple[Neighbour, ...]) -> _Leaning | None:
    text = own_request_text(ticket)
    words = {one.id: _words_of(one, text) for one in policy.categories.categories} if text else {}
    by_words = {name: float(len(found)) for name, found in words.items() if found}
    by_past: dict[str, float] = {}
    count: Counter[str] = Counter()
    for neighbour in neighbours:
        category = policy.category(neighbour.category)
        if category:
            by_past[category.id] = by_past.get(category.id, 0.0) + neighbour.similarity
            count[category.id] += 1
    voices = [votes for votes in (by_words, by_past) if votes]
    if not voices:
        return None
    score: dict[str, float] = {}
    for votes in voices:
        for name, number in votes.items():
            score[name] = score.get(name, 0.0) + number / sum(votes.values()) / len(voices)
    best = min(score, key=lambda name: (-score[name], name))
    named = next(one for one in policy.categories.categories if one.id == best)
    return _Leaning(named, score[best], words.get(best, ()), count[best])


def _words_of(category: Category, text: str) -> tuple[str, ...]:
    folded = fold(text)
    found = [
        match.word
        for match in find_words(folded, category.words)
        if carries_denial(folded.text[match.start : match.end]) or not is_denied(folded.text, match.start, match.end)
    ]
    return tuple(dict.fromkeys(found))


def _evidence(leaning: _Leaning) -> str:
    parts = []
    if leaning.words:
        parts.append("the words " + ", ".join(f"“{word.rstrip('*')}”" for word in leaning.words[:4]))
    if leaning.neighbours:
        parts.append(f"{leaning.neighbours} similar past tickets")
    return " and ".join(parts)


def _named_urgency(priority: str | None) -> Urgency:
    words = set(fold(priority or "").text.replace("-", " ").replace("/", " ").split())
    for urgency, names in _PRIORITY_NAMES.items():
        if words & set(names):
            return urgency
    return Urgency.NORMAL
