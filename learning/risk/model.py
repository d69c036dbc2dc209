"""The risk model: fitted on sampled moments, asked about one ticket or many, stored as plain tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from domain.climb import climbs
from domain.learned import LearnedRisk, Target
from domain.policy.policy import Policy
from domain.ticket import Ticket
from learning.desk import Desk
from learning.features import Observation, observe
from learning.risk.fates import chances
from learning.risk.fitting import enough, fit_stage
from learning.risk.reasons import contributions
from learning.risk.sampling import STAGES, Sampler, stage_of
from learning.risk.stage import Stage
from learning.risk.storing import read_tables, write_tables

Floats = NDArray[np.float64]

CERTAIN = 0.999
"""What is said of something that has happened already."""
KNOWN_ENOUGH = 0.5
"""With less than half of a ticket's values seen before, the opinion would be about other tickets."""


@dataclass(frozen=True)
class RiskModel:
    """Tables for each stage of a ticket's life. Without enough labels there are none, and `why_not` says why."""

    target: Target
    id: str
    stages: dict[int, Stage]
    share: float
    """Share of the labelled tickets in which it happened; a half without any."""
    labelled: int
    why_not: str = ""
    line: float | None = None

    @classmethod
    def fit(
        cls, sampler: Sampler, target: Target, *, seed: int = 0, aged: bool = True, model_id: str = "",
        only: Collection[int] = tuple(range(len(STAGES))), progress: Callable[[int], None] | None = None,
    ) -> RiskModel:  # fmt: skip
        """Learns from the moments sampled so far, with what came of the tickets by then. `only`: these stages.

        `aged`: older tickets count less; without, all count alike (a split by ticket, not by time). Never raises for
        thin data: the model then abstains and says why.
        """
        # Where all that is certain says the same, the estimates for the rest are 0 or 1 too: they are no labels.
        verdicts = [fate.verdict(target) for fate in sampler.fates]
        certain = np.array([float(verdict) for verdict in verdicts if verdict is not None])
        share = float(certain.mean()) if len(certain) else 0.5
        why = enough(certain)
        chance = chances(sampler.fates, target, sampler.now)
        stages: dict[int, Stage] = {}
        for number in sorted(only) if not why else ():
            found = fit_stage(
                sampler.rows(number), sampler.words, sampler.fates, chance, target, seed,
                now=sampler.now, aged=aged, progress=progress,
            )  # fmt: skip
            if found is not None:
                stages[number] = found
        if not why and not stages:
            why = "no stage of a ticket's life has enough labelled tickets"
        return cls(target, model_id or f"{target}:{seed}", stages, share, len(certain), why)

    def with_line(self, line: float | None) -> RiskModel:
        """The same model with the probability from which alerts fit the capacity."""
        return replace(self, line=line)

    def opinion(self, ticket: Ticket, at: datetime, desk: Desk, policy: Policy | None = None) -> LearnedRisk:
        """What the model thinks of a (cut) ticket at `at`, on a desk that was told everything up to then."""
        return self.opinion_on(ticket, observe(ticket, at, desk, policy))

    def opinion_on(self, ticket: Ticket, seen: Observation) -> LearnedRisk:
        """The same for a ticket that was observed already."""
        stage = self._stage(seen)
        if happened := self._happened(ticket):
            return self._plain(CERTAIN, happened)
        if stage is None:
            return self._plain(self.share, self.why_not)
        parts = contributions(ticket, seen, stage, self.target)
        log_odds = stage.base + sum(part.log_odds for part in parts)
        why = self.why_abstained(seen)
        return LearnedRisk(
            target=self.target, model=self.id, probability=sigmoid(log_odds), base=stage.base, contributions=parts,
            line=self.line, abstained=bool(why), why_abstained=why, hours=stage.hours,
        )  # fmt: skip

    def why_abstained(self, seen: Observation) -> str:
        """Why the model has no opinion on such a ticket, or nothing."""
        stage = self._stage(seen)
        if stage is None:
            return self.why_not
        known = stage.known_share(seen)
        return "" if known >= KNOWN_ENOUGH else f"only {known:.0%} of what is known of it was seen before"

    def probabilities(self, seen: Sequence[Observation]) -> Floats:
        """The probabilities of many observations at once; what has happened already is not looked at."""
        found = np.full(len(seen), _never_sure(self.share))
        groups: dict[int, list[int]] = {}
        for row, one in enumerate(seen):
            groups.setdefault(self._stage_number(one), []).append(row)
        for number, rows in groups.items():
            if number >= 0:
                found[rows] = 1.0 / (1.0 + np.exp(-self.stages[number].many([seen[row] for row in rows])))
        return found

    def dump(self) -> bytes:
        """The model as bytes; the same model gives the same bytes."""
        head = {
            "target": self.target, "id": self.id, "share": self.share, "labelled": self.labelled,
            "why_not": self.why_not, "line": self.line,
        }  # fmt: skip
        return write_tables(head, self.stages)

    @classmethod
    def load(cls, data: bytes) -> RiskModel:
        """Reads what `dump` wrote. Raises `BadModel`."""
        head, stages = read_tables(data)
        return cls(head.target, head.id, stages, head.share, head.labelled, head.why_not, head.line)

    def _stage(self, seen: Observation) -> Stage | None:
        return self.stages.get(self._stage_number(seen))

    def _stage_number(self, seen: Observation) -> int:
        """The stage asked about, or the nearest one that was learned, rather an earlier one; −1 without any."""
        wanted = stage_of(seen)
        return min(self.stages, key=lambda one: (abs(one - wanted), one), default=-1)

    def _happened(self, ticket: Ticket) -> str:
        if self.target != "escalation" or not (found := climbs(ticket)):
            return ""
        return f"it went up a tier already, at {found[0].isoformat(timespec='minutes')}"

    def _plain(self, probability: float, why: str) -> LearnedRisk:
        held = _never_sure(probability)
        return LearnedRisk(
            target=self.target, model=self.id, probability=held, base=log(held / (1 - held)), contributions=(),
            line=self.line, abstained=True, why_abstained=why,
        )  # fmt: skip


def _never_sure(probability: float) -> float:
    """Within 1 − `CERTAIN` and `CERTAIN`: all labels alike are no proof, and 0 and 1 have no log-odds."""
    return min(max(probability, 1 - CERTAIN), CERTAIN)


def sigmoid(log_odds: float) -> float:
    """Log-odds as a probability, without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + exp(-log_odds))
    return exp(log_odds) / (1.0 + exp(log_odds))
