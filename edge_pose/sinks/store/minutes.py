"""One minute of driving in a dozen numbers: what a day report draws its curves from."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.values import DriverState, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """Means over one UTC minute, unless the name says otherwise; shares are in [0, 1]."""

    utc_s: float
    """The minute's beginning."""
    samples: int
    face: float
    distracted: float
    attention: float
    attention_min: float
    level_max: int
    perclos: float | None
    drowsiness: float | None
    fps: float
    frame_age_p95_ms: float
    dropped: int
    """Frames dropped within the minute."""
    temperature_c: float | None
    """The highest."""


class _Mean:
    """A running mean that ignores what was not measured."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._count = 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self._sum += value
            self._count += 1

    @property
    def value(self) -> float | None:
        return self._sum / self._count if self._count else None


class MinuteSum:
    """Collects states; hands out a Minute when a new one begins."""

    def __init__(self) -> None:
        self._utc_s: float | None = None
        self._dropped_before: int | None = None
        self._t_s: float | None = None
        self.ended_t_s: float | None = None
        """When the minute that has ended last began, on the frame clock."""
        self._reset()

    def add(self, utc_s: float, state: DriverState, health: Health) -> Minute | None:
        """Take one state; the minute that has just ended, if one has.

        A minute ends when another begins, also when the wall clock jumps back.
        """
        start_s = utc_s - utc_s % 60.0
        ended = self.finish() if self._utc_s not in (None, start_s) else None
        self._utc_s = start_s
        self._t_s = state.t_s - (utc_s - start_s) if self._t_s is None else self._t_s
        self._count(state, health)
        return ended

    def finish(self) -> Minute | None:
        """The minute so far, and start anew."""
        minute = self._minute() if self._utc_s is not None and self._samples else None
        self.ended_t_s, self._t_s = self._t_s, None
        self._utc_s = None
        self._reset()
        return minute

    def _reset(self) -> None:
        self._samples = 0
        self._face, self._distracted, self._attention = _Mean(), _Mean(), _Mean()
        self._perclos, self._drowsiness, self._fps, self._age = _Mean(), _Mean(), _Mean(), _Mean()
        self._attention_min, self._level_max, self._dropped = 1.0, 0, 0
        self._temperature: float | None = None

    def _count(self, state: DriverState, health: Health) -> None:
        self._samples += 1
        self._face.add(float(state.face))
        self._distracted.add(float(state.distracted))
        self._attention.add(state.attention)
        self._perclos.add(state.perclos)
        self._drowsiness.add(state.drowsiness)
        self._fps.add(health.fps)
        self._age.add(health.frame_age_p95_ms)
        self._attention_min = min(self._attention_min, state.attention)
        self._level_max = max(self._level_max, state.level)
        self._count_drops(health.dropped)
        if health.temperature_c is not None:
            self._temperature = max(self._temperature or -273.15, health.temperature_c)

    def _count_drops(self, dropped: int) -> None:
        before = self._dropped_before
        self._dropped += max(0, dropped - before) if before is not None else 0
        self._dropped_before = dropped

    def _minute(self) -> Minute:
        assert self._utc_s is not None
        return Minute(
            utc_s=self._utc_s,
            samples=self._samples,
            face=self._face.value or 0.0,
            distracted=self._distracted.value or 0.0,
            attention=self._attention.value or 0.0,
            attention_min=self._attention_min,
            level_max=self._level_max,
            perclos=self._perclos.value,
            drowsiness=self._drowsiness.value,
            fps=self._fps.value or 0.0,
            frame_age_p95_ms=self._age.value or 0.0,
            dropped=self._dropped,
            temperature_c=self._temperature,
        )
