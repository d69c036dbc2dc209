from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.evidence import EvidenceItem
from domain.learned import TeamGuess, TeamOpinion
from domain.ports import TrackRecord
from domain.ranking import prior_tickets, shrunken
from domain.route import Route
from domain.routing import Staffing, choose, not_eligible
from domain.ticket import Tier
from tests.domain.made import LEAVE_TODAY, PEOPLE, after, assigned, policy, technician, ticket


def record(name: str, resolved: int, good: int, minutes: float = 60) -> TrackRecord:
    return TrackRecord(technician=name, team=None, category="vpn", resolved=resolved, good=good, minutes=minutes)


def similar(name: str, *by: str) -> tuple[EvidenceItem, ...]:
    return tuple(
        EvidenceItem(kind="ticket", id=f"{name}-{n}", title="x", score=0.8, by_whom=who) for n, who in enumerate(by)
    )


def route(
    people: tuple[dict[str, Any], ...] = PEOPLE, *, records: tuple[TrackRecord, ...] = (), at: float = 60,
    load: dict[str, int] | None = None, helped: frozenset[str] = frozenset(), evidence: tuple[EvidenceItem, ...] = (),
    category: str | None = "vpn", tier: Tier = Tier.L2, team: str = "desk", sent_back: frozenset[str] = frozenset(),
    teams: TeamOpinion | None = None,
) -> Route:  # fmt: skip
    staffing = Staffing(records, load or {}, helped, evidence, sent_back, teams)
    made = ticket(assigned(1, 1, team, "ada"))
    return choose(made, policy(technicians=people), tier, category, after(at), staffing)


def changed(name: str, **changes: Any) -> tuple[dict[str, Any], ...]:
    return tuple(one | changes if one["id"] == name else one for one in PEOPLE)


def test_the_better_record_wins_and_the_figures_say_why() -> None:
    found = route(records=(record("cy", 20, 19), record("di", 20, 10), record("eve", 20, 10)))
    assert (found.result, found.technician, found.team) == ("technician", "cy", "net")
    assert "19 of 20" in found.why and "10 of 20" in found.why
    assert found.why.startswith("Cy:") and "Before Di:" in found.why
    assert found.left_team == "desk"


def test_the_faster_one_wins_among_equals() -> None:
    assert route(records=(record("cy", 20, 18, 200), record("eve", 20, 18, 20))).technician == "eve"


def test_who_resolved_the_similar_tickets_wins() -> None:
    assert route(evidence=similar("P", "di", "di", "eve")).technician == "di"


def test_who_helped_the_requester_before_wins_among_equals() -> None:
    found = route(helped=frozenset({"eve"}))
    assert found.technician == "eve"
    assert "has helped this requester before" in found.why


def test_the_emptier_desk_wins_among_equals_then_the_name() -> None:
    assert route(load={"cy": 3, "di": 1, "eve": 3}).technician == "di"
    assert route().technician == "cy"


def test_who_took_few_tickets_is_shrunken_to_the_team() -> None:
    records = (record("cy", 1, 1), record("di", 60, 54), record("eve", 40, 20))
    figures = shrunken(records, {"cy": "net", "di": "net", "eve": "net"})
    assert figures["cy"].success < figures["di"].success
    assert figures["eve"].success < figures["cy"].success


def test_a_team_without_tickets_takes_the_mean_of_all() -> None:
    figures = shrunken((record("cy", 10, 5),), {"cy": "net", "fay": "core"})
    assert figures["fay"].success == 0.5
    assert figures["fay"].minutes == pytest.approx(60)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"leave": [LEAVE_TODAY]}, "leave: away until 2026-10-16"),
        ({"shift": "office"}, "shift: outside the hours of office"),
        ({"skills": ["mail"]}, "skill: does not work on vpn"),
        ({"team": "core"}, "tier: works in L3"),
        ({"capacity": 2}, "load: 2 of 2 tickets"),
        ({"capacity": 0}, "load: 2 of 0 tickets"),
    ],
)
def test_who_cannot_take_it_never_wins_however_good(changes: dict[str, Any], cause: str) -> None:
    at = 9 * 60 if "shift" in changes else 60
    found = route(
        changed("cy", **changes), records=(record("cy", 500, 500, 1),), evidence=similar("P", "cy", "cy"),
        load={"cy": 2}, at=at,
    )  # fmt: skip
    assert found.technician != "cy"
    assert [one.not_eligible for one in found.candidates if one.technician == "cy"] == [(cause,)]


def test_leave_is_counted_in_the_zone_of_the_shift() -> None:
    p = policy(technicians=changed("cy", leave=[{"first": "2026-10-15", "last": "2026-10-15"}]))
    cy = p.technician_by_id["cy"]
    assert not_eligible(cy, p, Tier.L2, "vpn", after(15 * 60 + 59), 0) == ()
    assert not_eligible(cy, p, Tier.L2, "vpn", after(16 * 60), 0) != ()


def test_when_nobody_is_eligible_the_lead_of_the_tier_gets_it_and_the_route_says_so() -> None:
    away = tuple(one | {"leave": [LEAVE_TODAY]} if one["team"] == "net" else one for one in PEOPLE)
    found = route(away)
    assert (found.result, found.technician, found.team, found.confidence) == (
        "nobody_eligible",
        "di",
        "net",
        0.0,
    )
    assert "leave 3" in found.why and "Di, who leads the tier" in found.why


def test_a_category_nobody_works_on_goes_to_the_lead() -> None:
    found = route(category="payroll")
    assert found.result == "nobody_eligible"
    assert "nobody works on it" in found.why


def test_the_team_that_keeps_the_ticket_is_not_left() -> None:
    assert route(team="Network").left_team is None


def test_the_only_one_eligible_is_said_to_be() -> None:
    found = route(tier=Tier.L3, category=None)
    assert found.technician == "fay"
    assert "Nobody else is eligible now." in found.why


def test_more_evidence_and_a_wider_lead_give_more_confidence() -> None:
    close = route(records=(record("cy", 2, 2), record("di", 2, 2)))
    clear = route(records=(record("cy", 90, 88), record("di", 90, 30)))
    assert 0 <= close.confidence < clear.confidence <= 1


PERSON = st.fixed_dictionaries(
    {
        "team": st.sampled_from(["desk", "net", "core"]),
        "skills": st.sampled_from([[], ["vpn"], ["mail"]]),
        "shift": st.sampled_from(["always", "office"]),
        "leave": st.sampled_from([[], [LEAVE_TODAY]]),
        "capacity": st.integers(0, 4),
    }
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(PERSON, min_size=4, max_size=4), st.lists(st.integers(0, 5), min_size=6, max_size=6),
    st.integers(0, 3000), st.sampled_from(["vpn", "mail", None]), st.sampled_from(list(Tier)),
)  # fmt: skip
def test_nobody_who_is_not_eligible_ever_wins(
    people: list[dict[str, Any]], loads: list[int], at: int, category: str | None, tier: Tier
) -> None:
    names = ["bo", "cy", "eve", "gil"]
    staff = (
        technician("ada", "desk"), technician("di", "net"), technician("fay", "core"),
        *(technician(name, **row) for name, row in zip(names, people, strict=True)),
    )  # fmt: skip
    p = policy(technicians=staff)
    load = dict(zip(["ada", "di", *names], loads, strict=True))
    staffing = Staffing(tuple(record(n, 9, 9) for n in names), load, frozenset(names), similar("P", *names))
    found = choose(ticket(), p, tier, category, after(at), staffing)
    able = [one.id for one in p.technicians.technicians
            if not not_eligible(one, p, tier, category, after(at), load.get(one.id, 0))]  # fmt: skip
    if found.result == "technician":
        assert found.technician in able
    else:
        handled = {t.id for t in p.teams.teams if category is None or not t.categories or category in t.categories}
        assert not [one for one in able if p.technician_by_id[one].team in handled]
        assert found.technician == p.lead_of(tier).id
    assert found == choose(ticket(), p, tier, category, after(at), staffing)


def test_whoever_sent_an_escalation_back_does_not_get_it_again() -> None:
    first = route()
    again = route(sent_back=frozenset({first.technician}))
    assert again.technician != first.technician
    passed_over = next(one for one in again.candidates if one.technician == first.technician)
    assert passed_over.not_eligible[0].startswith("sent back")


def hard(name: str, resolved: int, good: int, expected: float, ratio: float | None = None) -> TrackRecord:
    return record(name, resolved, good).model_copy(update={"expected_good": expected, "minutes_ratio": ratio})


def test_who_takes_hard_tickets_is_not_punished_for_them() -> None:
    records = (hard("cy", 20, 12, 8.0), hard("di", 20, 16, 17.5), hard("eve", 20, 16, 17.5))
    found = route(records=records)
    assert found.technician == "cy"
    assert "12 of 20, with the team's, adjusted for how hard their tickets were" in found.why
    raw = route(records=tuple(one.model_copy(update={"expected_good": None}) for one in records))
    assert raw.technician != "cy"
    assert "adjusted" not in raw.why


def test_minutes_are_read_against_what_such_tickets_take() -> None:
    slow_on_paper = hard("cy", 20, 16, 16, 0.5).model_copy(update={"minutes": 400.0})
    fast_on_paper = hard("di", 20, 16, 16, 1.5).model_copy(update={"minutes": 60.0})
    figures = shrunken((slow_on_paper, fast_on_paper), {"cy": "net", "di": "net"})
    assert (figures["cy"].minutes or 0) < (figures["di"].minutes or 0)


def test_the_more_technicians_differ_the_less_the_team_weighs() -> None:
    alike = [record(f"t{n}", 50, 40 + n % 2) for n in range(8)]
    apart = [record(f"t{n}", 50, 20 + 4 * n) for n in range(8)]
    assert prior_tickets(alike, 0.8) == 50
    assert prior_tickets(apart, sum(one.good for one in apart) / 400) < 8
    assert prior_tickets(apart[:3], 0.5) == 8


def opinion(*teams: tuple[str, float], abstained: bool = False) -> TeamOpinion:
    return TeamOpinion(
        model="routing", teams=tuple(TeamGuess(team=team, probability=p) for team, p in teams), abstained=abstained
    )


def two_teams(**options: Any) -> Route:
    """As `route`, in a company whose L2 has a second team, wan, with gus."""
    base = policy(technicians=PEOPLE).model_dump(mode="json", exclude_unset=True)
    base["teams"]["teams"].append(
        {"id": "wan", "name": "WAN", "tier": "L2", "lead": "gus", "calendar": "office", "aliases": ["WAN ops"]}
    )
    base["technicians"]["technicians"].append(technician("gus", "wan", **options.pop("gus", {})))
    staffing = Staffing(options.pop("records", ()), options.pop("load", {}), frozenset(), (), frozenset(), **options)
    return choose(ticket(assigned(1, 1, "desk", "ada")), type(policy()).model_validate(base), Tier.L2, "vpn", after(60),
                  staffing)  # fmt: skip


STRONG = (record("cy", 40, 39), record("gus", 40, 30))


def test_the_team_that_the_ticket_clearly_belongs_to_goes_first_and_the_words_say_so() -> None:
    assert two_teams(records=STRONG).technician == "cy"
    found = two_teams(records=STRONG, teams=opinion(("desk", 0.3), ("wan ops", 0.5), ("net", 0.2)))
    assert (found.team, found.technician) == ("wan", "gus")
    assert found.why.startswith("It belongs to WAN (71% among the tier's teams). Gus:")
    assert found.candidates[0].team_chance == pytest.approx(0.7143)


@pytest.mark.parametrize(
    "teams",
    [
        None,
        opinion(("wan", 0.9), abstained=True),
        opinion(("desk", 0.9), ("wan", 0.1)),
        opinion(("nobody we know", 1.0)),
        opinion(("wan", 0.45), ("net", 0.55)),
    ],
    ids=["no opinion", "abstained", "elsewhere", "unknown team", "the other team"],
)
def test_an_opinion_that_is_not_clear_within_the_tier_changes_nothing(teams: TeamOpinion | None) -> None:
    assert two_teams(records=STRONG, teams=teams).technician == "cy"


def test_a_clear_team_makes_nobody_eligible_and_overloads_nobody() -> None:
    teams = opinion(("wan", 0.95))
    assert two_teams(records=STRONG, teams=teams, gus={"capacity": 2}, load={"gus": 2}).technician == "cy"
    assert two_teams(records=STRONG, teams=teams, gus={"shift": "office", "leave": [LEAVE_TODAY]}).technician == "cy"
