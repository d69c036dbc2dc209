from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from app.demo.organisation import DemoOrganisation
from app.demo.shifts import Roster
from domain.asof import standing
from domain.climb import climbs
from domain.history import dump_ticket, parse_ticket
from domain.policy.policy import Policy
from domain.sla.clocks import sla_clocks
from domain.ticket import ActorRole, EventKind, Ticket

NEAR = 0.8
"""Two messages that share this much of their words count as near-duplicates."""


def test_every_closed_ticket_survives_the_canonical_history(demo: DemoOrganisation) -> None:
    for ticket in demo.closed:
        assert parse_ticket(dump_ticket(ticket)) == ticket


def test_closed_tickets_are_over_before_the_moment_and_span_more_than_a_year(demo: DemoOrganisation) -> None:
    assert all(ticket.closed_at and ticket.closed_at < demo.moment for ticket in demo.closed)
    assert demo.closed[-1].created_at - demo.closed[0].created_at > timedelta(days=380)


def test_technicians_only_act_in_their_shift(demo: DemoOrganisation, policy: Policy) -> None:
    roster = Roster(policy)
    told = [ticket for ticket in demo.closed if ticket.id >= "INC-10000"]
    late = [
        (event.id, event.actor_id, event.at.isoformat())
        for ticket in told
        for event in ticket.events
        if event.role == ActorRole.TECHNICIAN and event.actor_id and not roster.works(event.actor_id, event.at)
    ]
    assert late == []


def test_events_name_teams_technicians_and_categories_of_the_policy(demo: DemoOrganisation, policy: Policy) -> None:
    for ticket in demo.closed:
        assert ticket.category in {category.id for category in policy.categories.categories}
        for event in ticket.events:
            assert event.team is None or policy.team_by_name[event.team].id == event.team
            assert event.technician is None or event.technician in policy.technician_by_id
            if event.kind == EventKind.ASSIGNMENT and event.technician:
                assert policy.technician_by_id[event.technician].team == event.team, event.id


def test_outcomes_agree_with_the_events_and_the_sla_policy(demo: DemoOrganisation, policy: Policy) -> None:
    for ticket in demo.closed:
        ups = climbs(ticket)
        assert ticket.outcome.escalated == bool(ups), ticket.id
        assert ticket.outcome.escalated_at == (ups[0] if ups else None), ticket.id
        assert ticket.closed_at is not None
        clock = sla_clocks(ticket, policy, ticket.closed_at)[-1]
        assert ticket.outcome.sla_met == (not clock.breached), ticket.id
        assert ticket.resolved_at == [e.at for e in ticket.events if e.kind == EventKind.RESOLVED][-1]
        assert ticket.resolution, ticket.id


def test_about_as_many_escalate_reopen_and_bounce_as_in_a_real_helpdesk(demo: DemoOrganisation) -> None:
    escalated = _share(demo, lambda ticket: bool(ticket.outcome.escalated))
    reopened = _share(demo, lambda ticket: any(e.kind == EventKind.REOPENED for e in ticket.events))
    bounced = _share(demo, lambda ticket: standing(ticket).bounces > 0)
    assert 0.12 <= escalated <= 0.18
    assert 0.04 <= reopened <= 0.09
    assert bounced >= 0.03


def test_messages_are_not_copies_of_each_other(demo: DemoOrganisation) -> None:
    bodies = Counter(ticket.description for ticket in demo.closed)
    assert sum(count for count in bodies.values() if count > 1) / len(demo.closed) <= 0.02
    subjects = Counter(ticket.subject for ticket in demo.closed)
    assert len(subjects) / len(demo.closed) >= 0.75


def test_few_messages_are_nearly_alike(demo: DemoOrganisation) -> None:
    words = [frozenset(re.findall(r"\w+", (ticket.description or "").lower())) for ticket in demo.closed]
    near = sum(
        any(len(mine & other) >= NEAR * len(mine | other) for place, other in enumerate(words) if place != here)
        for here, mine in enumerate(words)
    )
    assert near / len(words) <= 0.05


def test_no_slot_is_left_open(demo: DemoOrganisation) -> None:
    texts = [text for ticket in demo.closed for text in _texts(ticket)]
    assert [text for text in texts if "{" in text or "}" in text] == []


def test_requesters_come_back(demo: DemoOrganisation) -> None:
    counts = Counter(ticket.requester_id for ticket in demo.closed)
    assert sum(count >= 3 for count in counts.values()) >= 40


def _texts(ticket: Ticket) -> list[str]:
    return [ticket.subject or "", ticket.resolution or "", *(event.body or "" for event in ticket.events)]


def _share(demo: DemoOrganisation, holds: Callable[[Ticket], bool]) -> float:
    return sum(holds(ticket) for ticket in demo.closed) / len(demo.closed)
