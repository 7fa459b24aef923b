"""The lids: open, shut, lowered by a look down, or hidden; and how long a closure has lasted.

A closure is a change against how this driver's lids are held now. It goes on until the eyes are
seen open for a moment (UN R171: 0.2 s). A head that drops quickly with the lids explains them as
a look down, for two seconds at most; one that sinks explains nothing. Eyes out of view are
unknown, never closed, but for those of a head that sank after the lids had fallen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from edge_pose.config.lids import LidsConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight.head_fall import HeadFall
from edge_pose.monitor.sight.openness import Openness

_STALE_S = 2.0  # after a hole so long nothing goes on


class Reading(Enum):
    """What one sample tells of the lids."""

    OPEN = auto()
    AJAR = auto()
    """Neither: in the hysteresis between open and shut."""
    SHUT = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class Lids:
    """The lids now (no one writes to it: see ``Sample``). ``since``: start of the closure under
    way, on the rules' clock; ``shut_s``: how long it has lasted as far as known; ``level``: how far
    open they are held, on the scale of ``own``, this driver's open eye."""

    reading: Reading
    since: float | None
    shut_s: float
    explained: bool
    """The closure under way is a look down, as far as can be told."""
    closed: bool
    """Shut now, and not by a look down."""
    down: bool
    """Down because the driver looks down: measured to be lowered, not shut, or explained by it."""
    level: float
    own: float
    narrow: bool
    """Open so little that they can hardly be judged."""


class LidsJudge:
    """Follows the lids from sample to sample."""

    def __init__(self, config: LidsConfig) -> None:
        self._config = config
        self._openness = Openness(config)
        self._fall = HeadFall(config)
        self._begin(None)

    @property
    def own(self) -> float:
        return self._openness.own

    def forget(self) -> None:
        """No closure goes on; the driver's own eye stays known."""
        self._fall.forget()
        self._begin(None)

    def _begin(self, t_s: float | None) -> None:
        """A closure begins, or is over."""
        self._since = self._until = t_s
        self._open_at: float | None = None
        self._ajar_at: float | None = None
        self._bottom = self._openness.level
        self._blind_s = self._up_s = self._shut_s = 0.0
        self._explained = self._judged = False
        self._fall.begin()

    def update(self, sample: Sample) -> Lids:
        """The lids with this sample."""
        if sample.hole_s >= _STALE_S and self._since is not None:
            self._begin(None)
        self._fall.follow(sample, closing=self._since is not None)
        reading = self._read(sample)
        if reading is Reading.SHUT:
            self._shut(sample)
        elif self._since is not None:
            if reading is Reading.UNKNOWN:
                self._lose(sample)
            else:
                self._rise(sample, reading)
        if self._since is not None:
            self._judge_glance(sample, self._since)
        elif reading is Reading.OPEN or reading is Reading.AJAR:
            self._openness.learn(sample)
        return self._lids(sample, reading)

    def _lids(self, sample: Sample, reading: Reading) -> Lids:
        eyes, openness = sample.eyes, self._openness
        narrow = (
            eyes is not None
            and reading is not Reading.SHUT
            and sample.lids_closed is None
            and openness.is_narrow
        )
        # The lid gap is that of a shut eye, and it is known not to be shut.
        lowered = reading is Reading.OPEN and eyes is not None and eyes <= openness.closed_at
        level, own = openness.level, openness.own
        if self._since is None or self._until is None:
            return Lids(reading, None, 0.0, False, False, lowered, level, own, narrow)
        explained = self._explained
        closed = not explained and reading is not Reading.OPEN
        return Lids(
            reading, self._since, self._lasted_s(self._until - self._since), explained, closed,
            lowered or explained, level, own, narrow,
        )  # fmt: skip

    def _lasted_s(self, span_s: float) -> float:
        """How long a closure has lasted: dips of narrow lids beside a blink add up to none."""
        mostly = self._shut_s >= self._config.mostly_shut * span_s - SUM_S
        return span_s if mostly else self._shut_s

    def _read(self, sample: Sample) -> Reading:
        if not sample.face or sample.eyes_hidden:
            return Reading.UNKNOWN
        if sample.lids_closed is not None:
            reading = self._read_probability(sample.lids_closed)
        elif sample.eyes is not None:
            reading = self._read_openness(sample, sample.eyes)
        else:
            return Reading.UNKNOWN
        return reading if reading is Reading.SHUT or not self._is_torn(sample) else Reading.UNKNOWN

    def _is_torn(self, sample: Sample) -> bool:
        """One eye shut and the other an open one: lids move together (Hering's law), so one of
        them is misread (glare, hair, a hand), and nobody knows which."""
        if sample.each_eye is None:
            return False
        narrow, wide = sample.each_eye
        own, config = self._openness.own, self._config
        return narrow <= config.closed_at * own and wide >= config.own_lowest * own

    def _read_probability(self, shut: float) -> Reading:
        if shut >= self._config.shut_probability:
            return Reading.SHUT
        return Reading.OPEN if shut <= self._config.open_probability else Reading.UNKNOWN

    def _read_openness(self, sample: Sample, eyes: float) -> Reading:
        if eyes <= self._openness.closed_at:
            down = sample.eyes_look_down(self._config.lowered_deg)
            return Reading.OPEN if down else Reading.SHUT
        if self._since is None or eyes > self._openness.reopened_at(self._bottom):
            return Reading.OPEN
        return Reading.AJAR

    def _shut(self, sample: Sample) -> None:
        if self._since is None:
            self._begin(sample.t_s)
        else:
            self._shut_s += sample.dt_s
        self._until = sample.t_s
        self._open_at = self._ajar_at = None
        self._blind_s = 0.0
        if sample.eyes is not None:
            self._bottom = min(self._bottom, sample.eyes)

    def _rise(self, sample: Sample, reading: Reading) -> None:
        """Not shut: over once seen open, or no longer shut, for long enough."""
        self._blind_s = 0.0
        if self._ajar_at is None:
            self._ajar_at = sample.t_s
        if reading is Reading.OPEN:
            if self._open_at is None:
                self._open_at = sample.t_s
            open_s = sample.t_s - self._open_at
        else:
            self._open_at, open_s = None, 0.0
        ajar_s = sample.t_s - self._ajar_at
        config = self._config
        enough = reading is Reading.OPEN and open_s >= config.reopen_s - SUM_S
        if enough or ajar_s >= config.settle_s - SUM_S:
            self._begin(None)

    def _lose(self, sample: Sample) -> None:
        """Not to be seen: bridged for a moment; behind a head that sank after them, shut."""
        self._open_at = self._ajar_at = None
        self._blind_s += sample.dt_s
        assert self._since is not None
        assert self._until is not None
        if self._is_asleep(self._until - self._since) and self._fall.is_sunk(sample):
            self._until = sample.t_s
            self._shut_s += sample.dt_s
        elif self._blind_s > self._config.bridge_s:
            self._begin(None)

    def _is_asleep(self, seen_s: float) -> bool:
        """Lids seen shut for so long, and by no look: longer where the head had gone before."""
        config = self._config
        needed_s = config.led_shut_s if self._fall.led else config.seen_shut_s
        return not self._explained and seen_s >= needed_s - SUM_S

    def _judge_glance(self, sample: Sample, since: float) -> None:
        """Whether a look down explains the closure under way."""
        config = self._config
        shut_s = sample.t_s - since
        early = not self._judged and shut_s <= config.glance_onset_s
        if early and self._fall.dropped_at >= since - config.glance_before_s:
            self._explained = self._judged = True
        if not self._explained:
            return
        if shut_s >= config.glance_limit_s - SUM_S:
            self._explained = False
            return
        self._up_s = self._up_s + sample.dt_s if self._fall.is_up else 0.0
        if self._up_s >= config.back_up_s and shut_s > config.glance_onset_s:
            self._explained = False
