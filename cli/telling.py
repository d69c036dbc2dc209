"""Opinions and journeys in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten

from app.demo.run import DemoReport, DemoTicket
from app.demo.spoken import DemoModel
from app.opinion import Opinion
from domain.assessment import Assessment, Counterfactual, Reason

WIDTH = 150


def opinion_lines(opinion: Opinion) -> Iterator[str]:
    """The opinion on one ticket."""
    assessment, decision = opinion.assessment, opinion.decision
    yield f"{opinion.ticket_id}: {decision.action}, risk {assessment.risk} (line at {decision.threshold})"
    yield from _indented(decision.why)
    yield from _reasons(assessment.reasons, assessment.counterfactual, assessment.suspicious)
    yield from _learned(assessment)
    yield f"  category {assessment.category or 'none'}, urgency {assessment.urgency}"
    for clock in opinion.sla:
        due = f", due {clock.due_at.isoformat()}" if clock.due_at else ""
        yield f"  SLA {clock.clock.replace('_', ' ')}: {clock.used_percent} % used{due}"
    if opinion.context and opinion.context.question:
        yield f"  would ask the {opinion.context.question.to} for: {', '.join(opinion.context.question.fields)}"
    if opinion.route:
        yield f"  would go to {opinion.route.technician} ({opinion.route.team}): {opinion.route.why}"
    yield from _approval_lines(opinion)
    for item in opinion.evidence.items[:5] if opinion.evidence else ():
        yield f"  {item.kind} {item.id} ({item.score:.2f}): {shorten(item.title, 90)}"
    if opinion.handoff:
        for claim in opinion.handoff.claims():
            yield f"  · {shorten(claim.text, WIDTH)} [{', '.join(claim.sources)}]"


def _learned(assessment: Assessment) -> Iterator[str]:
    """What was learned says; its reasons where they do not stand above already."""
    for one in assessment.learned:
        speaks = "speaks" if one.speaks else f"does not speak: {one.why_silent}"
        yield f"  {one.model} on {one.target}: {one.probability:.0%}, risk {one.risk}; {speaks}"
        if not one.speaks and not one.abstained:
            yield from _reasons(one.reasons, None, ())


def _approval_lines(opinion: Opinion) -> Iterator[str]:
    if opinion.approval is None:
        return
    until = f", by {opinion.decide_by.isoformat()}" if opinion.decide_by else ""
    yield f"  needs approval: {opinion.approval.action}; asks {', '.join(opinion.approvers) or 'nobody'}{until}"
    yield f"    risk: {opinion.approval.risk}"
    if opinion.approval.grant_minutes is not None:
        yield f"    ends {opinion.approval.grant_minutes} minutes after it is granted"


def demo_lines(report: DemoReport) -> Iterator[str]:
    """The whole demo."""
    for ticket in report.tickets:
        yield from _ticket(ticket)
        yield ""
    for article in report.articles:
        yield f"Article {article.id} published: {article.body.title}"
    yield report.learned.word
    kept = sum(ticket.outcome == ticket.promised for ticket in report.tickets)
    yield f"{kept} of {len(report.tickets)} live tickets ended as their description promises"
    if report.model:
        yield from _model(report.model)
    parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.parts.items())
    yield f"{report.closed} closed tickets taken in; {parts}; {report.seconds:.1f} s in all"


def _model(model: DemoModel) -> Iterator[str]:
    failed = "".join(f", {count} {why}" for why, count in model.failed.items())
    yield (
        f"{model.name} was asked {model.asked} times: {model.answered} answered, {model.cached} known already{failed}; "
        f"{model.tokens_in} tokens in, {model.tokens_out} out, cost {model.cost:.4f}"
    )
    stopped = ", ".join(f"{count} {kind}" for kind, count in model.stopped.items()) or "nothing"
    yield f"  {model.kept} answers stand, in {model.mended} the local text stands in; stopped: {stopped}"


def _ticket(ticket: DemoTicket) -> Iterator[str]:
    yield f"{ticket.id}  {ticket.subject}"
    yield f"  here to show: {ticket.shows}"
    yield f"  → {ticket.outcome or 'waiting'}, risk {ticket.risk}"
    yield from _indented(ticket.why)
    yield from _reasons(ticket.reasons, ticket.counterfactual, ticket.flagged)
    if ticket.duplicate_of:
        yield f"  duplicate of {ticket.duplicate_of}"
    if ticket.question:
        yield f"  asked the {ticket.question.to} for: {', '.join(ticket.question.fields)}"
    for approval in ticket.approvals:
        by = ", ".join(f"{v.by} for {v.on_behalf_of}" if v.on_behalf_of else v.by for v in approval.votes)
        over = f", the grant {approval.ended_why}" if approval.ended_why else ""
        yield f"  approval {approval.rule}: {approval.state} by {by or 'nobody yet'}{over}"
    for task in ticket.tasks:
        done = f"done by {task.done_by}: {task.note}" if task.done_by else f"to do by {task.technician}"
        yield f"  task {task.state}: {shorten(task.text, WIDTH)}; {done}"
    if ticket.route:
        yield f"  goes to {ticket.route.technician} ({ticket.route.team}): {ticket.route.why}"
    for call in ticket.calls:
        said = call.why or f"{call.verdict}{f', stopped {chr(44).join(call.stopped)}' if call.stopped else ''}"
        yield f"  {call.model} for {call.prompt}: {call.outcome}, {said}"
    if ticket.handoff:
        yield f"  handoff by {ticket.handoff.source}:"
        for claim in (*ticket.handoff.brief, *ticket.handoff.similar[:1]):
            yield f"  · {shorten(claim.text, WIDTH)} [{', '.join(claim.sources)}]"
    if ticket.notifications:
        told = ", ".join(sorted({one.to if one.kind == "mail" else one.channel for one in ticket.notifications}))
        yield f"  told: {told}"


def _reasons(
    reasons: tuple[Reason, ...], counterfactual: Counterfactual | None, flagged: tuple[Reason, ...]
) -> Iterator[str]:
    for reason in reasons:
        where = f" [{reason.event_id}]" if reason.event_id else ""
        yield f"    {reason.points:+4d}  {reason.text}{where}"
    if counterfactual:
        yield f"    but: {counterfactual.text}"
    for flag in flagged:
        yield f"    flagged, not obeyed: {flag.text}"


def _indented(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}"
