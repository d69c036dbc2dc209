"""One look at a ticket: the decision, the levels that are due, and everything that follows at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.asof import standing
from domain.assessment import Action, Assessment, Decision
from domain.deciding import decide
from domain.duplicates import already_linked
from domain.effects import Effect, Message, WriteBack, of_step
from domain.escalation import A_STEP_FAILED, NOBODY_DECIDED, Escalation, EscalationState
from domain.journey import Timer
from domain.levels import Passing, due_levels, next_level_moment, pass_levels, raised_priority
from domain.loops import causality_depth, last_word
from domain.matching import current_tier, holds
from domain.matrix import Matrix
from domain.notices import Notice, messages
from domain.passed import Cause
from domain.policy.policy import Policy
from domain.properties import PropertyChange
from domain.sla.lines import local_time
from domain.taking_down import bodies_of, undo
from domain.ticket import Ticket, Tier
from domain.writing import OUR_ID, write_back

LOOP_TAG = "automation-loop"


@dataclass(frozen=True)
class Look:
    """What one look comes to; all of it is saved at once."""

    decision: Decision
    matrix: Matrix
    escalation: Escalation | None = None
    """The open escalation, when the look changed it."""
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = field(default=())


def look(
    assessment: Assessment, ticket: Ticket, policy: Policy, at: datetime, matrix: Matrix, last: Escalation | None
) -> Look:
    """Looks at a ticket that is cut at `at`. `last` is its newest escalation, ended or not."""
    seen = matrix.looked(assessment.risk, ticket, policy, at)
    if last is not None and _came_to_nothing(last):
        # No person ended it, so what called for it calls again.
        seen = seen.model_copy(update={"spent": frozenset()})
    stopped = causality_depth(ticket) >= policy.escalation.max_depth
    quiet = stopped or already_linked(ticket) or not standing(ticket).open
    due = () if quiet else due_levels(ticket, policy, assessment, at, seen)
    opening = tuple(Cause(key=f"level:{one.key}", why=one.why) for one in due if one.level.escalate and not one.ours)
    open_ = last if last is not None and not last.ended else None
    decision = decide(
        assessment, ticket, policy, at, last_escalation_ended=last.updated_at if last and last.ended else None,
        has_open_escalation=open_ is not None, matrix=seen, levels=opening, stopped=stopped,
    )  # fmt: skip
    opens = decision.action == Action.ESCALATE
    signing = open_ is not None and open_.state == EscalationState.AWAITING_APPROVAL
    passing = (
        Passing.nothing(seen)
        if quiet
        else pass_levels(ticket, policy, assessment, at, seen, opens=opens, signing=signing)
    )
    decision = _with_levels(decision, passing, ticket, policy)
    spent = decision.causes if opens or open_ is not None else ()
    after = passing.matrix.model_copy(
        update={"spent": passing.matrix.spent | set(spent), "version": matrix.version + 1}
    )
    effects = [*_of_level(passing, ticket, policy, assessment, at, open_, opens=opens)]
    if stopped and standing(ticket).open:
        effects += _of_loop(ticket, policy, at, open_)
    changed = _carrying(open_, passing) if open_ is not None else None
    if open_ is not None and not passing.levels and _calm(open_, ticket, policy, assessment, at, after):
        since = local_time(after.low_since or at, policy, at)
        why = f"the risk has been below {policy.escalation.line_to_rearm(policy.risk)} since {since}"
        changed = open_.move(EscalationState.DE_ESCALATED, at=at, by=OUR_ID, why=why)
        undoing = undo(open_, ticket, policy, by=OUR_ID, why=why)
        bodies = bodies_of(undoing, open_, ticket, policy, by=OUR_ID, why=why, at=at)
        effects += of_step(bodies, step=f"{open_.id}:taken down", at=at)
    return Look(decision, after, changed, tuple(effects), tuple(_timer(ticket, policy, at, after)))


def _came_to_nothing(last: Escalation) -> bool:
    """Whether an escalation ended by a failure of ours, or because nobody signed in time."""
    why = last.moves[-1].why if last.moves else ""
    return last.state == EscalationState.CANCELLED and (why == A_STEP_FAILED or why.endswith(NOBODY_DECIDED))


def _calm(
    escalation: Escalation, ticket: Ticket, policy: Policy, assessment: Assessment, at: datetime, matrix: Matrix
) -> bool:
    """Whether policy takes a handed-over escalation down because the risk has been low for long enough."""
    rule = policy.escalation.de_escalate
    if rule is None or escalation.state not in (EscalationState.HANDED_OVER, EscalationState.ACCEPTED):
        return False
    since = max(matrix.low_since or at, escalation.updated_at)
    low = matrix.low_since is not None and at - since >= timedelta(minutes=rule.after_minutes)
    return low and holds(rule.when, ticket, policy, assessment)


def _with_levels(decision: Decision, passing: Passing, ticket: Ticket, policy: Policy) -> Decision:
    """The decision with the levels passed; one that escalates carries what the level that speaks sets besides."""
    update: dict[str, object] = {"levels": passing.levels}
    level = passing.speaks
    if decision.action == Action.ESCALATE and level is not None and level.escalate:
        asked, order = level.set, list(Tier)
        goes_to = Tier(decision.to_tier or current_tier(ticket, policy))
        tier = max([asked.tier or goes_to, goes_to], key=order.index)
        ranked = [raised_priority(ticket, policy, name) for name in (decision.priority, asked.priority)]
        minutes = {one.priority.casefold(): one.resolution for one in policy.slas.targets if one.priority}
        wanted = [name for name in ranked if name is not None]
        update |= {
            "to_tier": tier.value, "status": asked.status or decision.status, "queue": asked.queue or decision.queue,
            "priority": min(wanted, key=lambda name: minutes.get(name.casefold(), 0), default=None),
            "sla_target": asked.sla_target or decision.sla_target,
            "tags": tuple(dict.fromkeys((*decision.tags, *asked.tags))),
        }  # fmt: skip
    return decision.model_copy(update=update)


def _carrying(escalation: Escalation, passing: Passing) -> Escalation | None:
    """The open escalation with what the level changed on its behalf; none when it changed nothing."""
    if not passing.steps.apply and not passing.steps.recommend:
        return None
    return escalation.model_copy(
        update={
            "properties": (*escalation.properties, *passing.steps.apply), "version": escalation.version + 1,
            "recommended": (*escalation.recommended, *passing.steps.recommend),
        }
    )  # fmt: skip


def _of_level(
    passing: Passing, ticket: Ticket, policy: Policy, assessment: Assessment, at: datetime,
    escalation: Escalation | None, *, opens: bool,
) -> Iterator[Effect]:  # fmt: skip
    level = passing.speaks
    if level is None:
        return
    apply: tuple[PropertyChange, ...] = () if opens and level.escalate else passing.steps.apply
    lines = "\n".join(f"- {one.field}: {one.was or 'none'} → {one.to or 'none'}" for one in apply if one.field != "tag")
    text = "\n".join(part for part in (passing.why, lines, passing.steps.advice) if part)
    notice = Notice(
        occasion="level_reached", ticket=ticket, at=at, headline=f"Level {level.id} reached", public_text="",
        internal_text=text, assessment=assessment, escalation_id=escalation.id if escalation else None,
    )  # fmt: skip
    bodies: list[WriteBack | Message] = []
    if apply or (passing.steps.recommend and not (opens and level.escalate)):
        bodies.append(
            write_back(
                ticket.id, apply, why=passing.why, comment=text, escalation_id=escalation.id if escalation else None
            )
        )
    yield from of_step((*bodies, *messages(policy, notice)), step=f"{ticket.id}:level:{passing.levels[-1].key}", at=at)


def _of_loop(ticket: Ticket, policy: Policy, at: datetime, escalation: Escalation | None) -> tuple[Effect, ...]:
    text = (
        "Another automation keeps changing what Tierwise changes in this ticket. Tierwise changes nothing here any "
        "more until a person does something."
    )
    tag = PropertyChange(field="tag", to=LOOP_TAG, why=text)
    change = write_back(ticket.id, (tag,), why="an automation answers our changes", comment=text)
    notice = Notice(
        occasion="loop_stopped", ticket=ticket, at=at, headline="Two automations change this ticket in turn",
        public_text="", internal_text=text, escalation_id=escalation.id if escalation else None,
    )  # fmt: skip
    return of_step((change, *messages(policy, notice)), step=f"{ticket.id}:loop:{last_word(ticket)}", at=at)


def _timer(ticket: Ticket, policy: Policy, at: datetime, matrix: Matrix) -> Iterator[Timer]:
    due = next_level_moment(ticket, policy, at, matrix)
    if due is not None:
        yield Timer(
            key=f"level_due:{ticket.id}", ticket_id=ticket.id, timer="level_due", subject_id=ticket.id, due_at=due
        )
