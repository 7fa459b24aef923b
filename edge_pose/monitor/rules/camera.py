"""The camera: lost, frozen, or covered, dark and blinded; each is told with its own kind."""

from __future__ import annotations

from dataclasses import replace

from edge_pose.config.monitor import PresenceConfig
from edge_pose.monitor.durations import STAMP_S
from edge_pose.monitor.intake.order import Step
from edge_pose.monitor.sample import Finding
from edge_pose.values import AlertKind, AlertLevel, CameraCondition, ImageQuality, Observation

_KIND = {
    CameraCondition.LOST: AlertKind.LOST,
    CameraCondition.FROZEN: AlertKind.FROZEN,
    CameraCondition.BLOCKED: AlertKind.BLOCKED,
}


class CameraRule:
    """Judges each observation's camera before anything else is read from it."""

    def __init__(self, config: PresenceConfig) -> None:
        self._config = config
        self._limit_s = {
            CameraCondition.LOST: config.lost_s,
            CameraCondition.FROZEN: config.frozen_s,
            CameraCondition.BLOCKED: config.blocked_s,
        }
        self._suspect = CameraCondition.OK
        self._since = self._bad_s = 0.0
        self._flashes = False
        """A dark or covered picture was seen through for moments only."""
        self.condition = CameraCondition.OK
        """What has lasted long enough to be told."""
        self.finding: Finding | None = None

    @property
    def suspected(self) -> bool:
        """The camera shows nothing useful now, though perhaps not for long."""
        return self._suspect is not CameraCondition.OK

    def is_new(self, observation: Observation) -> bool:
        """It comes from a picture that differs from the last: a camera that repeats its pictures
        shows fewer than it gives."""
        change = observation.image.change if observation.image is not None else None
        repeated = change is not None and change <= self._config.frozen
        return not observation.camera_lost and not repeated

    def update(self, observation: Observation, step: Step) -> Observation:
        """The observation as it may be believed: without a face where the camera is blind."""
        suspect, words = self._look(observation)
        if suspect is CameraCondition.OK:
            self._see(step.dt_s)
        elif self._bad_s == 0.0 and not self.suspected:
            self._since = step.t_s
        elif self.suspected:  # another trouble of the same blindness goes on
            self._bad_s += step.dt_s
        self._suspect = suspect
        told = self.suspected and self._bad_s >= self._limit_s[suspect] - STAMP_S
        self.condition = suspect if told else CameraCondition.OK
        self.finding = self._finding(words, observation.image, step) if told else None
        return unseen(observation) if told else observation

    def _see(self, dt_s: float) -> None:
        """A moment of sight ends a loss and a frozen picture; of a dark or covered one it takes
        back so much: light that comes and goes shows a driver for too short to be judged."""
        was_blocked = self._suspect is CameraCondition.BLOCKED
        self._flashes = was_blocked or (self._flashes and not self.suspected)
        bad_s = min(self._bad_s, self._limit_s[CameraCondition.BLOCKED])
        back_s = self._config.usable_weight * dt_s
        self._bad_s = max(0.0, bad_s - back_s) if self._flashes else 0.0

    def _finding(self, words: str, image: ImageQuality | None, step: Step) -> Finding:
        blind_s = step.t_s - self._since
        values = {"blind_s": blind_s}
        if image is not None:
            values |= {"brightness": image.brightness, "contrast": image.contrast}
        return Finding(
            kind=_KIND[self.condition],
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"{words} for {blind_s:.0f} s",
            values=values,
        )

    def _look(self, observation: Observation) -> tuple[CameraCondition, str]:
        if observation.camera_lost:
            return CameraCondition.LOST, "the camera delivers no picture"
        image = observation.image
        if image is None:
            return CameraCondition.OK, ""
        if words := self._blocked(image):
            return CameraCondition.BLOCKED, f"camera image {words}"
        if image.change is not None and image.change <= self._config.frozen:
            return CameraCondition.FROZEN, "camera image frozen"
        return CameraCondition.OK, ""

    def _blocked(self, image: ImageQuality) -> str:
        config = self._config
        if image.brightness < config.dark:
            return "dark"
        if image.brightness > config.blinding:
            return "blinded"
        return "covered" if image.contrast < config.flat else ""


def unseen(observation: Observation) -> Observation:
    """The observation without anything that a blind camera can have measured."""
    return replace(
        observation,
        face=False,
        score=None,
        box=None,
        pose=None,
        pose_cam=None,
        position=None,
        fit_residual=None,
        eyes=None,
        gaze=None,
        lids_closed=None,
        eyes_visible=None,
    )
