"""What one driver's open eye measures, learned only from an eye that is known to be open.

A baseline that learns from shut lids turns sleep into wakefulness within seconds. So a value counts
when no shut eye of anyone reads as much, when another measure says that the lid is not shut, or
when it lies between two blinks: who blinks is awake, and the level between blinks is the open eye.
Until then people's usual open eye stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge_pose.values import EyeBaseline

_BINS = 60
_PERCENTILE = 0.8
_PRIOR_S = 2.0
"""People's usual eye weighs as much as this long a look at the driver's own."""
_LEARNED_S = 30.0
"""After so much open eye the baseline rises but never falls again: an eye that droops for hours is
judged against the eye it was."""
_STEP_S = 0.2
"""A value stands for at most this long, whatever the pause before it."""
_BLINK_S = 0.6
"""Blinks last 0.1–0.4 s (Schiffman 2001), tired ones longer; a sample each side."""
_BLINK_DEPTH, _BLINK_END = 0.7, 0.85
"""A blink goes below the first share of the level before it and comes back above the second."""
_WAIT_S = 20.0
"""People blink every 2–10 s: a level without a blink for so long is not known to be open."""
_OPEN, _SHUT = 0.2, 0.5
"""Probability of shut lids up to which an eye is taken to be open, and from which to be shut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEyes:
    """What people's eyes measure on one scale. ``usual``: a typical open eye; ``narrowest``,
    ``widest``: open eyes lie between; ``surely_open``: no shut eye reads so much; ``top``: end of
    the scale."""

    usual: float
    narrowest: float
    widest: float
    surely_open: float
    top: float


MESH_RATIOS = OpenEyes(usual=0.285, narrowest=0.165, widest=0.40, surely_open=0.235, top=0.6)
"""Aspect ratios of the mesh: open eyes of 6 000 training photos have quartiles 0.23, 0.26, 0.29
(the baseline is a high percentile, hence 0.285); shut ones read 0.12–0.155, more behind glasses."""


class OpenEye:
    """Learns one open eye; constant memory. Values come in the order of time."""

    def __init__(self, people: OpenEyes = MESH_RATIOS) -> None:
        self._people = people
        self._seconds = [0.0] * _BINS
        self._seen_s = 0.0
        self._pending = _Pending()
        self._ratio = people.usual

    @property
    def learned(self) -> bool:
        """Whether so much of this driver's open eye was seen that the measure is theirs."""
        return self._seen_s > _LEARNED_S

    @property
    def ratio(self) -> float:
        """The open eye's measure, as far as it is known."""
        return self._ratio

    def learn(self, ratio: float, t_s: float, closed: float | None = None) -> None:
        """Take one measurement into account. ``closed``: probability that the lid is shut, from
        another measure than this one; None = not known."""
        step_s = self._pending.step_s(t_s)
        if closed is not None and closed >= _SHUT:
            self._pending.drop()
        elif ratio >= self._people.surely_open or (closed is not None and closed <= _OPEN):
            self._pending.watch(ratio, step_s)
            self._take(ratio, step_s)
        else:
            for value, seconds in self._pending.watch(ratio, step_s, keep=True):
                self._take(value, seconds)

    def openness(self, ratio: float, floor_share: float) -> float:
        """0 closed … 1 open. ``floor_share``: the closed eye's measure by the open one's."""
        floor = floor_share * self._ratio
        return min(1.0, max(0.0, (ratio - floor) / (self._ratio - floor)))

    def _take(self, ratio: float, seconds: float) -> None:
        if ratio < self._people.narrowest:
            return
        self._seconds[self._bin(ratio)] += seconds
        self._seen_s += seconds
        now = self._blended()
        self._ratio = max(self._ratio, now) if self.learned else now

    def _blended(self) -> float:
        """People's usual eye, giving way to this driver's own as that is seen for longer."""
        people = self._people
        own = min(people.widest, max(people.narrowest, (self._place() + 0.5) * people.top / _BINS))
        share = self._seen_s / (self._seen_s + _PRIOR_S)
        return people.usual + share * (own - people.usual)

    def _place(self) -> int:
        """The bin below which the percentile of what was seen lies."""
        above_s = (1.0 - _PERCENTILE) * self._seen_s
        for place in range(_BINS - 1, 0, -1):  # it lies among the widest
            above_s -= self._seconds[place]
            if above_s < 0.0:
                return place
        return 0

    def _bin(self, ratio: float) -> int:
        return min(_BINS - 1, max(0, int(ratio * _BINS / self._people.top)))


class OpenEyePair:
    """Both open eyes of one driver, on one scale. ``remembered``: what the device kept of an
    earlier drive; it counts only where its scale is this one."""

    def __init__(self, scale: str, people: OpenEyes, remembered: EyeBaseline | None) -> None:
        self._scale, self._people = scale, people
        known = remembered if remembered is not None and remembered.scale == scale else None
        self.left = OpenEye(people if known is None else replace(people, usual=known.left))
        self.right = OpenEye(people if known is None else replace(people, usual=known.right))

    def forget(self) -> None:
        """Another driver: people's usual eye again."""
        self.left, self.right = OpenEye(self._people), OpenEye(self._people)

    @property
    def baseline(self) -> EyeBaseline | None:
        """What is worth remembering; None until both eyes are learned."""
        if not (self.left.learned and self.right.learned):
            return None
        return EyeBaseline(scale=self._scale, left=self.left.ratio, right=self.right.ratio)


class _Pending:
    """Values that may be an open eye's, until a blink shows that they are."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self.drop()

    def step_s(self, t_s: float) -> float:
        """How long the value of this time stands for."""
        before, self._last_s = self._last_s, t_s
        return 0.0 if before is None else min(_STEP_S, max(0.0, t_s - before))

    def drop(self) -> None:
        """What was seen is no open eye."""
        self._kept: list[tuple[float, float]] = []
        self._kept_s = self._level = 0.0
        self._dip_s: float | None = None

    def watch(self, ratio: float, step_s: float, keep: bool = False) -> list[tuple[float, float]]:
        """Follow the level; what a blink that ends here shows to be open eyes, else nothing."""
        if self._dip_s is not None:
            return self._in_dip(ratio, step_s)
        if ratio < _BLINK_DEPTH * self._level:
            self._dip_s = step_s
            return []
        share = min(1.0, step_s / 1.0) if self._level else 1.0
        self._level += share * (ratio - self._level)
        if keep:
            self._keep(ratio, step_s)
        return []

    def _in_dip(self, ratio: float, step_s: float) -> list[tuple[float, float]]:
        assert self._dip_s is not None
        self._dip_s += step_s
        if self._dip_s > _BLINK_S:
            self.drop()
        elif ratio >= _BLINK_END * self._level:
            shown, self._kept, self._kept_s, self._dip_s = self._kept, [], 0.0, None
            return shown
        return []

    def _keep(self, ratio: float, step_s: float) -> None:
        self._kept.append((ratio, step_s))
        self._kept_s += step_s
        while self._kept_s > _WAIT_S and self._kept:
            self._kept_s -= self._kept.pop(0)[1]
