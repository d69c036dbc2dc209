from __future__ import annotations

from datetime import timedelta

import pytest

from domain.bursts.signature import CATEGORY, SERVICE, SITE, Sighting, signatures_of
from tests.domain.bursts.made import MONDAY, fed, quiet_weeks, sighting, watch

STREAM = quiet_weeks()
NOW = MONDAY + timedelta(weeks=8, hours=10)
"""The Monday after, at ten."""


def reports(count: int, minutes: float, *, who: str = "", start: int = 9000, site: str = "north") -> list[Sighting]:
    return [
        sighting(NOW + timedelta(minutes=minutes * n / count), start + n, "vpn", who=who, site=site)
        for n in range(count)
    ]


def test_a_burst_of_different_people_is_an_alarm_with_its_evidence() -> None:
    desk = fed(STREAM)
    episodes = [desk.see(one) for one in reports(8, 25)]
    found = [one for one in episodes if one is not None]
    assert found, "nothing was seen"
    alarm = found[-1].alarm
    assert alarm is not None
    assert dict(alarm.signature).get("category", "vpn") == "vpn"
    assert alarm.requesters >= 3
    assert alarm.expected < alarm.requesters
    assert alarm.surprise >= alarm.line
    assert len({id(one) for one in found}) == 1, "one burst is one episode, whatever levels it shows at"


def test_one_person_who_writes_eight_times_is_no_burst() -> None:
    desk = fed(STREAM)
    assert [desk.see(one) for one in reports(8, 25, who="p-1")] == [None] * 8


def test_two_weeks_of_the_usual_raise_no_alarm() -> None:
    assert not [one for one in (fed(STREAM).episodes.open) if one.alarm]


def test_tickets_at_two_sites_are_seen_at_the_level_they_share() -> None:
    desk = fed(STREAM)
    mixed = [
        sighting(NOW + timedelta(minutes=2 * n), 9100 + n, "vpn", site="north" if n % 2 else "south") for n in range(10)
    ]
    episode = [desk.see(one) for one in mixed][-1]
    assert episode is not None and episode.alarm is not None
    assert SITE not in dict(episode.alarm.signature)


def test_a_ticket_of_the_same_kind_joins_while_the_burst_lasts_and_not_a_day_later() -> None:
    desk = fed(STREAM)
    for one in reports(8, 25):
        desk.see(one)
    later = sighting(NOW + timedelta(minutes=70), 9500, "vpn")
    assert desk.see(later) is not None
    assert desk.find("T-9500") is not None
    assert desk.see(sighting(NOW + timedelta(days=1), 9501, "vpn")) is None


def test_what_came_later_changes_nothing_about_what_was_seen_before() -> None:
    """As-of honest: the same prefix gives the same alarms, whatever follows."""
    burst = reports(8, 25)
    short, long = watch(), watch()
    first = [short.see(one) for one in [*STREAM, *burst]][-1]
    second = [long.see(one) for one in [*STREAM, *burst, *reports(20, 30, start=9700, site="south")]][len(STREAM) + 7]
    assert first is not None and second is not None
    assert first.alarm == second.alarm


def test_without_a_past_half_of_the_desk_must_write_about_it() -> None:
    parts = {CATEGORY: "erp", SERVICE: "ledger", SITE: "north"}
    fresh = watch()
    seen = [
        fresh.see(Sighting(f"N-{n}", MONDAY + timedelta(hours=9, minutes=n), f"p{n}", signatures_of(parts)))
        for n in range(4)
    ]
    assert [one is not None for one in seen] == [False, False, False, True]
    busy = watch()
    crowd = [sighting(MONDAY + timedelta(hours=9, minutes=n / 4), n, f"c{n % 9}") for n in range(80)]
    assert all(busy.see(one) is None for one in crowd)


@pytest.mark.parametrize("budget", [0.1, 1.0, 10.0])
def test_a_larger_budget_never_draws_a_higher_line(budget: float) -> None:
    small, large = fed(STREAM, false_alarms_per_week=budget), fed(STREAM, false_alarms_per_week=2 * budget)
    found = [[desk.see(one) for one in reports(8, 25)][-1] for desk in (small, large)]
    if found[0] is not None and found[0].alarm is not None:
        assert found[1] is not None and found[1].alarm is not None
        assert found[1].alarm.line <= found[0].alarm.line
        assert found[1].alarm.at <= found[0].alarm.at
