"""Tells one closed ticket: from the first message over desk, wrong turns and escalation to resolution and closing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.demo.record import EventLog
from app.demo.shifts import Roster
from app.demo.story import Cause, DemoRequester, Opening, Story, Voices
from app.demo.words import Deck, Slots, first_message, subject_line
from domain.climb import climbs
from domain.policy.policy import Policy
from domain.sla.clocks import sla_clocks
from domain.ticket import Outcome, Requester, Ticket

_PACE = {"critical": 0.25, "high": 0.55, "medium": 1.0, "low": 1.6}
"""How long things lie, by priority."""
_DESK = {"Hamburg": "service-desk-hamburg", "Toronto": "service-desk-toronto"}
_UP_FROM_DESK = 0.06
"""Share of a specialist team's tickets that begin at the desk and go up."""
_RARELY_RIGHT_AWAY = 0.3
"""Share of the engineers' tickets that nobody below them had."""


@dataclass(frozen=True)
class Plot:
    """What one ticket is about, before it is told."""

    id: str
    story: Story
    cause: Cause
    opening: Opening
    requester: DemoRequester
    slots: Slots
    priority: str
    at: datetime


class Teller:
    """Tells plots. The same plot and the same random numbers give the same ticket."""

    def __init__(self, policy: Policy, roster: Roster, voices: Voices) -> None:
        self._policy = policy
        self._roster = roster
        self._voices = voices

    def tell(self, plot: Plot, rng: random.Random, deck: Deck) -> Ticket:
        """The closed ticket."""
        body = first_message(rng, deck, self._voices, plot.story, plot.opening, plot.cause, plot.requester, plot.slots)
        run = _Run(plot, rng, deck, self._policy, self._roster, self._voices)
        run.log.created(plot.at, body)
        run.begin()
        resolution = run.solve()
        run.close()
        return self._ticket(plot, body, run, resolution)

    def _ticket(self, plot: Plot, body: str, run: _Run, resolution: str) -> Ticket:
        person = plot.requester
        ticket = Ticket(
            id=plot.id, source="helpdesk", subject=run.subject, description=body,
            requester=Requester(
                id=person.id, name=person.name, email=f"{person.id}@{self._policy.head.mail_domain}",
                role=person.role, vip=person.vip, site=person.site,
            ),
            channel=run.channel, type=plot.story.type, category=plot.story.category, service=plot.story.service,
            asset=plot.requester.device if plot.requester.device in body else None, priority=plot.priority,
            created_at=plot.at, resolved_at=run.resolved_at, closed_at=run.log.last, resolution=resolution,
            closure_code="solved", events=tuple(run.log.events),
        )  # fmt: skip
        ups = climbs(ticket)
        clock = sla_clocks(ticket, self._policy, run.log.last)[-1]
        outcome = Outcome(sla_met=not clock.breached, escalated=bool(ups), escalated_at=ups[0] if ups else None)
        return ticket.model_copy(update={"outcome": outcome})


class _Run:
    """One telling under way."""

    def __init__(
        self, plot: Plot, rng: random.Random, deck: Deck, policy: Policy, roster: Roster, voices: Voices
    ) -> None:
        self._plot, self._rng, self._deck = plot, rng, deck
        self._policy, self._roster, self._voices = policy, roster, voices
        self._pace = _PACE[plot.priority]
        self._priority = plot.priority
        self._holder = ""
        self._greeted = False
        self._desk = _DESK[plot.requester.site]
        self._team = self._desk if plot.cause.by == "desk" else plot.cause.by
        self._tried = deck.deal(plot.story.desk_tried)
        self.log = EventLog(plot.id, plot.requester.id, policy)
        self.subject = subject_line(rng, plot.opening, plot.slots)
        self.channel = rng.choices(("portal", "mail", "phone", "chat"), (5, 4, 2, 1))[0]
        self.resolved_at = plot.at

    def begin(self) -> None:
        """Desk or specialists first, as far as the team that solves it."""
        solved_at = self._policy.team(self._team)
        home = self._policy.team(self._plot.story.home)
        above_home = bool(solved_at and home and solved_at.tier > home.tier)
        if self._team == self._desk or self._starts_low(above_home):
            self._take(self._desk, None)
            self._first_aid()
        if above_home and self._rng.random() > _RARELY_RIGHT_AWAY:
            self._pass_to(self._plot.story.home)
            self._look_into_it(share=0.4, notes=1)
        if self._plot.cause.wrong_turn and self._rng.random() < (0.75 if above_home else 0.2):
            self._take_the_wrong_turn()
        if not self.log.tier or self._team != self._desk:
            self._pass_to(self._team)

    def solve(self) -> str:
        """Work, resolution, thanks, and perhaps once more. Returns the resolution that held."""
        cause, fill = self._plot.cause, self._plot.slots.fill
        self._maybe_ask()
        self._look_into_it(share=1.0, notes=self._rng.choice((1, 2)))
        pick = self._plot.opening.pick
        resolution = cause.resolution[pick] if pick is not None else self._deck.deal(cause.resolution)
        self._resolve(fill(self._deck.deal(cause.reply)))
        quality = self._plot.story.better.get(self._holder, 1.0)
        if cause.reopen and self._rng.random() < 0.25 * quality:
            self._once_more(fill(cause.reopen.say), fill(cause.reopen.then))
            resolution = cause.reopen.resolution
        elif self._rng.random() < 0.35:
            self.log.asks(self._requester_moment(30, 900), self._rng.choice(self._voices.thanks))
        return fill(resolution)

    def close(self) -> None:
        """The helpdesk closes by itself after some days."""
        self.log.closed(self.log.last + timedelta(days=self._rng.choice((2, 3, 3)), minutes=self._rng.randint(0, 59)))

    def _starts_low(self, above_home: bool) -> bool:
        return self._rng.random() < (0.35 if above_home else _UP_FROM_DESK)

    def _take(self, team: str, by: str | None) -> None:
        """The next technician of a team picks the ticket up."""
        story = self._plot.story
        who = self._roster.choose(self._rng, team, story.category, self.log.last, story.better)
        at = self._roster.after(who, self.log.last, self._rng.uniform(4, 50) * self._pace)
        if by is not None:
            at = self._roster.after(by, self.log.last, self._rng.uniform(2, 10))
        self.log.assigned(at, by, team, who)
        self._holder = who

    def _pass_to(self, team: str) -> None:
        """From whoever has it (or the desk's rule) to a team."""
        known = self._policy.team(team)
        before = self._holder
        if before and known:
            climbs_now = self.log.tier is not None and known.tier > self.log.tier
            texts = self._voices.pass_up if climbs_now else self._voices.dispatch
            note = self._slots(team=known.name, tried=self._tried).fill(self._rng.choice(texts))
            self._note(before, note)
            if climbs_now:
                self._maybe_upset(before)
                self._maybe_raise(before)
        self._take(team, before or None)
        if not self._greeted:
            self._reply(self._slots().fill(self._rng.choice(self._voices.first_replies)))

    def _first_aid(self) -> None:
        self._reply(self._slots().fill(self._rng.choice(self._voices.first_replies)))
        self.log.status(self.log.last, self._holder, "new", "in progress")
        self._note(self._holder, self._plot.slots.fill(self._tried))

    def _take_the_wrong_turn(self) -> None:
        turn = self._plot.cause.wrong_turn
        if turn is None or not self._holder or turn.team == self.log.events[-1].team:
            return
        before_team, before = self._plot.story.home if self.log.tier != "L1" else self._desk, self._holder
        wrong = self._policy.team(turn.team)
        note = self._slots(team=wrong.name if wrong else turn.team).fill(self._rng.choice(self._voices.passed_wrong))
        self._note(before, note)
        who = self._roster.choose(self._rng, turn.team, _any_skill(self._policy, turn.team), self.log.last, {})
        self.log.assigned(self._roster.after(before, self.log.last, 3), before, turn.team, who)
        self._note(who, self._plot.slots.fill(turn.note), wait=self._rng.uniform(40, 240))
        if self._rng.random() < 0.6:
            self.log.asks(
                self._requester_moment(20, 400),
                self._plot.slots.fill(self._deck.deal(self._plot.story.chasers)),
            )
        self.log.assigned(self._roster.after(who, self.log.last, 3), who, before_team, before)
        self._holder = before
        self._note(before, self._plot.slots.fill(turn.back), wait=self._rng.uniform(15, 120))

    def _maybe_upset(self, holder: str) -> None:
        if self._rng.random() < 0.45:
            texts = self._voices.upset if self._rng.random() < 0.4 else self._plot.story.chasers
            self.log.asks(self._requester_moment(10, 240), self._plot.slots.fill(self._rng.choice(texts)))
            if self._rng.random() < 0.5:
                self._reply(self._slots().fill(self._rng.choice(self._voices.first_replies)), by=holder)

    def _maybe_raise(self, holder: str) -> None:
        if self._priority == "medium" and self._rng.random() < 0.3:
            self.log.priority(self._roster.after(holder, self.log.last, 1), holder, "medium", "high")
            self._priority = "high"

    def _maybe_ask(self) -> None:
        if self._plot.opening.lang != "en" or self._rng.random() > 0.35:
            return
        exchange = self._rng.choice(self._plot.story.questions)
        self._reply(self._plot.slots.fill(exchange.ask))
        self.log.status(self.log.last, self._holder, "in progress", "waiting for requester")
        self.log.asks(self._requester_moment(15, 1200), self._plot.slots.fill(exchange.answer))
        self.log.status(self.log.last, None, "waiting for requester", "in progress")

    def _look_into_it(self, *, share: float, notes: int) -> None:
        low, high = self._plot.cause.minutes
        minutes = self._rng.uniform(low, high) * share * self._pace
        minutes *= self._plot.story.better.get(self._holder, 1.0)
        # Most of a ticket's life is waiting for its turn.
        minutes += self._rng.expovariate(1 / 160) * self._pace * share
        for _ in range(notes):
            self._note(
                self._holder,
                self._plot.slots.fill(self._deck.deal(self._plot.cause.notes)),
                wait=minutes / notes,
            )
        if self._rng.random() < 0.15:
            self.log.asks(
                self._requester_moment(5, 120),
                self._plot.slots.fill(self._deck.deal(self._plot.story.chasers)),
            )

    def _resolve(self, reply: str) -> None:
        self._reply(reply)
        self.log.resolved(self._roster.after(self._holder, self.log.last, 1), self._holder)
        self.resolved_at = self.log.last

    def _once_more(self, say: str, then: str) -> None:
        self.log.asks(self._requester_moment(600, 3600), say)
        self.log.reopened(self.log.last + timedelta(seconds=20))
        self._reply(self._slots().fill(self._rng.choice(self._voices.after_reopen)))
        self._note(self._holder, then, wait=self._rng.uniform(30, 200) * self._pace)
        self._resolve(
            self._slots().fill(
                "Second attempt, {first}: it was something else after all, see the solution text. Please test."
            )
        )

    def _reply(self, text: str, by: str | None = None) -> None:
        who = by or self._holder
        self.log.writes(
            self._roster.after(who, self.log.last, self._rng.uniform(2, 25) * self._pace), who, text, "public"
        )
        self._greeted = True

    def _note(self, who: str, text: str, wait: float = 6.0) -> None:
        self.log.writes(
            self._roster.after(who, self.log.last, wait * self._rng.uniform(0.7, 1.3)), who, text, "internal"
        )

    def _requester_moment(self, low: int, high: int) -> datetime:
        """Some time later at which somebody at the requester's desk's site would write."""
        desk = self._policy.team(self._desk)
        calendar = self._policy.calendar_by_id[desk.calendar] if desk else None
        wait = self._rng.uniform(low, high) * self._pace
        return self._roster.within(calendar, self.log.last, wait) if calendar else self.log.last

    def _slots(self, **more: str) -> Slots:
        person = self._policy.technician_by_id.get(self._holder)
        return self._plot.slots.with_(tech_first=person.name.split()[0] if person else "", **more)


def _any_skill(policy: Policy, team: str) -> str:
    """A category that somebody in the team can work on: a ticket sent there by mistake has none of theirs."""
    return next(
        skill for one in policy.members(team) for skill in (one.skills or (policy.team_by_name[team].categories[0],))
    )
