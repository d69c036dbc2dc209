from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.demo.live import LiveTicket
from app.demo.organisation import DemoOrganisation
from app.demo.shifts import Roster
from domain.asof import as_of
from domain.assessment import Action, Assessment, Decision
from domain.bursts.rest import rest_days
from domain.bursts.signature import sighting_of
from domain.bursts.watch import BurstWatch
from domain.deciding import decide
from domain.gathering import gather
from domain.history import dump_ticket, parse_ticket
from domain.outbreak import burst_of, propose
from domain.policy.policy import Policy
from domain.surroundings import Burst, Companion, Surroundings
from domain.ticket import ActorRole, Ticket
from domain.triage import assess

TOPICS = [
    "quiet but doomed", "loud but harmless", "missing facts", "access that needs approval",
    "repeat of the requester's own case", "known problem", "outage in the making", "wrong queue", "nobody eligible",
    "VIP", "security incident", "forwarded anger", "non-English", "injected instruction", "duplicate",
    "explicit request", "ordinary", "published article", "too thin for an article", "approval rejected",
]  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_there_is_exactly_one_ticket_for_each_thing_to_show(demo: DemoOrganisation, topic: str) -> None:
    assert [one.promise.topic for one in demo.live].count(topic) == 1


def test_what_has_happened_lies_before_the_moment_and_the_script_after_it(demo: DemoOrganisation) -> None:
    for one in demo.live:
        assert all(event.at <= demo.moment for event in one.ticket.events), one.ticket.id
        assert all(step.at > demo.moment for step in one.script), one.ticket.id
        assert [step.at for step in one.script] == sorted(step.at for step in one.script), one.ticket.id


def test_live_tickets_survive_the_canonical_history_with_their_script_delivered(
    demo: DemoOrganisation,
) -> None:
    for one in demo.live:
        events = (*one.ticket.events, *(step.event for step in one.script if step.event))
        grown = one.ticket.model_copy(update={"events": events})
        assert parse_ticket(dump_ticket(grown)) == grown


def test_promises_name_what_exists(demo: DemoOrganisation, policy: Policy) -> None:
    known = {ticket.id for ticket in demo.closed} | {one.id for one in demo.articles}
    known |= {one.id for one in demo.problems}
    fields = {field.id for form in policy.forms.forms for field in form.fields}
    for one in demo.live:
        promise = one.promise
        assert set(promise.evidence) <= known, one.ticket.id
        assert set(promise.asks) <= fields, one.ticket.id
        assert promise.team is None or policy.team(promise.team), one.ticket.id
        assert promise.technician is None or promise.technician in policy.technician_by_id, one.ticket.id
        assert promise.approval in {None, *(rule.id for rule in policy.approvals.rules)}, one.ticket.id
        assert promise.playbook in {None, *(book.id for book in policy.playbooks)}, one.ticket.id


def test_people_in_scripts_are_those_the_policy_names(demo: DemoOrganisation, policy: Policy) -> None:
    officers = {person.id for person in policy.holders("data_security_officer")}
    officers |= {rule.to for rule in policy.people.delegations if rule.from_ in officers}
    for one in demo.live:
        for step in one.script:
            if step.kind in ("approve", "reject"):
                assert step.by in officers, one.ticket.id
            if step.kind == "review":
                assert step.by in {person.id for person in policy.holders("knowledge_manager")}, one.ticket.id
            if step.kind in ("carry_out", "done"):
                assert step.by in policy.technician_by_id, one.ticket.id


def test_technicians_on_live_tickets_act_in_their_shift(demo: DemoOrganisation, policy: Policy) -> None:
    roster = Roster(policy)
    events = [event for one in demo.live for event in one.ticket.events]
    events += [step.event for one in demo.live for step in one.script if step.event]
    assert [
        (event.id, event.actor_id)
        for event in events
        if event.role == ActorRole.TECHNICIAN and event.actor_id and not roster.works(event.actor_id, event.at)
    ] == []


def test_nobody_who_can_work_on_telephony_is_there(demo: DemoOrganisation, policy: Policy) -> None:
    roster = Roster(policy)
    assert not any(roster.works(one.id, demo.moment) for one in policy.members("voice-collaboration"))
    lead = next(rule.lead for rule in policy.tiers.tiers if rule.id == "L2")
    assert roster.works(lead, demo.moment)


def test_every_live_ticket_is_decided_as_it_promises(demo: DemoOrganisation, policy: Policy) -> None:
    for one in demo.live:
        assessment, decision = _triage(one, demo, policy)
        promise, name = one.promise, one.ticket.id
        assert promise.escalated == (decision.action == Action.ESCALATE), name
        assert promise.risk_at_least is None or assessment.risk >= promise.risk_at_least, name
        assert promise.risk_at_most is None or assessment.risk <= promise.risk_at_most, name
        assert set(promise.reasons) <= {reason.code for reason in assessment.reasons}, name
        assert promise.category in (None, assessment.category), name
        assert promise.language in (None, assessment.language), name
        assert promise.tier in (None, decision.to_tier), name
        assert promise.duplicate_of == assessment.duplicate_of, name
        assert bool(promise.flagged) == bool(assessment.suspicious), name


def test_only_what_is_promised_is_asked(demo: DemoOrganisation, policy: Policy) -> None:
    for one in demo.live:
        if one.promise.escalated:
            ticket = as_of(one.ticket, demo.moment)
            assessment, decision = _triage(one, demo, policy)
            own = [past for past in reversed(demo.closed) if past.requester_id == ticket.requester_id]
            context = gather(ticket, policy, assessment, decision, demo.moment, earlier=own)
            asked = context.question.fields if context.question else ()
            assert asked == one.promise.asks, one.ticket.id


def test_without_the_other_three_the_outage_would_stay_below_the_line(demo: DemoOrganisation, policy: Policy) -> None:
    one = next(one for one in demo.live if one.promise.topic == "outage in the making")
    alone = assess(as_of(one.ticket, demo.moment), policy, demo.moment, Surroundings())
    assert alone.risk < policy.risk.at_risk_from


def _triage(one: LiveTicket, demo: DemoOrganisation, policy: Policy) -> tuple[Assessment, Decision]:
    ticket = as_of(one.ticket, demo.moment)
    around = Surroundings(companions=tuple(_companions(ticket, demo)), burst=_burst(ticket, demo, policy))
    assessment = assess(ticket, policy, demo.moment, around)
    decision = decide(assessment, ticket, policy, demo.moment, last_escalation_ended=None, has_open_escalation=False)
    return assessment, decision


def _burst(ticket: Ticket, demo: DemoOrganisation, policy: Policy) -> Burst | None:
    """What the watch says of the ticket when it comes, after everything that came before it."""
    past = [*demo.closed, *(live.ticket for live in demo.live)]
    before = (ticket.created_at, ticket.id)
    watch = BurstWatch(policy.outbreaks, ZoneInfo(policy.head.zone), rest_days(policy))
    for other in sorted((one for one in past if (one.created_at, one.id) < before), key=lambda o: (o.created_at, o.id)):
        watch.see(sighting_of(other))
    episode = watch.see(sighting_of(ticket))
    if episode is None or episode.alarm is None:
        return None
    members = tuple(episode.members)
    outbreak = propose("demo", episode.alarm, members, members[0], at=demo.moment, quiet=timedelta(minutes=240))
    return burst_of(ticket, [outbreak], demo.moment)


def _companions(ticket: Ticket, demo: DemoOrganisation) -> list[Companion]:
    """Common words stand in for meaning here: no model is loaded for these tests."""
    others = [one.ticket for one in demo.live if one.ticket.created_at <= ticket.created_at]
    return [_companion(ticket, other) for other in others if other.id != ticket.id]


def _companion(ticket: Ticket, other: Ticket) -> Companion:
    mine, theirs = (set(re.findall(r"\w+", (t.description or "").lower())) for t in (ticket, other))
    shared = len(mine & theirs)
    return Companion(other, shared / min(len(mine), len(theirs)), shared / len(mine | theirs))
