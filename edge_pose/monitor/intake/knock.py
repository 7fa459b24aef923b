"""A knocked camera: all three head angles jump from one image to the next, and stay.

A head takes 0.2–0.4 s for a turn and turns mostly about one axis; a camera that is hit or pushed
turns the whole picture at once, the place of the face with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.config.monitor import DriverConfig
from edge_pose.monitor.smoothing import share
from edge_pose.values import Box, HeadPose

_PART = 0.7  # of the whole change shows in the first image, noise and all
_EVERY_S = 0.1  # a still head needs no closer look
_MEAN_S = 0.3  # what the angles were, and what they are after the jump, is averaged over so long


@dataclass(slots=True)
class _View:
    """Means of the angles and of the face's place."""

    yaw: float
    pitch: float
    roll: float
    x: float | None
    y: float | None
    side: float
    seconds: float = 0.0

    @classmethod
    def of(cls, pose: HeadPose, box: Box | None) -> _View:
        x, y = box.center if box is not None else (None, None)
        return cls(pose.yaw_deg, pose.pitch_deg, pose.roll_deg, x, y, box.side if box else 1.0)

    def take(self, other: _View, dt_s: float) -> None:
        moved = max(share(dt_s, _MEAN_S), min(1.0, dt_s / (self.seconds + dt_s + 1e-9)))
        self.seconds += dt_s
        self.yaw += moved * (other.yaw - self.yaw)
        self.pitch += moved * (other.pitch - self.pitch)
        self.roll += moved * (other.roll - self.roll)
        if (
            self.x is not None
            and self.y is not None
            and other.x is not None
            and other.y is not None
        ):
            self.x += moved * (other.x - self.x)
            self.y += moved * (other.y - self.y)
        self.side += moved * (other.side - self.side)

    def far_from(self, other: _View, config: DriverConfig, part: float) -> bool:
        """Jumped in all three angles, and in place where that is measured."""
        least = part * config.knock_deg
        turned = (
            abs(self.yaw - other.yaw) >= least
            and abs(self.pitch - other.pitch) >= least
            and abs(self.roll - other.roll) >= least
        )
        if not turned or self.x is None or self.y is None or other.x is None or other.y is None:
            return turned
        moved = max(abs(self.x - other.x), abs(self.y - other.y))
        return moved >= part * config.knock_sides * other.side


class Knock:
    """Watches for the jump, and for its staying."""

    def __init__(self, config: DriverConfig) -> None:
        self._config = config
        self._still_deg = _PART * config.knock_share * config.knock_deg
        self._before: _View | None = None
        self._after: _View | None = None
        self._last: tuple[float, float, float] | None = None
        self._due_s = 0.0
        self._jump = (0.0, 0.0, 0.0)

    def update(
        self, pose: HeadPose | None, box: Box | None, dt_s: float, interval_s: float
    ) -> tuple[float, float] | None:
        """(yaw, pitch) by which the picture has turned, once it is sure that it has."""
        if pose is None:
            return None
        here = (pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        last, self._last = self._last, here
        before, after = self._before, self._after
        self._due_s += dt_s
        calm = after is None and before is not None and self._due_s < _EVERY_S
        if calm and last is not None and abs(here[2] - last[2]) < self._still_deg:
            return None
        dt_s, self._due_s = self._due_s, 0.0
        now = _View.of(pose, box)
        if before is None or dt_s <= 0.0:
            self._before, self._after = now, None
        elif after is not None:
            after.take(now, dt_s)
            return self._settle(before, after, interval_s)
        elif (
            last is not None
            and before.seconds >= _MEAN_S
            and now.far_from(before, self._config, _PART)
        ):
            self._after = now
            self._jump = (here[0] - last[0], here[1] - last[1], here[2] - last[2])
        else:
            before.take(now, dt_s)
        return None

    def _settle(self, before: _View, after: _View, interval_s: float) -> tuple[float, float] | None:
        config = self._config
        if not after.far_from(before, config, 1.0 if after.seconds >= _MEAN_S else 0.5):
            self._before, self._after = after, None  # noise, or a glance that is over
            return None
        wait_s = config.knock_s if interval_s <= config.knock_interval_s else config.knock_slow_s
        if after.seconds < wait_s:
            return None
        self._before, self._after = after, None
        if not self._in_one_image(before, after):
            return None
        return after.yaw - before.yaw, after.pitch - before.pitch

    def _in_one_image(self, before: _View, after: _View) -> bool:
        """The change of each angle came about at once: a turning head takes several images."""
        whole = (after.yaw - before.yaw, after.pitch - before.pitch, after.roll - before.roll)
        share = self._config.knock_share
        return all(
            abs(part) >= share * abs(full) and part * full > 0.0
            for part, full in zip(self._jump, whole, strict=True)
        )
