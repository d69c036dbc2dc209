"""Playbooks that can be found, whose steps can be done in some order, and whose names point somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.policy.checks.issue import Check, Issue, Path, check, unknown
from domain.policy.checks.rules import covers
from domain.policy.playbooks import Playbook
from domain.policy.policy import Policy

CODES = {
    "unknown-step": "a step needs a step that its playbook does not have",
    "step-circle": "steps of a playbook wait for each other",
    "unknown-field": "a playbook asks for a field that no form has",
    "unknown-step-approval": "a playbook names an approval rule that approvals.yaml does not have",
    "unknown-step-notification": "a playbook names a notification rule that is not one on `playbook_started`",
    "unknown-doer": "a step is for somebody we do not know",
    "playbook-unreachable": "a playbook has neither condition nor example phrase, or an earlier one always comes first",
    "phrase-twice": "two playbooks have the same example phrase",
    "step-never-done": "a step says when it is done, but names nothing",
    "approval-without-step": "a playbook demands an approval that no step of it waits for",
}
DOERS = ("assignee", "team_lead", "requester")


def _file(book: Playbook) -> str:
    return f"playbooks/{book.id}.yaml"


def _needs(policy: Policy) -> Iterator[Issue]:
    for book in policy.playbooks:
        known = [step.id for step in book.steps]
        for place, step in enumerate(book.steps):
            for index, need in enumerate(step.needs):
                if need not in known:
                    yield unknown("unknown-step", _file(book), ("steps", place, "needs", index), "step", need, known)


def _circles(policy: Policy) -> Iterator[Issue]:
    for book in policy.playbooks:
        needs = {step.id: set(step.needs) for step in book.steps}
        done: set[str] = set()
        while ready := {id for id, wanted in needs.items() if id not in done and wanted & set(needs) <= done}:
            done |= ready
        stuck = [place for place, step in enumerate(book.steps) if step.id not in done]
        if stuck:
            names = ", ".join(book.steps[place].id for place in stuck)
            yield Issue(
                "step-circle", _file(book), ("steps", stuck[0], "needs"), f"the steps {names} wait for each other",
                "take one of the `needs` out",
            )  # fmt: skip


def _fields(policy: Policy) -> Iterator[Issue]:
    known = list(dict.fromkeys(field.id for form in policy.forms.forms for field in form.fields))
    for book in policy.playbooks:
        for path, names in _wanted_fields(book):
            for index, name in enumerate(names):
                if name not in known:
                    yield unknown("unknown-field", _file(book), (*path, index), "field", name, known)


def _wanted_fields(book: Playbook) -> Iterator[tuple[Path, Iterable[str]]]:
    yield ("facts",), book.facts
    for place, step in enumerate(book.steps):
        if step.done_when:
            yield ("steps", place, "done_when", "facts"), step.done_when.facts


def _approvals(policy: Policy) -> Iterator[Issue]:
    known = [rule.id for rule in policy.approvals.rules]
    for book in policy.playbooks:
        named: list[tuple[Path, str]] = [(("approvals", index), name) for index, name in enumerate(book.approvals)]
        awaited = set()
        for place, step in enumerate(book.steps):
            if step.done_when and step.done_when.approval:
                named.append((("steps", place, "done_when", "approval"), step.done_when.approval))
                awaited.add(step.done_when.approval)
        for path, name in named:
            if name not in known:
                yield unknown("unknown-step-approval", _file(book), path, "approval rule", name, known)
        for index, name in enumerate(book.approvals):
            if name in known and name not in awaited:
                yield Issue(
                    "approval-without-step", _file(book), ("approvals", index), f"no step waits for {name!r}",
                    f"add a step with `done_when: {{approval: {name}}}`",
                )  # fmt: skip


def _notifications(policy: Policy) -> Iterator[Issue]:
    known = [rule.id for rule in policy.notifications.rules if "playbook_started" in rule.on]
    for book in policy.playbooks:
        for index, name in enumerate(book.notify):
            if name not in known:
                path = ("notify", index)
                what = "notification on playbook_started"
                yield unknown("unknown-step-notification", _file(book), path, what, name, known)


def _doers(policy: Policy) -> Iterator[Issue]:
    known = [*DOERS, *(team.id for team in policy.teams.teams), *policy.people.roles]
    for book in policy.playbooks:
        for place, step in enumerate(book.steps):
            if step.who not in known:
                path = ("steps", place, "who")
                yield unknown("unknown-doer", _file(book), path, "role, team or part", step.who, known)


def _reach(policy: Policy) -> Iterator[Issue]:
    ordered = sorted(policy.playbooks, key=lambda one: (one.order, one.id))
    for place, book in enumerate(ordered):
        if book.when is None and not book.similar_to:
            mend = "give it a condition (`when`) or example phrases (`similar_to`)"
            yield Issue("playbook-unreachable", _file(book), ("id",), "nothing ever leads to this playbook", mend)
        when = book.when
        if when is None or book.similar_to:
            continue
        first = next((one for one in ordered[:place] if one.when is not None and covers(one.when, when)), None)
        if first is not None:
            yield Issue(
                "playbook-unreachable", _file(book), ("when",), f"{first.id!r} takes every such ticket first",
                f"narrow one of the two, or set an `order` below {first.order}",
            )  # fmt: skip


def _phrases(policy: Policy) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for book in policy.playbooks:
        for index, phrase in enumerate(book.similar_to):
            first = seen.setdefault(" ".join(phrase.casefold().split()), book.id)
            if first != book.id:
                yield Issue(
                    "phrase-twice", _file(book), ("similar_to", index), f"{first!r} has this phrase as well",
                    "keep it in one of the two",
                )  # fmt: skip


def _never_done(policy: Policy) -> Iterator[Issue]:
    for book in policy.playbooks:
        for place, step in enumerate(book.steps):
            rule = step.done_when
            if rule is not None and not (rule.facts or rule.approval or rule.words or rule.resolved):
                yield Issue(
                    "step-never-done", _file(book), ("steps", place, "done_when"), "it names nothing to wait for",
                    "name facts, an approval, words or resolved, or remove it",
                )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_needs, "playbooks"),
    check(_circles, "playbooks"),
    check(_fields, "playbooks", "forms"),
    check(_approvals, "playbooks", "approvals"),
    check(_notifications, "playbooks", "notifications"),
    check(_doers, "playbooks", "teams", "people"),
    check(_reach, "playbooks"),
    check(_phrases, "playbooks"),
    check(_never_done, "playbooks"),
)
