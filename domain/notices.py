"""Who is told what: messages made from the policy's notification rules. Pure; sending is the outbox's work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.approval import Approval
from domain.asof import standing
from domain.assessment import Assessment
from domain.effects import Message
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.matching import holds
from domain.policy.base import When
from domain.policy.flow import NotificationRule, Occasion, Playbook
from domain.policy.policy import Policy
from domain.route import Route
from domain.sla import sla_clocks
from domain.summarising.requester import public_view
from domain.ticket import Ticket

REQUESTER, OWNER, ASSIGNEE, TEAM_LEAD, APPROVERS = "requester", "owner", "assignee", "team_lead", "approvers"


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


def messages(policy: Policy, notice: Notice) -> tuple[Message, ...]:
    """One message for each recipient that the rules name; nobody is told twice of one occasion."""
    told: dict[str, Message] = {}
    for rule in policy.notifications.rules:
        if notice.occasion in rule.on and _concerns(policy, rule, notice):
            for recipient in rule.to:
                for address in _addresses(policy, notice, recipient):
                    told.setdefault(address, _message(policy, notice, rule, recipient, address))
    return tuple(told[address] for address in sorted(told) if told[address].text.strip())


def _concerns(policy: Policy, rule: NotificationRule, notice: Notice) -> bool:
    if notice.assessment is None:
        return rule.when == When()
    return holds(rule.when, notice.ticket, policy, notice.assessment)


def _message(policy: Policy, notice: Notice, rule: NotificationRule, recipient: str, address: str) -> Message:
    public = recipient == REQUESTER
    shown = public_view(notice.ticket) if public else notice.ticket
    subject = shown.subject or "your request"
    return Message(
        occasion=notice.occasion,
        channel=rule.channel,
        to=address,
        subject=f"[{notice.ticket.id}] {subject if public else f'{notice.headline}: {subject}'}",
        text=notice.public_text if public else _internal(policy, notice),
        ticket_id=notice.ticket.id,
        escalation_id=notice.escalation_id,
        rule=rule.id,
    )


def _internal(policy: Policy, notice: Notice) -> str:
    now = standing(notice.ticket)
    lines = [notice.headline, f"Ticket {notice.ticket.id}, priority {now.priority or 'not set'}"]
    lines += list(_sla_lines(policy, notice))
    if notice.ticket.service:
        lines.append(f"Service: {notice.ticket.service}")
    if notice.assessment:
        lines.append(f"Risk {notice.assessment.risk}:")
        lines += [f"  {reason.points:+d} {reason.text}" for reason in notice.assessment.reasons]
    if notice.route:
        lines.append(f"Goes to {notice.route.technician} ({notice.route.team}): {notice.route.why}")
    return "\n".join([*lines, "", notice.internal_text]).strip()


def _sla_lines(policy: Policy, notice: Notice) -> Iterable[str]:
    zone = ZoneInfo(policy.head.zone)
    for clock in sla_clocks(notice.ticket, policy, notice.at):
        if clock.due_at is not None and clock.stopped_at is None:
            local = clock.due_at.astimezone(zone)
            name = clock.clock.replace("_", " ")
            yield f"SLA {name}: {clock.used_percent} % used, due {local:%Y-%m-%d %H:%M} {policy.head.zone}"


def _addresses(policy: Policy, notice: Notice, recipient: str) -> list[str]:
    if "@" in recipient:
        return [recipient]
    if recipient == REQUESTER:
        requester = notice.ticket.requester
        return [requester.email] if requester and requester.email else []
    if recipient == APPROVERS:
        return [_address(policy, person) for person in notice.approval.approvers] if notice.approval else []
    people = {
        OWNER: standing(notice.ticket).technician,
        ASSIGNEE: notice.route.technician if notice.route else None,
        TEAM_LEAD: _team_lead(policy, notice),
    }
    if recipient in people:
        person = people[recipient]
        return [policy.technician_by_id[person].email] if person in policy.technician_by_id else []
    return [holder.email for holder in policy.holders(recipient)]


def _team_lead(policy: Policy, notice: Notice) -> str | None:
    team = policy.team(notice.route.team if notice.route else standing(notice.ticket).team)
    return team.lead if team else None


def _address(policy: Policy, person: str) -> str:
    outside = {one.id: one.email for one in policy.people.people}
    return outside[person] if person in outside else policy.technician_by_id[person].email


def handover_text(handoff: Handoff, evidence: Evidence, playbook: Playbook | None = None) -> str:
    """The handoff as the receiving technician reads it in a mail or an internal note."""
    parts: list[str] = []
    sections = (
        ("Problem", handoff.problem), ("Impact", handoff.impact), ("Tried", handoff.tried),
        ("Where it stands", handoff.current_state), ("Open questions", handoff.open_questions),
        ("Next step", handoff.next_step), ("Do not repeat", handoff.do_not_repeat),
        ("Similar cases", handoff.similar),
    )  # fmt: skip
    for title, claims in sections:
        if claims:
            parts.append(f"{title}:\n" + "\n".join(f"- {c.text} [{', '.join(c.sources)}]" for c in claims))
    if playbook is not None:
        steps = "\n".join(f"{number}. {step.text}" for number, step in enumerate(playbook.steps, 1))
        parts.append(f"Playbook {playbook.name}:\n{steps}")
    blind = [kind for kind, looked in evidence.looked.items() if looked == "could_not_look"]
    if blind:
        parts.append(f"Could not look for: {', '.join(blind)}")
    return "\n\n".join(parts)
