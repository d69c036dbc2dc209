"""Risk learned from closed tickets: a calibrated probability whose reasons sum to it."""

from __future__ import annotations

from learning.risk.model import RiskModel
from learning.risk.sampling import Sampler

__all__ = ["RiskModel", "Sampler"]
