"""Perception: one frame in, everything measured on it out. No I/O, no clock, never raises on
odd images; the same frames give the same observations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import DetectorConfig, EyesConfig, PoseConfig, TrackingConfig
from edge_pose.models import FACE_LANDMARKS, find
from edge_pose.values import EyeState, Frame, HeadPose, Landmarks, Observation
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.eyes.eye_reader import EyeReader
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import Direction, corrected_for_ray, focal_px, pixel_direction
from edge_pose.vision.image.pixels import as_bgr
from edge_pose.vision.image.quality import ImageMeter
from edge_pose.vision.pose.estimator import PoseEstimator, PoseReading
from edge_pose.vision.pose.modes import open_pose
from edge_pose.vision.tracking.driver_tracker import DriverTracker, Track

Image = NDArray[np.uint8]

_NO_FACE_SCORE = 0.1
"""A mesh this sure that there is no face asks for another look by the detector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _EyeSample:
    """The last look at the eyes; it stands until the next one is due."""

    t_s: float
    state: EyeState


class Perception:
    """Detector, tracking, pose, eyes and image quality in their order, for one thread."""

    def __init__(
        self,
        *,
        tracker: DriverTracker,
        pose: PoseEstimator,
        landmarker: Landmarker | None,
        eyes: EyesConfig,
        recheck_std_deg: float,
        hfov_deg: float,
    ) -> None:
        self._tracker, self._pose, self._landmarker = tracker, pose, landmarker
        self._eye_period_s = 1.0 / eyes.rate_hz if eyes.enabled else math.inf
        self._reader = EyeReader(eyes)
        self._recheck_std_deg, self._hfov_deg = recheck_std_deg, hfov_deg
        self._meter = ImageMeter()
        self._sample: _EyeSample | None = None
        self._roll_deg: float | None = None
        self._driver = 0

    def observe(self, frame: Frame) -> Observation:
        """Everything measured on a frame; the vehicle's state is filled in by others."""
        image = as_bgr(frame.image)
        quality = self._meter.measure(image)
        track = self._tracker.update(image, frame.t)
        if track is None:
            self._roll_deg = self._sample = None
            return Observation(t_s=frame.t, frame=frame.index, face=False, image=quality)
        reading, landmarks = self._measure(image, track, frame.t)
        pose = reading.pose if reading else None
        self._roll_deg = pose.roll_deg if pose else None
        self._judge(pose, landmarks)
        return Observation(
            t_s=frame.t,
            frame=frame.index,
            face=True,
            score=track.face.score,
            box=track.face.box,
            pose=pose,
            pose_cam=corrected_for_ray(pose, self._ray(reading, track, image)) if pose else None,
            position=reading.position if reading else None,
            focal_px=focal_px(image.shape[1], self._hfov_deg),
            fit_residual=reading.residual if reading else None,
            eyes=self._eyes(image, pose, landmarks, frame.t),
            image=self._meter.with_face(quality, image, track.face.box, frame.t),
        )

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of each stage, for timing."""
        yield "image quality", self._meter, "measure"
        yield "detector", self._tracker.detector, "detect"
        yield "pose", self._pose, "estimate"
        if self._landmarker is not None:
            yield "landmarks", self._landmarker, "locate"
        yield "eyes", self._reader, "read"

    def close(self) -> None:
        """Let go of the models."""
        self._landmarker = None

    def _measure(
        self, image: Image, track: Track, t_s: float
    ) -> tuple[PoseReading | None, Landmarks | None]:
        """Pose and, where it is needed or due, the mesh."""
        if track.driver != self._driver:
            self._change_driver(track.driver)
        landmarks = self._mesh(image, track, t_s)
        return self._pose.estimate(image, track.face.box, landmarks), landmarks

    def _change_driver(self, driver: int) -> None:
        self._driver, self._sample, self._roll_deg = driver, None, None
        self._reader.forget()
        self._pose.forget()

    def _mesh(self, image: Image, track: Track, t_s: float) -> Landmarks | None:
        if self._landmarker is None or not (self._pose.needs_landmarks or self._eyes_due(t_s)):
            return None
        roll = self._roll_deg if self._roll_deg is not None else _eye_line_deg(track)
        return self._landmarker.locate(image, track.face.box, roll)

    def _eyes_due(self, t_s: float) -> bool:
        sample = self._sample
        if self._eye_period_s == math.inf:
            return False
        # A tenth early counts, or a rate that divides the frame rate would lose every other look.
        return sample is None or not 0.0 <= t_s - sample.t_s < 0.9 * self._eye_period_s

    def _eyes(
        self, image: Image, pose: HeadPose | None, landmarks: Landmarks | None, t_s: float
    ) -> EyeState | None:
        if pose is None:
            return None
        if landmarks is not None and self._eyes_due(t_s):
            state = self._reader.read(image, landmarks, pose, t_s)
            self._sample = _EyeSample(t_s=t_s, state=state)
        return self._sample.state if self._sample else None

    def _ray(self, reading: PoseReading | None, track: Track, image: Image) -> Direction:
        """To the face's middle: the fit's where there is one, else through the box's."""
        if reading is not None and reading.position is not None:
            place = reading.position
            return place.x_m, place.y_m, place.z_m
        size = (image.shape[1], image.shape[0])
        return pixel_direction(*track.face.box.center, size, self._hfov_deg)

    def _judge(self, pose: HeadPose | None, landmarks: Landmarks | None) -> None:
        """Have the detector look again where the result is not convincing."""
        std = None if pose is None else pose.std_deg
        unsure = pose is None or (std is not None and std > self._recheck_std_deg)
        if unsure or (landmarks is not None and landmarks.score < _NO_FACE_SCORE):
            self._tracker.doubt()


def build_perception(
    detector: DetectorConfig,
    tracking: TrackingConfig,
    pose: PoseConfig,
    eyes: EyesConfig,
    *,
    hfov_deg: float,
) -> Perception:
    """Perception as the config says. Raises ModelError when a model is missing or damaged."""
    estimator = open_pose(pose, hfov_deg=hfov_deg)
    meshed = eyes.enabled or estimator.needs_landmarks
    return Perception(
        tracker=DriverTracker(open_detector(detector), tracking),
        pose=estimator,
        landmarker=Landmarker(find(FACE_LANDMARKS.name), threads=eyes.threads) if meshed else None,
        eyes=eyes,
        recheck_std_deg=tracking.recheck_std_deg,
        hfov_deg=hfov_deg,
    )


def _eye_line_deg(track: Track) -> float:
    """The head's roll as the detector's eyes show it, until a pose is known."""
    right, left = track.face.keypoints[0], track.face.keypoints[1]
    across, down = float(left[0] - right[0]), float(left[1] - right[1])
    return math.degrees(math.atan2(down, across)) if across > 0 else 0.0
