"""Streams of sightings for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.bursts.signature import CATEGORY, SERVICE, SITE, Sighting, signatures_of
from domain.bursts.watch import BurstWatch
from domain.policy.outbreaks import OutbreaksFile

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def never(_: date) -> bool:
    """No day is a day of rest."""
    return False


def sighting(at: datetime, number: int, category: str = "vpn", *, who: str = "", site: str = "north") -> Sighting:
    """One ticket."""
    parts = {CATEGORY: category, SERVICE: f"{category} service", SITE: site}
    return Sighting(f"T-{number}", at, who or f"p{number}", signatures_of(parts))


def quiet_weeks(weeks: int = 8) -> list[Sighting]:
    """A calm desk: every working hour one ticket of each of three categories, in turn at two sites."""
    made: list[Sighting] = []
    for day in range(weeks * 7):
        if day % 7 < 5:
            for hour in range(8, 17):
                for place, category in enumerate(("vpn", "mail", "erp")):
                    at = MONDAY + timedelta(days=day, hours=hour, minutes=20 * place + (7 * day + 3 * hour) % 19)
                    made.append(sighting(at, len(made), category, site="north" if hour % 2 else "south"))
    return sorted(made, key=lambda one: one.at)


def watch(**rules: float) -> BurstWatch:
    """A watch on these rules."""
    return BurstWatch(OutbreaksFile.model_validate(rules), ZoneInfo("UTC"), never)


def fed(stream: list[Sighting], **rules: float) -> BurstWatch:
    """A watch that has seen the stream."""
    made = watch(**rules)
    for one in stream:
        made.see(one)
    return made
