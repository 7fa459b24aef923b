"""Numbers of a card that are found on validation pictures: expected errors and thresholds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
_SHRUNK = (0.5, 2.01, 0.05)
_FEWEST = 2


def spread_of(spread: Floats, error: Floats) -> dict[str, float]:
    """Scale and offset so that exp(scale · spread + offset) is the expected error.

    The least Laplace likelihood err / e^s + s over a small grid. ``spread``, ``error``: (N,).
    """
    best = (math.inf, 1.0, 0.0)
    for scale in np.arange(*_SHRUNK):
        shape = scale * spread
        offset = math.log(float(np.mean(error * np.exp(-shape))))
        loss = float(np.mean(error * np.exp(-shape - offset) + shape + offset))
        best = min(best, (loss, float(scale), offset))
    return {"scale": round(best[1], 3), "offset": round(best[2], 3)}


def threshold_of(logits: Floats, truth: Floats, kept: float = 0.0, spared: float = 0.0) -> float:
    """The logit that tells best: the greatest mean of both kinds' hits, in the middle of its reach.

    ``truth``: (N,) 0 or 1, NaN unknown; 0.0 where one kind is missing. ``kept``: this share of the
    ones must stay above, whatever becomes of the zeros; ``spared``: of the zeros below.
    """
    known = np.isfinite(truth)
    values, yes = logits[known], truth[known] > 0.5
    if min(yes.sum(), (~yes).sum()) < _FEWEST:
        return 0.0
    tried = np.linspace(-6.0, 6.0, 121)
    hits = np.array([(values[yes] > t).mean() + (values[~yes] <= t).mean() for t in tried])
    best = tried[hits >= hits.max() - 1e-3]
    limit = np.quantile(values[yes], 1.0 - kept) if kept else np.inf
    least = np.quantile(values[~yes], spared) if spared else -np.inf
    return round(float(max(min(best.mean(), limit), least)), 2)


def area_under(positive: Floats, negative: Floats) -> float:
    """The chance that a value of the first kind is the greater (AUC); NaN for an empty kind."""
    if not len(positive) or not len(negative):
        return math.nan
    both = np.concatenate([positive, negative])
    _, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n = len(positive)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negative)))
