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
        self.condition = CameraCondition.OK
        """What has lasted long enough to be told."""
        self.finding: Finding | None = None

    @property
    def suspected(self) -> bool:
        """The camera shows nothing useful now, though perhaps not for long."""
        return self._suspect is not CameraCondition.OK

    def update(self, observation: Observation, step: Step) -> Observation:
        """The observation as it may be believed: without a face where the camera is blind."""
        suspect, words = self._look(observation)
        if suspect is not self._suspect:
            # Another trouble of the same blindness goes on from where the last one began.
            fresh = self._suspect is CameraCondition.OK or suspect is CameraCondition.OK
            self._since, self._bad_s = (step.t_s, 0.0) if fresh else (self._since, self._bad_s)
            self._suspect = suspect
        else:
            self._bad_s += step.dt_s
        told = self.suspected and self._bad_s >= self._limit_s[suspect] - STAMP_S
        self.condition = suspect if told else CameraCondition.OK
        self.finding = self._finding(words, observation.image) if told else None
        return unseen(observation) if told else observation

    def _finding(self, words: str, image: ImageQuality | None) -> Finding:
        values = {"blind_s": self._bad_s}
        if image is not None:
            values |= {"brightness": image.brightness, "contrast": image.contrast}
        return Finding(
            kind=_KIND[self.condition],
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"{words} for {self._bad_s:.0f} s",
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
