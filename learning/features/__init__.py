"""What a ticket and its desk look like at a moment, as named numbers and keys. Everything seen is cut at the moment."""

from __future__ import annotations

from learning.features.observing import KEYS, NUMBERS, SINGLE, Observation, observe

__all__ = ["KEYS", "NUMBERS", "SINGLE", "Observation", "observe"]
