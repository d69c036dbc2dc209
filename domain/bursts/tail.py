"""How surprising a count is: upper tails of the Poisson and the negative binomial distribution."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p

_NEGLIGIBLE = 1e-12
_MOST_TERMS = 10_000


def surprise(count: int, mean: float, size: float) -> float:
    """−ln P(N ≥ count), N negative binomial with this mean and size (variance mean + mean²/size); 0 for a count of 0.

    An infinite size is the Poisson distribution. Exact to the float for small counts, and never more than 700.
    """
    if count <= 0:
        return 0.0
    if mean <= 0.0:
        return 700.0
    if count <= mean:
        return _near(count, mean, size)
    term, total = 1.0, 1.0
    for number in range(count, count + _MOST_TERMS):
        term *= _ratio(number, mean, size)
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return min(700.0, max(0.0, -(_log_mass(count, mean, size) + log(total))))


def _near(count: int, mean: float, size: float) -> float:
    below = sum(exp(_log_mass(number, mean, size)) for number in range(count))
    return -log1p(-min(below, 1.0 - 1e-15))


def _ratio(number: int, mean: float, size: float) -> float:
    """Mass at number + 1 over mass at number."""
    if size == inf:
        return mean / (number + 1)
    return (number + size) / (number + 1) * (mean / (mean + size))


def _log_mass(number: int, mean: float, size: float) -> float:
    if size == inf:
        return number * log(mean) - mean - lgamma(number + 1)
    return (
        lgamma(number + size) - lgamma(size) - lgamma(number + 1)
        + size * -log1p(mean / size) + number * log(mean / (mean + size))
    )  # fmt: skip
