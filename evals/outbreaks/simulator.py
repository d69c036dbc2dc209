"""A desk that never was: arrivals with a weekly rhythm, strong Mondays, holidays, busy days, a trend, and no outbreak.

Signatures have Zipf rates; every category strays from its rate from day to day (a Gamma factor), as does the desk.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.base import Record
from domain.bursts.signature import CATEGORY, SERVICE, SITE, SUBCATEGORY, Sighting, signatures_of

START = datetime(2025, 1, 6, tzinfo=UTC)
"""A Monday."""
HOLIDAYS = (
    date(2025, 4, 18),
    date(2025, 4, 21),
    date(2025, 5, 1),
    date(2025, 5, 29),
    date(2025, 12, 25),
    date(2025, 12, 26),
)
_HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 34, 44, 40, 34, 22, 28, 34, 32, 28, 18, 8, 4, 3, 2, 2, 1)
_DAYS = (1.0, 0.95, 0.95, 0.9, 0.8, 0.12, 0.1)


class Desk(Record):
    """What the simulated desk is like."""

    weeks: int = 52
    tickets_per_week: float = 300.0
    monday_morning: float = 2.2
    """How many times as much comes in on Mondays from 7 to 11 as on other working days."""
    trend: float = 1.3
    """The rate at the end over that at the beginning."""
    categories: int = 12
    services: int = 30
    sites: int = 8
    requesters: int = 3000
    desk_size: float = 20.0
    """Shape of the Gamma factor by which a day of the whole desk strays."""
    signature_size: float = 4.0
    """The same for one category on one day."""


def simulate(desk: Desk, seed: int) -> list[Sighting]:
    """The desk's tickets in order of time. The same seed always gives the same tickets."""
    rng = np.random.default_rng(seed)
    kinds = _zipf(desk.categories)
    services = rng.integers(0, desk.services, size=(desk.categories, 3))
    places = _zipf(desk.sites)
    found: list[Sighting] = []
    for day in range(desk.weeks * 7):
        start = START + timedelta(days=day)
        amount = desk.tickets_per_week * _day_share(start, desk) * (1 + (desk.trend - 1) * day / (desk.weeks * 7))
        amount *= rng.gamma(desk.desk_size, 1 / desk.desk_size)
        shares = kinds * rng.gamma(desk.signature_size, 1 / desk.signature_size, size=desk.categories)
        count = int(rng.poisson(amount * shares.sum()))
        found += _day(desk, start, count, shares / shares.sum(), services, places, rng)
    return found


def _day(
    desk: Desk, start: datetime, count: int, shares: NDArray[np.float64], services: NDArray[np.int64],
    places: NDArray[np.float64], rng: np.random.Generator,
) -> list[Sighting]:  # fmt: skip
    hours = np.asarray(_hours(start, desk))
    at = np.sort((rng.choice(24, size=count, p=hours / hours.sum()) + rng.random(count)) * 60.0)
    category = rng.choice(desk.categories, size=count, p=shares)
    sub, place = rng.integers(0, 4, size=count), rng.choice(desk.sites, size=count, p=places)
    service, who = rng.integers(0, 3, size=count), rng.integers(0, desk.requesters, size=count)
    made = []
    for n in range(count):
        parts = {
            CATEGORY: f"c{category[n]}", SUBCATEGORY: f"s{sub[n]}", SITE: f"p{place[n]}",
            SERVICE: f"v{services[category[n], service[n]]}",
        }  # fmt: skip
        moment = start + timedelta(minutes=float(at[n]))
        made.append(Sighting(f"{start:%y%m%d}-{n}", moment, f"u{who[n]}", signatures_of(parts)))
    return made


def _day_share(start: datetime, desk: Desk) -> float:
    day = 6 if start.date() in HOLIDAYS else start.weekday()
    extra = sum(_hours(start, desk)) / sum(_HOURS)
    return _DAYS[day] * extra / sum(_DAYS)


def _hours(start: datetime, desk: Desk) -> list[float]:
    monday = start.weekday() == 0 and start.date() not in HOLIDAYS
    return [share * (desk.monday_morning if monday and 7 <= hour < 11 else 1.0) for hour, share in enumerate(_HOURS)]


def _zipf(count: int) -> NDArray[np.float64]:
    weights = 1.0 / np.arange(1, count + 1)
    return np.asarray(weights / weights.sum(), dtype=np.float64)
