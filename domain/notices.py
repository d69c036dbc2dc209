"""Who is told what: messages made from the policy's notification rules. Pure; sending is the outbox's work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from domain.approval import Approval
from domain.asof import standing
from domain.assessment import Assessment
from domain.effects import Address, Message
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.matching import holds
from domain.playbooks import PlaybookView, steps_text
from domain.policy.base import When
from domain.policy.flow import Occasion
from domain.policy.notifications import MAIL, FallbackStep, NotificationRule
from domain.policy.policy import Policy
from domain.route import Route
from domain.sla.clocks import sla_clocks
from domain.summarising.requester import public_view
from domain.telling.content import ClockLeft, NoticeContent, ReasonLine, SimilarCase
from domain.telling.recipients import TEAM_LEAD, Concerned, Reader, channel_of, places, readers
from domain.telling.templates import filled, internal_values, one_line, public_values
from domain.telling.words import plain_text
from domain.ticket import Ticket

STATES: dict[str, str] = {
    "question_asked": "waiting for an answer", "approval_requested": "awaiting approval",
    "handed_over": "handed over", "handed_to_lead": "with the lead, nobody else is eligible",
    "approval_rejected": "cancelled, not approved", "article_published": "published",
    "duplicate_linked": "linked to the ticket it repeats",
}  # fmt: skip
"""Occasion → where the matter stands after it; others are named as they are."""
ACTIONS: dict[str, str] = {
    "question_asked": "answer the question in the ticket",
    "approval_requested": "approve or reject, with a reason",
    "handed_over": "accept it, or send it back with a reason",
    "handed_to_lead": "take it, or find somebody who can",
    "approval_reminder": "approve or reject, with a reason",
    "approval_alternates": "approve or reject, with a reason",
    "approval_reassigned": "approve or reject, with a reason",
    "task_made": "carry out the task by its time, and say that it is done",
    "task_overdue": "carry out the task now, and say that it is done",
    "task_escalated": "see to it that the task is carried out",
    "outbreak_proposed": "confirm the outbreak, or reject it",
}
"""Occasion → what the reader is asked to do."""


@dataclass(frozen=True)
class Notice:
    """Everything a message may speak of. `public_text` is all that the requester may read."""

    occasion: Occasion
    ticket: Ticket
    at: datetime
    headline: str
    public_text: str
    internal_text: str = ""
    assessment: Assessment | None = None
    route: Route | None = None
    approval: Approval | None = None
    escalation_id: str | None = None
    handoff: Handoff | None = None
    evidence: Evidence | None = None
    priority: str | None = None
    """The priority that the step sets; without one, that of the ticket counts."""
    escalation_version: int | None = None
    affected: tuple[str, ...] = ()
    """Others who are affected, in words: the reports of an outbreak."""


def messages(policy: Policy, notice: Notice) -> tuple[Message, ...]:
    """One message for each place that the rules name; nobody is told twice of one occasion on the same channel."""
    told: dict[tuple[str, str], Message] = {}
    concerned = _concerned(policy, notice)
    for rule in policy.notifications.rules:
        if notice.occasion in rule.on and _concerns(policy, rule, notice):
            for message in _of_rule(policy, notice, rule, concerned):
                told.setdefault((message.channel, message.to), message)
    return tuple(told[place] for place in sorted(told) if told[place].text.strip())


def _concerns(policy: Policy, rule: NotificationRule, notice: Notice) -> bool:
    if notice.assessment is None:
        return rule.when == When()
    return holds(rule.when, notice.ticket, policy, notice.assessment)


def _concerned(policy: Policy, notice: Notice) -> Concerned:
    requester = notice.ticket.requester
    team = policy.team(notice.route.team if notice.route else standing(notice.ticket).team)
    return Concerned(
        requester_email=requester.email if requester else None, owner=standing(notice.ticket).technician,
        assignee=notice.route.technician if notice.route else None, team_lead=team.lead if team else None,
        approvers=notice.approval.approvers if notice.approval else (),
    )  # fmt: skip


def _of_rule(policy: Policy, notice: Notice, rule: NotificationRule, concerned: Concerned) -> Iterable[Message]:
    everyone = list(readers(policy, concerned, rule.to))
    inside = [one for one in everyone if not one.public]
    if rule.channel == MAIL:
        yield from (_public(notice, rule, one) for one in everyone if one.public)
    critical = _is_critical(policy, rule, notice)
    for reader, address in places(policy, rule.channel, inside):
        those = [reader] if reader else inside
        steps = _steps(policy, rule, concerned, those, critical=critical)
        if address is None:
            first, *rest = steps or [()]
            yield from (_internal(policy, notice, rule, one, tuple(rest), critical=critical) for one in first)
        else:
            yield _internal(policy, notice, rule, address, steps, critical=critical)


def _is_critical(policy: Policy, rule: NotificationRule, notice: Notice) -> bool:
    if rule.urgent is not None:
        return rule.urgent
    priority = notice.priority or standing(notice.ticket).priority or policy.slas.default_priority
    return priority.casefold() in {one.casefold() for one in policy.notifications.critical_priorities}


def _steps(
    policy: Policy, rule: NotificationRule, concerned: Concerned, told: list[Reader], *, critical: bool
) -> tuple[tuple[Address, ...], ...]:
    """The fallback of a rule for those it tells; a critical message ends at the team's lead whatever the rule says."""
    steps = list(rule.fallback)
    kind = getattr(channel_of(policy, rule.channel), "kind", "mail")
    if not steps and kind in ("slack", "teams"):
        steps.append(FallbackStep(channel=MAIL))
    found = []
    for step in steps:
        those = readers(policy, concerned, step.to) if step.to else told
        inside = [one for one in those if not one.public]
        found.append(tuple(address for _, address in places(policy, step.channel, inside) if address is not None))
    if critical and concerned.team_lead is not None:
        lead = places(policy, MAIL, readers(policy, concerned, (TEAM_LEAD,)))
        named = {address.to for step in found for address in step} | {one.email for one in told if rule.channel == MAIL}
        found.append(tuple(address for _, address in lead if address is not None and address.to not in named))
    return tuple(step for step in found if step)


def _public(notice: Notice, rule: NotificationRule, reader: Reader) -> Message:
    """What the requester reads: the public text, and nothing that was ever internal."""
    shown = public_view(notice.ticket)
    title = shown.subject or "your request"
    values = public_values(notice.ticket.id, title, notice.public_text)
    text = notice.public_text
    if text.strip():
        text = filled(rule.text, values, text)
    subject = filled(rule.subject, values, f"[{notice.ticket.id}] {title}")
    return Message(
        occasion=notice.occasion, to=reader.email, recipient=reader.id, zone=reader.zone, subject=one_line(subject),
        text=text, ticket_id=notice.ticket.id, escalation_id=notice.escalation_id, rule=rule.id, at=notice.at,
        critical=rule.urgent is True, digest=rule.digest,
    )  # fmt: skip


def _internal(
    policy: Policy, notice: Notice, rule: NotificationRule, address: Address, steps: tuple[tuple[Address, ...], ...],
    *, critical: bool,
) -> Message:  # fmt: skip
    content = content_of(policy, notice, critical=critical)
    values = internal_values(content, address.zone, policy.head.organisation)
    subject = f"[{content.ticket_id}] {content.headline}: {content.title}"
    return Message(
        occasion=notice.occasion, channel=address.channel, kind=address.kind, to=address.to,
        recipient=address.recipient, zone=address.zone,
        subject=one_line(filled(rule.subject, values, subject)),
        text=filled(rule.text, values, plain_text(content, address.zone)),
        ticket_id=notice.ticket.id, escalation_id=notice.escalation_id, rule=rule.id, content=content,
        critical=critical, digest=rule.digest and not critical, at=notice.at,
        acknowledge_within=rule.acknowledge_within, fallback=steps,
    )  # fmt: skip


def content_of(policy: Policy, notice: Notice, *, critical: bool = False) -> NoticeContent:
    """Everything a notice to the inside says, as of its moment."""
    ticket, route, assessment = notice.ticket, notice.route, notice.assessment
    now = standing(ticket)
    url = policy.notifications.ticket_url
    return NoticeContent(
        ticket_id=ticket.id, escalation_id=notice.escalation_id,
        escalation_version=notice.escalation_version, title=ticket.subject or "your request",
        headline=notice.headline, state=STATES.get(notice.occasion, notice.occasion.replace("_", " ")),
        priority=notice.priority or now.priority, critical=critical,
        risk=assessment.risk if assessment else None,
        reasons=tuple(ReasonLine(points=one.points, text=one.text) for one in assessment.reasons) if assessment else (),
        sla=_clocks(policy, notice), service=ticket.service, affected=_affected(notice),
        owner=route.technician if route else now.technician, team=route.team if route else now.team,
        why_owner=route.why if route else "",
        tried=tuple(one.text for one in notice.handoff.tried) if notice.handoff else (),
        similar=_similar(notice.evidence), requested_action=ACTIONS.get(notice.occasion, ""),
        details=notice.internal_text, ticket_url=url.replace("{id}", _quoted(ticket.id)) if url else None,
    )  # fmt: skip


def _clocks(policy: Policy, notice: Notice) -> tuple[ClockLeft, ...]:
    return tuple(
        ClockLeft(
            clock=clock.clock, left_minutes=int(clock.target_minutes - clock.used_minutes),
            used_percent=clock.used_percent, due_at=clock.due_at,
        )
        for clock in sla_clocks(notice.ticket, policy, notice.at)
        if clock.due_at is not None and clock.stopped_at is None
    )  # fmt: skip


def _affected(notice: Notice) -> tuple[str, ...]:
    requester = notice.ticket.requester
    own = (requester.email or requester.id) if requester else None
    return (*((own,) if own else ()), *notice.affected)


def _similar(evidence: Evidence | None) -> SimilarCase | None:
    cases = evidence.of_kind("ticket") if evidence else ()
    if not cases:
        return None
    best = cases[0]
    return SimilarCase(id=best.id, title=best.title, how_resolved=best.how_resolved or "", by_whom=best.by_whom or "")


def _quoted(text: str) -> str:
    return quote(text, safe="")


def handover_text(handoff: Handoff, evidence: Evidence, playbook: PlaybookView | None = None) -> str:
    """The handoff as the receiving technician reads it in a mail or an internal note."""
    parts: list[str] = []
    sections = (
        ("In brief", handoff.brief), ("Problem", handoff.problem), ("Impact", handoff.impact), ("Tried", handoff.tried),
        ("Where it stands", handoff.current_state), ("Open questions", handoff.open_questions),
        ("Next step", handoff.next_step), ("Do not repeat", handoff.do_not_repeat),
        ("Similar cases", handoff.similar), ("Earlier tickets of the requester", handoff.requester_history),
    )  # fmt: skip
    for title, claims in sections:
        if claims:
            parts.append(f"{title}:\n" + "\n".join(f"- {c.text} [{', '.join(c.sources)}]" for c in claims))
    if playbook is not None:
        parts.append(steps_text(playbook))
    blind = [kind for kind, looked in evidence.looked.items() if looked == "could_not_look"]
    if blind:
        parts.append(f"Could not look for: {', '.join(blind)}")
    return "\n\n".join(parts)
