"""The team model: what memory and text say of a ticket, pooled into a calibrated opinion that knows when to abstain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import numpy as np

from domain.learned import TeamGuess, TeamOpinion
from domain.ticket import Ticket
from learning.routing.explaining import reason
from learning.routing.fitting import Fitted, fit_stages
from learning.routing.linear import LinearModel, Read, both_scales, read, words_of
from learning.routing.memory import FLOOR, KINDS, Floats, HasRoutes, RouteMemory
from learning.routing.pool import pooled
from learning.routing.rows import Rows
from learning.routing.seen import STAGES, Seen, Stage, seen
from learning.stored import Value, array, pack, text, unpack
from learning.stream import happenings

VERSION = 1
KIND = "routing"
PRECISION = 0.9
"""Share of right answers among those not abstained from, unless told otherwise."""
FEWEST = 50
"""Tickets with a known team below which every opinion abstains: nothing was measured that a line could rest on."""
SHOWN = 10
DESK_KNOWS = 0.5
"""A desk stands in for the memory of the model from this share of its weight on."""


@dataclass(frozen=True)
class Chances:
    """The probability of each team, and where the model would not be followed."""

    teams: tuple[str, ...]
    probabilities: Floats
    """(teams,), summing to 1."""
    features: Floats
    """(teams, columns): what was pooled."""
    facts: Seen


class TeamModel:
    """Which team a ticket ends up with. `name` is what opinions call it."""

    def __init__(
        self, memory: RouteMemory, stages: Mapping[Stage, Fitted], tickets: int, precision: float, name: str = KIND
    ) -> None:
        self.memory = memory
        self.stages = dict(stages)
        self.tickets = tickets
        """With a known team, that it was learned from."""
        self.precision = precision
        self.name = name

    @classmethod
    def fit(
        cls,
        tickets: Iterable[Ticket],
        *,
        seed: int,
        until: datetime | None = None,
        precision: float = PRECISION,
        progress: Callable[[int], None] | None = None,
    ) -> TeamModel:
        """Learns from tickets in order of their first event (`learning.stream.in_order`).

        Nothing after `until` is read; none reads everything. `progress` is called with 1 for each event. Too few
        tickets, one team or no assignment at all still give a model: it abstains and says why. Raises `BadInput`
        when the tickets are out of order.
        """
        rows = Rows(RouteMemory())
        for happening in happenings(tickets):
            if until is not None and happening.at > until:
                break
            rows.tell(happening)
            if progress is not None:
                progress(1)
        settled = rows.settled()
        stages = fit_stages(settled, rows.memory.teams, precision, seed)
        return cls(rows.memory, stages, len({row.ticket_id for row in settled}), precision)

    @property
    def why_not(self) -> str:
        """Why every opinion of this model abstains; "" when it can speak."""
        teams = self.memory.ended_with
        if not teams:
            return "no ticket with a team and an end was there to learn from"
        if len(teams) == 1:
            return f"all tickets ended with one team, {teams[0]}"
        if self.tickets < FEWEST:
            return f"only {self.tickets} tickets with a known team; {FEWEST} are the fewest that are followed"
        return ""

    def chances(self, ticket: Ticket, at: datetime, desk: HasRoutes | None = None) -> Chances:
        """The probability of every known team for a cut ticket. `desk`: what is known of other tickets at `at`;
        without it, or where it knows much less, what was known when the model was fitted."""
        memory = self._memory(at, desk)
        facts = seen(ticket)
        features = memory.look(facts, at)
        teams = list(memory.teams)
        stage = self.stages[facts.stage]
        if stage.linear is not None:
            teams += [team for team in stage.linear.teams if memory.place(team) is None]
            padding = np.full((len(teams) - len(features), features.shape[1]), np.log(FLOOR))
            padding[:, -2] = 0.0
            scores = stage.linear.scores([read(facts, words_of(ticket))], teams)[0]
            features = np.hstack([np.vstack([features, padding]), both_scales(scores)])
        found = pooled(features, stage.weights) if teams else np.zeros(0)
        return Chances(tuple(teams), found, features, facts)

    def opinion(self, ticket: Ticket, at: datetime, desk: HasRoutes | None = None) -> TeamOpinion:
        """The likeliest teams of a ticket cut at `at`, first the likeliest, with why."""
        chances = self.chances(ticket, at, desk)
        stage = self.stages[chances.facts.stage]
        memory = self._memory(at, desk)
        possible = {*memory.ended_with, *(stage.linear.teams if stage.linear else ())}
        ranked = np.lexsort((np.asarray(chances.teams), -chances.probabilities))
        order = [int(one) for one in ranked if chances.teams[one] in possible][:SHOWN]
        guesses = tuple(
            TeamGuess(
                team=chances.teams[place],
                probability=min(1.0, float(chances.probabilities[place])),
                why=reason(chances.facts, chances.features, place, chances.teams[place], stage.weights, memory, at),
            )
            for place in order
        )
        why = self.why_abstained(chances.facts.stage, guesses[0].probability if guesses else 0.0)
        return TeamOpinion(model=self.name, teams=guesses, abstained=bool(why), why_abstained=why)

    def why_abstained(self, stage: Stage, probability: float) -> str:
        """Why the best guess at a stage is not to be followed; "" when it is."""
        if self.why_not:
            return self.why_not
        line = self.stages[stage].line
        if line is None:
            return f"no line was found from which on {self.precision:.0%} of the answers were right"
        if probability < line:
            return f"{probability:.0%} is below {line:.0%}, from which on {self.precision:.0%} were right"
        return ""

    def _memory(self, at: datetime, desk: HasRoutes | None) -> RouteMemory:
        # A desk that was built a moment ago from little knows less than the model it serves.
        if desk is not None and desk.routes.settled(at) >= DESK_KNOWS * self.memory.settled(at):
            return desk.routes
        return self.memory

    def with_linear(self, reads: Sequence[Read], teams: Sequence[str], stage: Stage, seed: int) -> TeamModel:
        """This model with the linear model of a stage learned anew from tickets and the team each ended with; the
        pool stays as it was fitted."""
        old = self.stages[stage]
        linear = LinearModel.fit(reads, teams, seed) if old.linear is not None else None
        stages = {**self.stages, stage: replace(old, linear=linear or old.linear)}
        return TeamModel(self.memory, stages, self.tickets, self.precision, self.name)

    def dump(self) -> bytes:
        """The model as bytes; the same model gives the same bytes."""
        about = {
            "tickets": self.tickets, "precision": self.precision,
            "lines": {stage: self.stages[stage].line for stage in STAGES},
            "rows": {stage: self.stages[stage].rows for stage in STAGES},
        }  # fmt: skip
        values: dict[str, Value] = {"about": json.dumps(about, sort_keys=True), **self.memory.dump()}
        values |= {f"weights_{stage}": self.stages[stage].weights for stage in STAGES}
        for stage in STAGES:
            if (linear := self.stages[stage].linear) is not None:
                values |= linear.dump(stage)
        return pack(KIND, VERSION, values)

    @classmethod
    def load(cls, data: bytes) -> TeamModel:
        """What `dump` gave. Raises `BadModel`."""
        values = unpack(data, KIND, VERSION)
        about = json.loads(text(values, "about"))
        stages = {
            stage: Fitted(
                cast(Floats, array(values, f"weights_{stage}")), about["lines"][stage], about["rows"][stage],
                LinearModel.load(values, stage),
            )
            for stage in STAGES
        }  # fmt: skip
        return cls(RouteMemory.load(values), stages, int(about["tickets"]), float(about["precision"]))


def features_of(stage: Stage, *, with_linear: bool) -> tuple[str, ...]:
    """The names of the pooled columns at a stage, for a model card."""
    kinds = ["tickets with the same " + " and ".join(kind) for kind in KINDS[stage]]
    return (
        *kinds,
        "has the ticket now",
        "share of all tickets",
        *(["its words and facts", "their chance"] if with_linear else []),
    )
