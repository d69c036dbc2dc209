"""Running the examples (`tests:`) of a policy: each example ticket is judged by the rules of its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from domain.assessment import Assessment, Reason, Urgency
from domain.deciding import rule_for, what_is_set
from domain.levels import due_levels
from domain.matching import holds
from domain.matrix import Matrix
from domain.policy.base import When
from domain.policy.conditions import Path
from domain.policy.examples import ExampleTicket, RuleTest
from domain.policy.policy import Policy
from domain.ticket import Actor, ActorRole, Event, EventKind, Requester, Ticket


@dataclass(frozen=True)
class FailedExample:
    """An example that came out otherwise. `path` leads to the line of its file that is not met."""

    file: str
    path: Path
    name: str
    problem: str


def failed_examples(policy: Policy) -> Iterator[FailedExample]:
    """Every example of the policy that does not come out as it says."""
    for file, examples, speaks in _files(policy):
        for place, example in enumerate(examples):
            ticket, opinion = example_ticket(example), example_opinion(example)
            said = speaks(example, ticket, opinion)
            if sorted(said) != sorted(example.expect):
                problem = f"expected {_names(example.expect)}, but {_names(said)} spoke"
                yield FailedExample(file, ("tests", place, "expect"), example.name, problem)
            elif file == "escalation.yaml":
                yield from _sets(policy, file, place, example, ticket, opinion)
                yield from _levels(policy, file, place, example, ticket, opinion)


def example_ticket(example: RuleTest) -> Ticket:
    """The example's ticket, as a helpdesk would have sent it."""
    given = example.ticket
    created = example.at - timedelta(minutes=given.age_minutes)
    who = given.requester
    actor = Actor(id=who.id, role=ActorRole.REQUESTER)
    return Ticket(
        id="example", subject=given.subject or None, description=given.text or None, created_at=created,
        requester=Requester(**who.model_dump()), channel=given.channel, type=given.type, category=given.category,
        subcategory=given.subcategory, service=given.service, asset=given.asset, impact=given.impact,
        urgency=given.urgency, priority=given.priority,
        events=(
            Event(id="e0", at=created, kind=EventKind.CREATED, actor=actor, body=given.text, visibility="public"),
            *_changes(given, example),
        ),
    )  # fmt: skip


def _changes(given: ExampleTicket, example: RuleTest) -> Iterator[Event]:
    at = example.at
    if given.team or given.technician or given.tier:
        yield Event(
            id="e1", at=at, kind=EventKind.ASSIGNMENT, team=given.team, technician=given.technician, tier=given.tier
        )
    if given.status:
        yield Event(id="e2", at=at, kind=EventKind.STATUS, to=given.status)
    for number, tag in enumerate(given.tags, start=3):
        yield Event(id=f"e{number}", at=at, kind=EventKind.FIELD, field="tag", to=tag)


def example_opinion(example: RuleTest) -> Assessment:
    """What triage is taken to think of the example's ticket."""
    codes = [Reason(code=code, points=0, text=code) for code in example.reasons]
    stated = [Reason(code="stated", points=example.risk, text="As the example says.")] if example.risk else []
    return Assessment(
        ticket_id="example", at=example.at, risk=example.risk, reasons=(*stated, *codes), counterfactual=None,
        category=example.ticket.category, urgency=Urgency.NORMAL, declared=example.declared,
    )  # fmt: skip


Speaks = Callable[[RuleTest, Ticket, Assessment], tuple[str, ...]]


def _files(policy: Policy) -> Iterator[tuple[str, tuple[RuleTest, ...], Speaks]]:
    def met(when: When, ticket: Ticket, opinion: Assessment, *, on_failure: bool = False) -> bool:
        return holds(when, ticket, policy, opinion, on_failure=on_failure)

    def escalation(_: RuleTest, ticket: Ticket, opinion: Assessment) -> tuple[str, ...]:
        rule = rule_for(ticket, policy, opinion)
        return (rule.id,) if rule else ()

    def approvals(_: RuleTest, ticket: Ticket, opinion: Assessment) -> tuple[str, ...]:
        return tuple(r.id for r in policy.approvals.rules if met(r.when, ticket, opinion, on_failure=True))[:1]

    def notifications(example: RuleTest, ticket: Ticket, opinion: Assessment) -> tuple[str, ...]:
        rules = (rule for rule in policy.notifications.rules if example.occasion in (None, *rule.on))
        return tuple(rule.id for rule in rules if met(rule.when, ticket, opinion))

    def forms(_: RuleTest, ticket: Ticket, opinion: Assessment) -> tuple[str, ...]:
        return tuple(form.id for form in policy.forms.forms if met(form.when, ticket, opinion))

    yield "escalation.yaml", policy.escalation.tests, escalation
    yield "forms.yaml", policy.forms.tests, forms
    yield "approvals.yaml", policy.approvals.tests, approvals
    yield "notifications.yaml", policy.notifications.tests, notifications
    for book in policy.playbooks:
        if book.when is None:
            continue

        def playbook(
            _: RuleTest, ticket: Ticket, opinion: Assessment, when: When = book.when, id: str = book.id
        ) -> tuple[str, ...]:
            return (id,) if met(when, ticket, opinion) else ()

        yield f"playbooks/{book.id}.yaml", book.tests, playbook


def _sets(
    policy: Policy, file: str, place: int, example: RuleTest, ticket: Ticket, opinion: Assessment
) -> Iterator[FailedExample]:
    given = what_is_set(opinion, ticket, policy)
    for name, wanted in example.sets.items():
        if given.get(name, "") != wanted:
            what = given.get(name, "") or "nothing"
            problem = f"expected {name} {wanted!r}, but it is set to {what!r}"
            yield FailedExample(file, ("tests", place, "sets", name), example.name, problem)


def _levels(
    policy: Policy, file: str, place: int, example: RuleTest, ticket: Ticket, opinion: Assessment
) -> Iterator[FailedExample]:
    if example.levels is None:
        return
    due = tuple(one.level.id for one in due_levels(ticket, policy, opinion, example.at, Matrix(ticket_id=ticket.id)))
    if due != example.levels:
        problem = f"expected the levels {_names(example.levels)} to be due, but {_names(due)} are"
        yield FailedExample(file, ("tests", place, "levels"), example.name, problem)


def _names(ids: tuple[str, ...]) -> str:
    return ", ".join(ids) or "none"
