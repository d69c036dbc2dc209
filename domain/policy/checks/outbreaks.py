"""Outbreak rules that can fire, and that somebody hears of."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, check
from domain.policy.policy import Policy

FILE = "outbreaks.yaml"
CODES = {
    "outbreak-nobody-told": "outbreaks.yaml is there, but no notification goes out when an outbreak is suspected",
    "outbreak-lines-crossed": "fewer requesters are enough without a past than with one",
    "outbreak-window-twice": "a window stands twice in outbreaks.yaml",
}


def _nobody_told(policy: Policy) -> Iterator[Issue]:
    told = any("outbreak_proposed" in rule.on for rule in policy.notifications.rules)
    if policy.outbreaks.model_fields_set and not told:
        yield Issue(
            "outbreak-nobody-told", FILE, (), "nobody is told when an outbreak is suspected",
            "add a rule with `\"on\": [outbreak_proposed]` to notifications.yaml",
        )  # fmt: skip


def _crossed(policy: Policy) -> Iterator[Issue]:
    rules = policy.outbreaks
    if rules.requesters_without_past < rules.least_requesters:
        yield Issue(
            "outbreak-lines-crossed", FILE, ("requesters_without_past",),
            f"{rules.requesters_without_past} are enough without a past, but {rules.least_requesters} with one",
            f"raise it to at least {rules.least_requesters}",
        )  # fmt: skip


def _windows(policy: Policy) -> Iterator[Issue]:
    for index, _, name in repeated(str(one) for one in policy.outbreaks.windows):
        yield Issue(
            "outbreak-window-twice", FILE, ("windows", index), f"the window of {name} minutes stands twice",
            "remove one of the two",
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_nobody_told, "outbreaks", "notifications"),
    check(_crossed, "outbreaks"),
    check(_windows, "outbreaks"),
)
