"""What one driver's open eye measures: a high percentile of everything seen so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BINS, _TOP = 60, 0.6
_PERCENTILE = 0.8
_PRIOR = ((0.23, 3.0), (0.26, 4.0), (0.29, 3.0))
"""Open-eye ratios of people and their weight in samples: quartiles of 6 000 training photos."""
_LEARNED = 300
"""After this many samples (half a minute at 10 Hz) the baseline rises but never falls again, so
that an eye that droops for hours is judged against the eye it was."""
_NARROWEST, _WIDEST = 0.16, 0.40


class OpenEye:
    """Learns the aspect ratio of one open eye; constant memory."""

    def __init__(self) -> None:
        self._counts: NDArray[np.float64] = np.zeros(_BINS)
        for ratio, weight in _PRIOR:
            self._counts[_bin(ratio)] += weight
        self._samples = 0
        self._ratio = self._percentile()

    @property
    def ratio(self) -> float:
        """The open eye's aspect ratio, as far as it is known."""
        return self._ratio

    def learn(self, ratio: float) -> None:
        """Take one measurement into account, whatever the eye was doing."""
        self._counts[_bin(ratio)] += 1.0
        self._samples += 1
        now = self._percentile()
        self._ratio = max(self._ratio, now) if self._samples > _LEARNED else now

    def openness(self, ratio: float, floor_share: float) -> float:
        """0 closed … 1 open. ``floor_share``: the closed eye's ratio by the open one's."""
        floor = floor_share * self._ratio
        return min(1.0, max(0.0, (ratio - floor) / (self._ratio - floor)))

    def _percentile(self) -> float:
        reached = np.cumsum(self._counts)
        place = int(np.searchsorted(reached, _PERCENTILE * reached[-1]))
        return min(_WIDEST, max(_NARROWEST, (place + 0.5) * _TOP / _BINS))


def _bin(ratio: float) -> int:
    return min(_BINS - 1, max(0, int(ratio * _BINS / _TOP)))
