"""A calibration session: leads the guide through every scene and measures the camera's field of
view as soon as somebody has told the distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from edge_pose.calibration.guide import Calibration, Guide
from edge_pose.config.capture import CaptureConfig
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError
from edge_pose.values import Alert, GuideView, HeadPose, NeutralPose, Observation, Scene
from edge_pose.view.feed import SceneFeed
from edge_pose.vision.field_of_view import FieldOfView, measured, seen_through


class CalibrationSession:
    """An outlet of the app. ``camera``: as the app sees it; its field of view is the assumption
    that the measurement sets right. The distance comes from the controls."""

    def __init__(self, camera: CaptureConfig, controls: Controls | None = None) -> None:
        self._camera = camera
        self.controls = controls or Controls()
        self.feed: SceneFeed | None = None
        self.guide: Guide | None = None
        self.result: Calibration | None = None
        self.lens: FieldOfView | None = None
        """Measured, of the image as the camera delivers it, before rotation."""
        self.trouble = ""
        """Why it could not be measured from the distance given."""
        self.answered_m: float | None = None
        """The distance that ``lens`` or ``trouble`` answers; the controls' may be newer."""

    def scene(self, scene: Scene) -> None:
        if self.guide is None:
            self.guide = Guide(scene.frame.size)
        view = self.guide.update(scene.observation)
        if view.step > 1 and self.controls.distance_m != self.answered_m:
            self._measure(self.guide.ahead, scene.frame.size)
        if self.feed is not None:
            self.feed.guide = replace(view, lens=self.words)
        self.result = self.guide.result

    def alert(self, alert: Alert) -> None:
        """Nobody is alerted while calibrating."""

    @property
    def view(self) -> GuideView | None:
        """What to show now; None before the first scene."""
        return None if self.guide is None else replace(self.guide.view, lens=self.words)

    @property
    def words(self) -> str:
        """How far the measurement of the field of view has come."""
        if self.lens is not None:
            return f"Field of view: {self.lens.hfov_deg:.0f}° ± {self.lens.std_deg:.0f}°"
        if self.trouble:
            return f"Field of view: not measured ({self.trouble})"
        if self.controls.distance_m is not None:
            return "Field of view: is measured while you look ahead"
        return "Field of view: tell the distance to have it measured"

    def neutral(self, hfov_deg: float) -> NeutralPose:
        """The neutral pose as it is with this field of view of the frames."""
        assert self.result is not None
        assert self.guide is not None
        found = self.result.neutral
        known = [o for o in self.guide.ahead if o.pose is not None]
        if not known or hfov_deg == self._camera.field_of_view_deg:
            return found
        width = self.guide.size[0]
        was = [o.pose_cam or o.pose for o in known]
        now = [
            seen_through(o, width_px=width, was_deg=self._camera.field_of_view_deg, is_deg=hfov_deg)
            for o in known
        ]
        old, new = _middle([pose for pose in was if pose is not None]), _middle(now)
        return NeutralPose(
            yaw_deg=found.yaw_deg + new[0] - old[0], pitch_deg=found.pitch_deg + new[1] - old[1]
        )

    def _measure(self, ahead: Sequence[Observation], size: tuple[int, int]) -> None:
        distance_m = self.answered_m = self.controls.distance_m
        self.lens, self.trouble = None, ""
        if distance_m is None:
            return
        try:
            found = measured(
                ahead,
                assumed_deg=self._camera.field_of_view_deg,
                width_px=size[0],
                distance_m=distance_m,
            )
        except ConfigError as error:
            self.trouble = str(error)
            return
        turned = self._camera.rotate in (90, 270)
        self.lens = found.across(size[1] / size[0]) if turned else found


def _middle(poses: Sequence[HeadPose]) -> tuple[float, float]:
    return median(p.yaw_deg for p in poses), median(p.pitch_deg for p in poses)
