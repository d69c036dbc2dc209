"""Rules that can match, points that can add up, words that do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from domain.policy.base import When
from domain.policy.checks.expressions import same_or_wider
from domain.policy.checks.issue import Check, Issue, Path, check
from domain.policy.checks.references import CONDITIONS
from domain.policy.judgement import RiskFile, WordList
from domain.policy.policy import Policy
from domain.ticket import Tier

CODES = {
    "thresholds-out-of-order": "the SLA lines of risk.yaml do not rise in percent and points",
    "threshold-out-of-reach": "all points of risk.yaml together do not reach `at_risk_from`",
    "no-hurry-and-signal": "a phrase both takes urgency back and raises the risk",
    "word-for-everything": "a word list holds an empty word or a bare *",
    "rule-goes-down": "an escalation rule leads to a tier below the ticket's own",
    "unreachable-rule": "an earlier escalation rule matches everything that this one matches",
    "unreachable-approval": "an earlier approval rule matches everything that this one matches",
}

_LISTS = ("category", "priority", "tier", "type", "service", "requester_role", "any_words")
_COMPARED = 300
"""An earlier rule is held against later ones up to this many rules: the comparison grows with the square."""
_EACH_AT_MOST = 10
"""Occurrences of a signal that counts `each` time which we credit when we ask whether a threshold can be reached."""


class _Rule(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def when(self) -> When: ...


def _thresholds(policy: Policy) -> Iterator[Issue]:
    for place, (before, line) in enumerate(pairwise(policy.risk.sla), start=1):
        if line.at_percent <= before.at_percent or line.points < before.points:
            yield Issue(
                "thresholds-out-of-order", "risk.yaml", ("sla", place, "at_percent"),
                f"{line.at_percent} % with {line.points} points follows {before.at_percent} % with {before.points}",
                "list the lines by rising percent, with points that do not fall",
            )  # fmt: skip


def _out_of_reach(policy: Policy) -> Iterator[Issue]:
    risk, best = policy.risk, most_points(policy.risk)
    if best < risk.at_risk_from:
        path: Path = ("at_risk_from",)
        yield Issue(
            "threshold-out-of-reach", "risk.yaml", path,
            f"all points together give {best}, never {risk.at_risk_from}",
            "lower at_risk_from or give more points (asking for an escalation is not counted: it is no prediction)",
        )  # fmt: skip


def most_points(risk: RiskFile) -> int:
    """The most points a ticket can get without asking for an escalation in so many words."""
    single = [
        risk.vip, risk.reopened, risk.bounce, risk.reassigned, risk.older_than_usual, risk.resembles_escalated,
        risk.outbreak, risk.unanswered_message * risk.unanswered_at_most,
    ]  # fmt: skip
    signals = [signal.points * (_EACH_AT_MOST if signal.each else 1) for signal in risk.signals]
    highest = [max((line.points for line in risk.sla), default=0), max(risk.priority.values(), default=0)]
    return sum(max(0, points) for points in (*single, *signals, *highest))


def _words(lists: Sequence[WordList], path: Path) -> Iterator[tuple[Path, str]]:
    for place, words in enumerate(lists):
        for index, word in enumerate(words.words):
            yield (*path, place, "words", index), word


def _raising_words(risk: RiskFile) -> Iterator[tuple[Path, str]]:
    for place, signal in enumerate(risk.signals):
        if signal.points > 0:
            yield from _words(signal.lists, ("signals", place, "lists"))
    yield from _words(risk.explicit, ("explicit",))


def _contradictions(policy: Policy) -> Iterator[Issue]:
    raising = {word.casefold().strip() for _, word in _raising_words(policy.risk)}
    for path, word in _words(policy.risk.no_hurry, ("no_hurry",)):
        if word.casefold().strip() in raising:
            yield Issue(
                "no-hurry-and-signal", "risk.yaml", path, f"{word!r} is also a phrase that raises the risk",
                "keep it in one of the two lists",
            )  # fmt: skip


def _empty(file: str, path: Path, word: str) -> Iterator[Issue]:
    if not word.strip(" *\n"):
        yield Issue(
            "word-for-everything",
            file,
            path,
            f"{word!r} would be found everywhere",
            "write a word before the *",
        )


def _empty_words_of_risk(policy: Policy) -> Iterator[Issue]:
    risk = policy.risk
    listed = [entry for place, s in enumerate(risk.signals) for entry in _words(s.lists, ("signals", place, "lists"))]
    listed += [*_words(risk.explicit, ("explicit",)), *_words(risk.no_hurry, ("no_hurry",))]
    for path, word in listed:
        yield from _empty("risk.yaml", path, word)


def _empty_words_of_categories(policy: Policy) -> Iterator[Issue]:
    for place, category in enumerate(policy.categories.categories):
        for index, word in enumerate(category.words):
            yield from _empty("categories.yaml", ("categories", place, "words", index), word)


def _empty_words_of_conditions(part: str) -> Check:
    def find(policy: Policy) -> Iterator[Issue]:
        for file, path, when in CONDITIONS[part](policy):
            for place, word in enumerate(when.any_words):
                yield from _empty(file, (*path, "any_words", place), word)

    return check(find, part)


def _goes_down(policy: Policy) -> Iterator[Issue]:
    order = [tier.value for tier in Tier]
    for place, rule in enumerate(policy.escalation.rules):
        for index, name in enumerate(tier.upper() for tier in rule.when.tier):
            if name in order and order.index(name) > order.index(rule.to_tier.value):
                yield Issue(
                    "rule-goes-down", "escalation.yaml", ("rules", place, "when", "tier", index),
                    f"rule {rule.id!r} takes tickets of {name} down to {rule.to_tier.value}",
                    f"set to_tier to {name} or above, or take {name} out of the condition",
                )  # fmt: skip


def covers(earlier: When, later: When) -> bool:
    """Whether every ticket that meets `later` also meets `earlier`."""
    for name in _LISTS:
        allowed = {value.casefold() for value in getattr(earlier, name)}
        asked = {value.casefold() for value in getattr(later, name)}
        if allowed and not (asked and asked <= allowed):
            return False
    if earlier.risk_at_least and (later.risk_at_least or 0) < earlier.risk_at_least:
        return False
    return (earlier.vip is None or earlier.vip == later.vip) and same_or_wider(earlier, later)


def can_meet(one: When, other: When) -> bool:
    """Whether some ticket can meet both conditions."""
    for name in ("category", "priority", "tier", "type", "service", "requester_role"):
        first = {value.casefold() for value in getattr(one, name)}
        second = {value.casefold() for value in getattr(other, name)}
        if first and second and first.isdisjoint(second):
            return False
    return one.vip is None or other.vip is None or one.vip == other.vip


def _unreachable(code: str, file: str, rules: Sequence[_Rule]) -> Iterator[Issue]:
    for place, rule in enumerate(rules):
        first = next((other for other in rules[: min(place, _COMPARED)] if covers(other.when, rule.when)), None)
        if first is not None:
            yield Issue(
                code, file, ("rules", place, "id"), f"rule {rule.id!r} never speaks: {first.id!r} matches before it",
                f"move it above {first.id!r} or narrow that one's condition",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_thresholds, "risk"),
    check(_out_of_reach, "risk"),
    check(_contradictions, "risk"),
    check(_empty_words_of_risk, "risk"),
    check(_empty_words_of_categories, "categories"),
    *(_empty_words_of_conditions(part) for part in CONDITIONS),
    check(_goes_down, "escalation"),
    check(lambda p: _unreachable("unreachable-rule", "escalation.yaml", p.escalation.rules), "escalation"),
    check(lambda p: _unreachable("unreachable-approval", "approvals.yaml", p.approvals.rules), "approvals"),
)
