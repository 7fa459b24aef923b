"""One frame in, everything measured out: repeatable, patient with odd images, seat-shift proof."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.config.vision import DetectorConfig, EyesConfig, PoseConfig, TrackingConfig
from edge_pose.errors import ModelError
from edge_pose.values import Box, Frame, HeadPose, HeadPosition, Landmarks, Observation
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.driver.mesh_reader import MeshReader
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.perception import Perception, build_perception
from edge_pose.vision.pose.estimator import PoseReading
from edge_pose.vision.tracking.driver_tracker import DriverTracker


class FixedPose:
    """A head that its crop always shows at the same angles; counts faces and meshes."""

    needs_landmarks = False

    def __init__(
        self, std_deg: float = 2.0, found: bool = True, position: HeadPosition | None = None
    ) -> None:
        self.std_deg, self.found, self.position = std_deg, found, position
        self.meshes, self.forgotten = 0, 0

    def estimate(
        self, image: NDArray[np.uint8], box: Box, landmarks: Landmarks | None
    ) -> PoseReading | None:
        del image, box
        self.meshes += landmarks is not None
        pose = HeadPose(yaw_deg=4, pitch_deg=3, roll_deg=1, std_deg=self.std_deg)
        return PoseReading(pose=pose, position=self.position) if self.found else None

    def forget(self) -> None:
        self.forgotten += 1


def _perception(
    detector: BlazeFace, landmarker: Landmarker | None, pose: FixedPose, **eyes: object
) -> Perception:
    return Perception(
        tracker=DriverTracker(detector, TrackingConfig()),
        reader=MeshReader(
            pose=pose,
            landmarker=landmarker,
            eyes=EyesConfig(**eyes),  # type: ignore[arg-type]
        ),
        recheck_std_deg=12.0,
        hfov_deg=62.0,
    )


def _frames(image: NDArray[np.uint8], seconds: float = 1.0, fps: float = 30.0) -> list[Frame]:
    return [Frame(image=image, t=index / fps, index=index) for index in range(round(seconds * fps))]


def _scene(portrait: NDArray[np.uint8], x: int) -> NDArray[np.uint8]:
    """The portrait's upper part in a wider picture, its left side at x."""
    scene = np.full((300, 800, 3), 60, np.uint8)
    scene[:, x : x + 250] = portrait[:300, 100:350]
    return scene


def test_a_face_is_measured_in_full(
    detector: BlazeFace, landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    perception = _perception(detector, landmarker, FixedPose())
    last = [perception.observe(frame) for frame in _frames(portrait)][-1]
    assert last.face
    assert last.frame == 29
    assert last.box is not None
    assert last.box.iou(Box(x1=182, y1=75, x2=264, y2=163)) > 0.6
    assert last.eyes is not None
    assert (last.eyes.left or 0) > 0.5
    assert (last.eyes.right or 0) > 0.5
    assert last.image is not None
    assert last.image.change == 0.0
    assert (last.score or 0) > 0.5


def test_the_same_frames_give_the_same_observations(
    detector: BlazeFace, landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    def observed() -> list[Observation]:
        perception = _perception(detector, landmarker, FixedPose())
        return [perception.observe(frame) for frame in _frames(portrait, 0.5)]

    assert observed() == observed()


def test_eyes_are_looked_at_at_their_own_rate_and_stand_in_between(
    detector: BlazeFace, landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    pose = FixedPose()
    perception = _perception(detector, landmarker, pose, rate_hz=10.0)
    observed = [perception.observe(frame) for frame in _frames(portrait, 2.0)]
    assert pose.meshes == 20
    assert all(observation.eyes is not None for observation in observed)


def test_eyes_can_be_off(detector: BlazeFace, portrait: NDArray[np.uint8]) -> None:
    pose = FixedPose()
    observation = _perception(detector, None, pose, enabled=False).observe(_frames(portrait)[0])
    assert observation.face
    assert observation.eyes is None
    assert pose.meshes == 0


def test_a_head_off_the_axis_is_corrected_for_its_ray(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    def at(x: int) -> Observation:
        perception = _perception(detector, None, FixedPose(), enabled=False)
        return perception.observe(Frame(image=_scene(portrait, x), t=0.0, index=0))

    left, right = at(0), at(550)
    assert left.pose == right.pose
    assert left.pose_cam is not None
    assert right.pose_cam is not None
    focal = 800 / (2 * math.tan(math.radians(31)))
    # The face is 124 px from its part's left side: 276 px left, 274 px right of the axis.
    expected = 2 * math.degrees(math.atan2(275, focal))
    assert right.pose_cam.yaw_deg - left.pose_cam.yaw_deg == pytest.approx(expected, abs=2.5)


@pytest.mark.parametrize(("x_m", "yaw_deg"), [(0.0, 4.0), (0.7, 49.0), (-0.7, -41.0)])
def test_a_fit_that_knows_the_heads_place_gives_the_ray(
    detector: BlazeFace, portrait: NDArray[np.uint8], x_m: float, yaw_deg: float
) -> None:
    pose = FixedPose(position=HeadPosition(x_m=x_m, y_m=0.0, z_m=-0.7))
    perception = _perception(detector, None, pose, enabled=False)
    seen = perception.observe(Frame(image=portrait, t=0.0, index=0))
    assert seen.pose_cam is not None
    assert seen.pose_cam.yaw_deg == pytest.approx(yaw_deg, abs=0.1)
    assert seen.position == pose.position


def test_no_face_is_told_with_the_image_quality(detector: BlazeFace) -> None:
    dark = np.zeros((480, 640, 3), np.uint8)
    observation = _perception(detector, None, FixedPose()).observe(_frames(dark)[0])
    assert not observation.face
    assert observation.pose is None
    assert observation.image is not None
    assert (observation.image.brightness, observation.image.contrast) == (0.0, 0.0)


def test_a_face_that_cannot_be_measured_is_a_face_without_a_pose(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    observation = _perception(detector, None, FixedPose(found=False)).observe(_frames(portrait)[0])
    assert observation.face
    assert observation.pose is observation.pose_cam is observation.eyes is None


def test_an_unsure_pose_has_the_face_looked_for_at_every_frame(
    detector: BlazeFace, portrait: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    detect = detector.detect
    monkeypatch.setattr(detector, "detect", lambda *a: looks.append(1) or detect(*a))
    perception = _perception(detector, None, FixedPose(std_deg=30.0), enabled=False)
    for frame in _frames(portrait):
        perception.observe(frame)
    assert len(looks) == 30


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((1, 640, 3), np.uint8),
        np.zeros((2000, 3, 3), np.uint8),
        np.full((480, 640), 99, np.uint8),
        np.full((480, 640, 4), 99, np.uint8),
        np.full((480, 640, 3), 9999, np.uint16),
    ],
    ids=["1x1", "a line", "a column", "grey", "alpha", "16 bit"],
)
def test_odd_images_are_observed_and_never_raise(
    detector: BlazeFace, landmarker: Landmarker, image: NDArray[np.uint8]
) -> None:
    perception = _perception(detector, landmarker, FixedPose())
    for frame in _frames(image, 0.1):
        assert perception.observe(frame).image is not None


def test_a_frame_size_that_changes_midway_is_fine(
    detector: BlazeFace, landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    perception = _perception(detector, landmarker, FixedPose())
    small = np.ascontiguousarray(cv2.resize(portrait, (200, 200)))
    for index, image in enumerate([portrait, small, portrait, small[:1, :1], portrait]):
        perception.observe(Frame(image=image, t=index * 0.2, index=index))


def test_8000_by_6000_pixels_are_one_more_picture(
    detector: BlazeFace, landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    large = np.zeros((6000, 8000, 3), np.uint8)
    part = portrait[30:330, 100:350]
    large[500:5300, 2000:6000] = cv2.resize(part, (4000, 4800))
    observation = _perception(detector, landmarker, FixedPose()).observe(
        Frame(image=large, t=0.0, index=0)
    )
    assert observation.box is not None
    assert observation.box.center == pytest.approx((2000 + 16 * 123, 500 + 16 * 89), abs=200)


def test_built_as_configured_with_a_named_pose_model(
    detector: BlazeFace, landmarker: Landmarker, mean_colour: Path, portrait: NDArray[np.uint8]
) -> None:
    del detector, landmarker  # only there to skip where the models are not installed
    perception = build_perception(
        DetectorConfig(),
        TrackingConfig(),
        PoseConfig(model=str(mean_colour), mode="network"),
        EyesConfig(),
        hfov_deg=62.0,
    )
    observation = perception.observe(Frame(image=portrait, t=0.0, index=0))
    assert observation.pose is not None
    assert observation.pose.std_deg == pytest.approx(math.e, rel=0.02)
    perception.close()


def test_a_pose_model_that_is_not_there_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.json"):
        build_perception(
            DetectorConfig(),
            TrackingConfig(),
            PoseConfig(model=str(tmp_path / "none.tflite")),
            EyesConfig(),
            hfov_deg=62.0,
        )
