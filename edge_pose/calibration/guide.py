"""The calibration guide: look ahead, left mirror, right mirror, down. Pure: observations in,
what to show out. Its result is the neutral pose and a judgement of the camera's place."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from edge_pose.calibration.placement import judge
from edge_pose.values import GuideView, NeutralPose, Observation, PlacementVerdict
from edge_pose.view.wording import degrees

_STILL_DEG = 5.0
"""Between the farthest angles while holding still: two standard errors of the pose network."""
_AWAY_DEG = 10.0
"""From the road-ahead pose, to count as looking there at all."""
_SLOW_S = 12.0


class Target(StrEnum):
    """Where the driver is asked to look, in this order."""

    AHEAD = "ahead"
    LEFT = "left mirror"
    RIGHT = "right mirror"
    DOWN = "down"


_ASKED = {
    Target.AHEAD: ("Look at the road ahead", "Sit as you drive and hold still"),
    Target.LEFT: ("Look into the left mirror", "Turn your head as you usually do"),
    Target.RIGHT: ("Look into the right mirror", "Turn your head as you usually do"),
    Target.DOWN: ("Look down at the instruments", "Lower your head a little more than usual"),
}
_MISSED = {
    Target.AHEAD: "Hold your head still for a moment",
    Target.LEFT: "Turn a little farther to the left, then hold still",
    Target.RIGHT: "Turn a little farther to the right, then hold still",
    Target.DOWN: "Lower your head a little farther, then hold still",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What the guide found. Angles in degrees, camera-corrected, (yaw, pitch)."""

    neutral: NeutralPose
    looks: dict[Target, tuple[float, float]]
    verdicts: tuple[PlacementVerdict, ...]
    mirrored: bool
    """The mirrors came out on the wrong sides: the picture seems to be a mirror image."""

    @property
    def suggestions(self) -> tuple[str, ...]:
        """What to change, most useful first; empty when all is good."""
        advice = [verdict.advice for verdict in self.verdicts if not verdict.good]
        if self.mirrored:
            advice.insert(0, "The picture seems mirrored: change the camera's mirror setting.")
        return tuple(advice)


class Guide:
    """Feed it every observation; it goes from step to step by itself."""

    def __init__(self, size: tuple[int, int], *, hold_s: float = 1.5) -> None:
        self.size = size
        self._hold_s = hold_s
        self._todo = deque(Target)
        self._looks: dict[Target, tuple[float, float]] = {}
        self._held: deque[tuple[float, float, float]] = deque()
        self._ahead: deque[Observation] = deque(maxlen=120)
        self._began_s: float | None = None
        self._progress = 0.0
        self._late = False

    @property
    def result(self) -> Calibration | None:
        """Once all steps are done."""
        if self._todo:
            return None
        yaw, pitch = self._looks[Target.AHEAD]
        return Calibration(
            neutral=NeutralPose(yaw_deg=yaw, pitch_deg=pitch),
            looks=dict(self._looks),
            verdicts=judge(self._ahead, self.size),
            mirrored=self._looks[Target.LEFT][0] > yaw > self._looks[Target.RIGHT][0],
        )

    @property
    def ahead(self) -> tuple[Observation, ...]:
        """What was seen while the driver was asked to look ahead, the newest of it."""
        return tuple(self._ahead)

    @property
    def view(self) -> GuideView:
        """What to show."""
        total = len(Target)
        verdicts = judge(self._ahead, self.size)
        if not self._todo:
            yaw, pitch = self._looks[Target.AHEAD]
            return GuideView(
                step=total,
                steps=total,
                headline="Calibrated",
                detail=f"Road ahead at yaw {degrees(yaw)}, pitch {degrees(pitch)}",
                progress=1.0,
                verdicts=verdicts,
                done=True,
            )
        target = self._todo[0]
        headline, detail = _ASKED[target]
        return GuideView(
            step=total - len(self._todo) + 1,
            steps=total,
            headline=headline,
            detail=_MISSED[target] if self._late else detail,
            progress=self._progress,
            verdicts=verdicts,
        )

    def update(self, observation: Observation) -> GuideView:
        """Take one observation; the view after it."""
        if not self._todo:
            return self.view
        if self._began_s is None:
            self._began_s = observation.t_s
        target = self._todo[0]
        if target is Target.AHEAD:
            self._ahead.append(observation)
        self._hold(target, observation)
        self._late = observation.t_s - self._began_s > _SLOW_S
        if self._progress >= 1.0:
            self._next()
        if not observation.face:
            return replace(self.view, detail="No face in the picture")
        return self.view

    def _hold(self, target: Target, observation: Observation) -> None:
        """Let the window of steady angles grow, or begin anew."""
        pose = observation.pose_cam or observation.pose
        if not observation.face or pose is None:
            self._held.clear()
            self._progress = 0.0
            return
        self._held.append((observation.t_s, pose.yaw_deg, pose.pitch_deg))
        while len(self._held) > 1 and not self._steady():
            self._held.popleft()
        if not self._there(target):
            self._progress = 0.0
            self._held.clear()
            return
        self._progress = min(1.0, (self._held[-1][0] - self._held[0][0]) / self._hold_s)

    def _steady(self) -> bool:
        return all(_spread(angle[axis] for angle in self._held) <= _STILL_DEG for axis in (1, 2))

    def _there(self, target: Target) -> bool:
        """The head is turned towards the target, as seen from the road-ahead pose."""
        if target is Target.AHEAD:
            return True
        yaw, pitch = (a - b for a, b in zip(self._middle, self._looks[Target.AHEAD], strict=True))
        if target is Target.DOWN:
            return pitch <= -_AWAY_DEG
        if target is Target.RIGHT:
            left = self._looks[Target.LEFT][0] - self._looks[Target.AHEAD][0]
            return abs(yaw) >= _AWAY_DEG and yaw * left < 0
        return abs(yaw) >= _AWAY_DEG

    @property
    def _middle(self) -> tuple[float, float]:
        return median(a[1] for a in self._held), median(a[2] for a in self._held)

    def _next(self) -> None:
        self._looks[self._todo.popleft()] = self._middle
        self._held.clear()
        self._progress, self._began_s, self._late = 0.0, None, False


def _spread(values: Iterable[float]) -> float:
    known = list(values)
    return max(known) - min(known)
