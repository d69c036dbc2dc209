"""How far an escalation has come in its playbook. Computed on read from events and records; people's marks are kept.

A step is never called done without the event, record or person that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from domain.approval import Approval, ApprovalState
from domain.asof import standing
from domain.base import Moment, Record
from domain.context import Context
from domain.errors import IllegalMove, NotFound
from domain.escalation import Escalation
from domain.policy.playbooks import DoneWhen, Playbook, PlaybookStep
from domain.text.fold import fold
from domain.text.negation import is_denied
from domain.text.words import find_words
from domain.ticket import ActorRole, EventKind, Ticket


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


class StepMark(Record):
    """What a person said about a step; the newest counts."""

    escalation_id: str
    step: str
    state: StepState
    by: str
    at: Moment
    why: str
    version: int = 1


class StepView(Record):
    """A step with its state, and what that rests on."""

    id: str
    text: str
    kind: str
    who: str
    needs: tuple[str, ...]
    state: StepState
    waits_for: tuple[str, ...] = ()
    """Steps it needs that are still open."""
    by: str | None = None
    at: Moment | None = None
    why: str | None = None
    sources: tuple[str, ...] = ()
    """Event, fact or approval ids."""


class PlaybookView(Record):
    """The playbook of an escalation and how far it has come."""

    id: str
    name: str
    how: str
    """`rule` or `similarity`."""
    score: float | None = None
    phrase: str | None = None
    """The example phrase that the request is near to."""
    steps: tuple[StepView, ...]
    coverage: float
    """Share of steps done, 0–1; skipped ones count as not done."""

    def step(self, id: str) -> StepView:
        """One step. Raises `NotFound`."""
        found = next((one for one in self.steps if one.id == id), None)
        if found is None:
            names = ", ".join(one.id for one in self.steps)
            raise NotFound(f"playbook {self.id} has no step {id}", mend=f"use one of: {names}")
        return found


class Known(Record):
    """What steps can rest on besides the ticket."""

    context: Context | None = None
    approvals: tuple[Approval, ...] = ()
    marks: tuple[StepMark, ...] = ()


def track(playbook: Playbook, escalation: Escalation, ticket: Ticket, known: Known) -> PlaybookView:
    """Where every step stands, from the whole ticket and what is known."""
    marks = {one.step: one for one in sorted(known.marks, key=lambda one: (one.version, one.at))}
    first = [_view(step, marks.get(step.id), _by_itself(step, escalation, ticket, known)) for step in playbook.steps]
    still_open = {one.id for one in first if one.state == StepState.OPEN}
    steps = tuple(
        one.model_copy(update={"waits_for": tuple(need for need in one.needs if need in still_open)}) for one in first
    )
    done = sum(one.state == StepState.DONE for one in steps)
    how = escalation.playbook_how
    return PlaybookView(
        id=playbook.id, name=playbook.name, how=how.how if how else "rule", score=how.score if how else None,
        phrase=how.phrase if how else None, steps=steps, coverage=round(done / len(steps), 3),
    )  # fmt: skip


def mark(
    view: PlaybookView, escalation: Escalation, step: str, state: StepState, *, by: str, at: datetime, why: str,
    before: StepMark | None,
) -> StepMark:  # fmt: skip
    """A person's word on a step. Raises `NotFound`, and `IllegalMove` while a step that it needs is open."""
    wanted = view.step(step)
    if escalation.ended and state != StepState.DONE:
        raise IllegalMove(f"escalation {escalation.id} has ended", mend="only what was done can still be noted")
    if state == StepState.DONE and wanted.waits_for:
        raise IllegalMove(
            f"step {step} needs {', '.join(wanted.waits_for)} first", mend="do or skip those, then this one"
        )
    if state == StepState.SKIPPED and not why.strip():
        raise IllegalMove(f"skipping step {step} needs a reason", mend="say in `reason` why it is not needed")
    version = before.version + 1 if before else 1
    return StepMark(escalation_id=escalation.id, step=step, state=state, by=by, at=at, why=why, version=version)


def steps_text(view: PlaybookView) -> str:
    """The steps as the receiving technician reads them."""
    lines = [f"Playbook {view.name} ({sum(s.state == StepState.DONE for s in view.steps)} of {len(view.steps)} done):"]
    for number, step in enumerate(view.steps, 1):
        box = {StepState.DONE: "[x]", StepState.SKIPPED: "[-]", StepState.OPEN: "[ ]"}[step.state]
        rests = f" ({step.why}; {', '.join(step.sources)})" if step.sources else ""
        lines.append(f"{number}. {box} {step.text}{rests}")
    return "\n".join(lines)


def _view(step: PlaybookStep, said: StepMark | None, found: tuple[datetime, str, tuple[str, ...]] | None) -> StepView:
    plain = StepView(id=step.id, text=step.text, kind=step.kind, who=step.who, needs=step.needs, state=StepState.OPEN)
    if said is not None:
        return plain.model_copy(update={"state": said.state, "by": said.by, "at": said.at, "why": said.why or None})
    if found is not None:
        at, why, sources = found
        changed = {"state": StepState.DONE, "by": "tierwise", "at": at, "why": why, "sources": sources}
        return plain.model_copy(update=changed)
    return plain


def _by_itself(
    step: PlaybookStep, escalation: Escalation, ticket: Ticket, known: Known
) -> tuple[datetime, str, tuple[str, ...]] | None:
    """(when, why, sources) of a step that something other than a mark shows as done."""
    rule = step.done_when
    if rule is None:
        return None
    found = [
        _facts(rule, escalation, known.context), _approval(rule, escalation, known.approvals),
        _words(rule, escalation, ticket), _resolved(rule, ticket),
    ]  # fmt: skip
    asked = [bool(rule.facts), rule.approval is not None, bool(rule.words), rule.resolved]
    holding = [one for one, wanted in zip(found, asked, strict=True) if wanted]
    proven = [one for one in holding if one is not None]
    if not holding or len(proven) < len(holding):
        return None
    sources = tuple(dict.fromkeys(source for one in proven for source in one[2]))
    return max(one[0] for one in proven), "; ".join(one[1] for one in proven), sources


Proof = tuple[datetime, str, tuple[str, ...]]


def _facts(rule: DoneWhen, escalation: Escalation, context: Context | None) -> Proof | None:
    known = {fact.field: fact for fact in context.facts} if context else {}
    if not rule.facts or any(name not in known for name in rule.facts):
        return None
    values = ", ".join(f"{known[name].label}: {known[name].value}" for name in rule.facts)
    sources = tuple(source for name in rule.facts if (source := known[name].event_id) is not None)
    return escalation.opened_at, values, sources


def _approval(rule: DoneWhen, escalation: Escalation, approvals: Iterable[Approval]) -> Proof | None:
    for one in approvals:
        granted = one.escalation_id == escalation.id and one.state == ApprovalState.GRANTED
        if granted and one.rule == rule.approval and one.decided_at is not None:
            return one.decided_at, f"approved: {one.action.action}", (one.id,)
    return None


def _words(rule: DoneWhen, escalation: Escalation, ticket: Ticket) -> Proof | None:
    for event in ticket.events:
        written = event.is_message and event.role == ActorRole.TECHNICIAN and event.at >= escalation.opened_at
        hit = _said(event.body or "", rule.words) if written else None
        if hit is not None:
            return event.at, f"{event.actor_id or 'a technician'} wrote “{hit}”", (event.id,)
    return None


def _said(text: str, words: Sequence[str]) -> str | None:
    folded = fold(text)
    for hit in find_words(folded, tuple(words)):
        if not is_denied(folded.text, hit.start, hit.end):
            return hit.word
    return None


def _resolved(rule: DoneWhen, ticket: Ticket) -> Proof | None:
    if not rule.resolved or standing(ticket).open:
        return None
    ended = next(e for e in reversed(ticket.events) if e.kind in (EventKind.RESOLVED, EventKind.CLOSED))
    return ended.at, "the ticket was resolved", (ended.id,)


class PlaybookUse(Record):
    """How one playbook did over the escalations it was matched to."""

    id: str
    name: str
    matched: int
    by_rule: int
    by_similarity: int
    coverage: float | None
    """Mean share of steps done over ended escalations; none without any."""
    fully_done: int
    skipped: dict[str, int]
    """Step → how often it was skipped."""
    always_skipped: tuple[str, ...]
    """Steps skipped in at least three escalations and done in none."""


class Uses(Record):
    """All playbooks, and what none was there for."""

    playbooks: tuple[PlaybookUse, ...]
    without: dict[str, int]
    """Category → escalations that no playbook was found for."""


def uses(
    playbooks: Sequence[Playbook], tracked: Sequence[tuple[Escalation, PlaybookView | None]],
    category_of: Mapping[str, str | None],
) -> Uses:  # fmt: skip
    """What playbooks did, out of escalations with their views; `category_of` is by escalation id."""
    rows = [_use(book, [pair for pair in tracked if pair[0].playbook == book.id]) for book in playbooks]
    without: dict[str, int] = {}
    for escalation, _ in tracked:
        if escalation.playbook is None:
            name = category_of.get(escalation.id) or "none"
            without[name] = without.get(name, 0) + 1
    return Uses(playbooks=tuple(rows), without=dict(sorted(without.items(), key=lambda one: (-one[1], one[0]))))


def _use(book: Playbook, tracked: Sequence[tuple[Escalation, PlaybookView | None]]) -> PlaybookUse:
    views = [view for _, view in tracked if view is not None]
    ended = [view for escalation, view in tracked if view is not None and escalation.ended]
    similar = sum(view.how == "similarity" for view in views)
    skipped = {step.id: _count(views, step.id, StepState.SKIPPED) for step in book.steps}
    return PlaybookUse(
        id=book.id, name=book.name, matched=len(tracked), by_rule=len(tracked) - similar, by_similarity=similar,
        coverage=round(sum(view.coverage for view in ended) / len(ended), 3) if ended else None,
        fully_done=sum(view.coverage == 1.0 for view in views),
        skipped={step: count for step, count in skipped.items() if count},
        always_skipped=tuple(s for s, count in skipped.items() if count >= 3 and not _count(views, s, StepState.DONE)),
    )  # fmt: skip


def _count(views: Iterable[PlaybookView], step: str, state: StepState) -> int:
    return sum(one.id == step and one.state == state for view in views for one in view.steps)
