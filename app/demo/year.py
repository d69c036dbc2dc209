"""The closed tickets of the demo: every story's share, spread over the time before the demo's moment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.demo.shifts import Roster
from app.demo.story import Cause, DemoFile, DemoRequester, Opening, Story, Voices
from app.demo.telling import Plot, Teller
from app.demo.words import Deck, slots_for
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.ticket import Ticket

FIRST_NUMBER = 10001
_ZONES = {"Hamburg": ZoneInfo("Europe/Berlin"), "Toronto": ZoneInfo("America/Toronto")}
_OFFICE_HOURS = {7: 3, 8: 8, 9: 10, 10: 9, 11: 7, 12: 3, 13: 6, 14: 7, 15: 5, 16: 4, 17: 1}
_SHIFT_HOURS = {
    5: 2,
    6: 8,
    7: 6,
    8: 5,
    9: 5,
    10: 4,
    11: 4,
    12: 3,
    13: 4,
    14: 7,
    15: 4,
    16: 3,
    17: 2,
    20: 1,
    21: 1,
}
_WEEKDAYS = (13, 10, 10, 9, 8, 0.15, 0.1)
_SHOP_FLOOR = frozenset({"production", "warehouse"})
_LONGEST = timedelta(days=14)
"""Tickets opened within this time of the demo's moment could still be open then: none are told."""
_TRIES = 30


def closed_year(
    demo: DemoFile,
    policy: Policy,
    stories: tuple[Story, ...],
    people: tuple[DemoRequester, ...],
    voices: Voices,
) -> tuple[Ticket, ...]:
    """All closed tickets, oldest first, numbered in that order. The same input gives the same tickets."""
    teller = Teller(policy, Roster(policy), voices)
    untold = [one for story in stories for one in _plots(demo, story, people, policy)]
    untold.sort(key=lambda one: (one[0].at, one[0].story.family))
    tickets = []
    decks = {story.family: Deck(random.Random(f"{demo.seed}/{story.family}/deck")) for story in stories}
    for number, (plot, seed) in enumerate(untold, FIRST_NUMBER):
        named = Plot(**{**plot.__dict__, "id": f"INC-{number}"})
        tickets.append(_closed_in_time(teller, named, seed, decks[plot.story.family], demo.moment))
    return tuple(tickets)


def _closed_in_time(teller: Teller, plot: Plot, seed: str, deck: Deck, moment: datetime) -> Ticket:
    for attempt in range(_TRIES):
        ticket = teller.tell(plot, random.Random(f"{seed}/{attempt}"), deck)
        if ticket.closed_at is not None and ticket.closed_at < moment:
            return ticket
    raise BadInput(f"{plot.id} does not close before {moment.isoformat()}", mend="shorten the cause's minutes")


def _plots(
    demo: DemoFile, story: Story, people: tuple[DemoRequester, ...], policy: Policy
) -> Iterator[tuple[Plot, str]]:
    used: dict[int, int] = {}
    for number in range(story.tickets):
        seed = f"{demo.seed}/{story.family}/{number}"
        rng = random.Random(seed)
        cause = _cause(rng, story)
        requester, opening = _beginning(rng, story, cause, people, used)
        at = _moment(rng, demo, story, requester, policy)
        slots = slots_for(rng, story, requester, list(people), at, opening.lang)
        priority = rng.choices(list(story.priorities), list(story.priorities.values()))[0]
        yield Plot("", story, cause, opening, requester, slots, priority, at), seed


def _cause(rng: random.Random, story: Story) -> Cause:
    return rng.choices(story.causes, [cause.weight for cause in story.causes])[0]


def _beginning(
    rng: random.Random, story: Story, cause: Cause, people: tuple[DemoRequester, ...], used: dict[int, int]
) -> tuple[DemoRequester, Opening]:
    """The least used opening that fits the cause, and somebody who would write it."""
    fitting = [(place, one) for place, one in enumerate(story.openings) if cause.id in one.causes]
    place, opening = min(fitting, key=lambda pair: (used.get(pair[0], 0), rng.random()))
    writers = [one for one in people if set(one.areas) & set(story.who) and opening.lang in one.speaks]
    writers = [one for one in writers if opening.site in (None, one.site)]
    if not writers:
        raise BadInput(f"nobody would write {opening.subject!r} of {story.family}", mend="add a requester for it")
    used[place] = used.get(place, 0) + 1
    return rng.choice(writers), opening


def _moment(rng: random.Random, demo: DemoFile, story: Story, requester: DemoRequester, policy: Policy) -> datetime:
    """A moment at which somebody at that site opens such a ticket."""
    zone = _ZONES[requester.site]
    hours = _SHIFT_HOURS if _SHOP_FLOOR & set(requester.areas) and _SHOP_FLOOR & set(story.who) else _OFFICE_HOURS
    calendar = policy.calendar_by_id[f"{requester.site.lower()}-day"]
    holidays = {*calendar.holidays, *(one.date for one in calendar.special_days if not one.hours)}
    span = (demo.moment.date() - _LONGEST - demo.first_day).days
    for _ in range(1000):
        day = demo.first_day + timedelta(days=rng.randrange(span))
        if day in holidays or rng.random() > _WEEKDAYS[day.weekday()] / max(_WEEKDAYS):
            continue
        hour = rng.choices(list(hours), list(hours.values()))[0]
        return datetime(day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=zone)
    raise BadInput("no day is left for tickets", mend="correct first_day in demo.yaml")
