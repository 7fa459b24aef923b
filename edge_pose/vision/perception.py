"""Perception: one frame in, everything measured on it out. No I/O, no clock, never raises on
odd images; the same frames give the same observations.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import (
    DetectorConfig,
    EyesConfig,
    ModelConfig,
    PoseConfig,
    TrackingConfig,
)
from edge_pose.values import EyeBaseline, Frame, HeadPose, Observation
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.driver.opening import open_reader
from edge_pose.vision.driver.reading import DriverReading, FaceReader
from edge_pose.vision.geometry import (
    Direction,
    corrected_for_ray,
    focal_px,
    gaze_of,
    pixel_direction,
)
from edge_pose.vision.image.pixels import as_bgr
from edge_pose.vision.image.quality import ImageMeter
from edge_pose.vision.tracking.driver_tracker import DriverTracker, Track

Image = NDArray[np.uint8]


class Perception:
    """Image quality, tracking, face and eyes in their order, for one thread."""

    def __init__(
        self,
        *,
        tracker: DriverTracker,
        reader: FaceReader,
        recheck_std_deg: float,
        hfov_deg: float,
    ) -> None:
        self._tracker, self._reader = tracker, reader
        self._recheck_std_deg, self._hfov_deg = recheck_std_deg, hfov_deg
        self._meter = ImageMeter()
        self._driver = 0

    def observe(self, frame: Frame) -> Observation:
        """Everything measured on a frame; the vehicle's state is filled in by others."""
        image = as_bgr(frame.image)
        track = self._tracker.update(image, frame.t)
        quality = self._meter.measure(image, track.face.box if track else None, frame.t)
        if track is None:
            self._reader.lost()
            return Observation(t_s=frame.t, frame=frame.index, face=False, image=quality)
        reading = self._read(image, track, frame.t)
        pose = reading.pose
        pose_cam = corrected_for_ray(pose, self._ray(reading, track, image)) if pose else None
        look = reading.look
        return Observation(
            t_s=frame.t,
            frame=frame.index,
            face=True,
            score=track.face.score,
            box=track.face.box,
            pose=pose,
            pose_cam=pose_cam,
            position=reading.position,
            focal_px=focal_px(image.shape[1], self._hfov_deg),
            fit_residual=reading.residual,
            eyes=reading.eyes,
            gaze=gaze_of(pose_cam, look) if pose_cam and look else None,
            lids_closed=reading.lids_closed,
            eyes_visible=reading.eyes_visible,
            image=quality,
        )

    @property
    def open_eyes(self) -> EyeBaseline | None:
        """The driver's open eyes, once they are learned for certain: worth remembering."""
        return self._reader.open_eyes

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of each stage, for timing."""
        yield "image quality", self._meter, "measure"
        yield "detector", self._tracker.detector, "detect"
        yield from self._reader.parts()

    def close(self) -> None:
        """Free the models; nothing can be observed any more."""
        del self._reader, self._tracker

    def _read(self, image: Image, track: Track, t_s: float) -> DriverReading:
        if track.driver != self._driver:
            self._driver = track.driver
            self._reader.forget()
        reading = self._reader.read(image, track.face, t_s)
        if reading.box is not None and reading.presence is not None:
            self._tracker.follow(reading.box, reading.presence, t_s)
        if reading.doubtful or self._unsure(reading.pose):
            self._tracker.doubt()
        return reading

    def _unsure(self, pose: HeadPose | None) -> bool:
        """Have the detector look again where the result is not convincing."""
        std = None if pose is None else pose.std_deg
        return pose is None or (std is not None and std > self._recheck_std_deg)

    def _ray(self, reading: DriverReading, track: Track, image: Image) -> Direction:
        """To the face's middle: in space where that is known, else through the image."""
        place = reading.position
        if place is not None:
            return place.x_m, place.y_m, place.z_m
        size = (image.shape[1], image.shape[0])
        return pixel_direction(*(reading.middle_px or track.face.box.center), size, self._hfov_deg)


def build_perception(
    detector: DetectorConfig,
    tracking: TrackingConfig,
    pose: PoseConfig,
    eyes: EyesConfig,
    model: ModelConfig | None = None,
    *,
    hfov_deg: float,
    open_eyes: EyeBaseline | None = None,
) -> Perception:
    """Perception as the config says. Raises ModelError when a model is missing or damaged.
    ``open_eyes``: what the device remembers of the driver's."""
    return Perception(
        tracker=DriverTracker(open_detector(detector), tracking),
        reader=open_reader(
            pose, eyes, model or ModelConfig(), hfov_deg=hfov_deg, remembered=open_eyes
        ),
        recheck_std_deg=tracking.recheck_std_deg,
        hfov_deg=hfov_deg,
    )
