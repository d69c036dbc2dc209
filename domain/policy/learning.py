"""learning.yaml: whether what was learned from closed tickets may speak, on what, and how loudly."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.learned import Target
from domain.policy.base import PolicyModel


class LearningFile(PolicyModel):
    """learning.yaml. The file may be missing; then every key has its default."""

    mode: Literal["off", "shadow", "on"] = "shadow"
    """`off`: nothing learned is asked. `shadow`: the model's opinion stands beside the points table's and changes
    nothing. `on`: the model speaks where it does not abstain; everywhere else the points table answers."""
    targets: Annotated[tuple[Target, ...], Field(min_length=1, max_length=2)] = ("escalation", "sla_breach")
    """What may be foretold. With both, the one that is nearer to its line speaks."""
    routing: bool = True
    """Whether the learned team may speak in routing, under the same `mode`."""
    alerts_per_technician_day: Annotated[float, Field(ge=0.01, le=50)] = 1.0
    """How many alerts one technician can look into on a working day, over all targets. The line follows from it."""
    least_probability: Annotated[float, Field(ge=0.01, le=0.99)] = 0.5
    """The line is never below this, however much capacity is left: an alert should be right more often than wrong."""
    fewest_labels: Annotated[int, Field(ge=20, le=1_000_000)] = 200
    """A target is learned from so many tickets with a known end at least, a tenth of them of the rarer kind."""
    learn_from_days: Annotated[int, Field(ge=30, le=3660)] = 730
    """Tickets that began earlier than so many days before the end of the history are not learned from."""
    hold_out_days: Annotated[int, Field(ge=1, le=365)] = 28
    """The latest window, kept back from training to measure the model on; a fifth of the history when that is less."""
    leave_out: tuple[str, ...] = ()
    """Features that may not be used."""
    require: tuple[str, ...] = ()
    """Features without which there is to be no model: where the history never has one, the points table answers."""
