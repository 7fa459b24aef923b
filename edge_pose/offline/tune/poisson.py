"""How sure a count is: the exact bounds of a Poisson mean (Garwood 1936)."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def bounds(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The means for which so many, or so few, would be a surprise."""
    tail = (1.0 - confidence) / 2.0
    high = _solve(lambda mean: _at_most(count, mean) - tail)
    if count == 0:
        return 0.0, high
    return _solve(lambda mean: _at_most(count - 1, mean) - (1.0 - tail)), high


def _at_most(count: int, mean: float) -> float:
    """Probability of so many or fewer."""
    if mean <= 0.0:
        return 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1))
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def _solve(falling) -> float:  # type: ignore[no-untyped-def]
    """Where a falling function of the mean crosses zero."""
    low, high = 0.0, 1.0
    while falling(high) > 0.0:
        high *= 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if falling(middle) > 0.0 else (low, middle)
    return (low + high) / 2.0
