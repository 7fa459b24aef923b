"""Perception on our own networks: gaze through the ray, dark and odd frames, one face and two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.config.vision import EyesConfig, TrackingConfig
from edge_pose.testing.faces import ScriptedEyes, ScriptedFace, detection, mean_face, open_eyes
from edge_pose.values import Box, Frame, HeadPose, Observation
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.driver.network_reader import NetworkReader
from edge_pose.vision.eyes.eye_network import EyesReading
from edge_pose.vision.eyes.eye_sense import EyeSense
from edge_pose.vision.face.face_network import FaceFlags
from edge_pose.vision.fit.placing import HeadPlacer
from edge_pose.vision.perception import Perception
from edge_pose.vision.pose.from_face import NetworkFacePose
from edge_pose.vision.tracking.driver_tracker import DriverTracker

IMAGE = np.full((480, 640, 3), 120, np.uint8)
AHEAD = HeadPose(yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, std_deg=2.0)


class Boxes:
    """A detector that always finds these."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self.boxes = boxes

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        del image, within
        return [detection(box) for box in self.boxes]


def _box(x: float, y: float = 240.0, side: float = 160.0) -> Box:
    return Box(x1=x - side / 2, y1=y - side / 2, x2=x + side / 2, y2=y + side / 2)


def _perception(
    face: ScriptedFace, boxes: Sequence[Box], eyes: EyesReading | None = None
) -> Perception:
    reader = NetworkReader(
        face=face,
        pose=NetworkFacePose(HeadPlacer(mean_face(), hfov_deg=62.0)),
        eyes=EyeSense(ScriptedEyes(eyes or open_eyes()), EyesConfig()),
        eyes_rate_hz=30.0,
    )
    return Perception(
        tracker=DriverTracker(Boxes(boxes), TrackingConfig()),
        reader=reader,
        recheck_std_deg=12.0,
        hfov_deg=62.0,
    )


def _seen(face: ScriptedFace, eyes: EyesReading | None = None) -> Observation:
    box = _box(*face.center)
    return _perception(face, [box], eyes).observe(Frame(image=IMAGE, t=0.0, index=0))


def test_eyes_straight_in_the_head_look_where_the_head_does() -> None:
    seen = _seen(ScriptedFace(HeadPose(yaw_deg=20, pitch_deg=-10, roll_deg=5, std_deg=2.0)))
    assert seen.gaze is not None
    assert seen.pose_cam is not None
    assert seen.gaze.yaw_deg == pytest.approx(seen.pose_cam.yaw_deg, abs=1e-6)
    assert seen.gaze.pitch_deg == pytest.approx(seen.pose_cam.pitch_deg, abs=1e-6)
    assert (seen.gaze.std_deg or 0.0) > 3.0


@pytest.mark.parametrize(("x", "sign"), [(120.0, -1.0), (520.0, 1.0)])
def test_the_ray_turns_head_and_gaze_alike(x: float, sign: float) -> None:
    """A face at the right of the picture that its crop shows frontally looks to image left."""
    seen = _seen(ScriptedFace(AHEAD, center=(x, 240.0)), open_eyes(yaw_deg=10.0))
    assert seen.pose_cam is not None
    assert seen.gaze is not None
    ray = np.degrees(np.arctan2(200.0, 640 / 2 / np.tan(np.radians(31.0))))
    assert seen.pose_cam.yaw_deg == pytest.approx(sign * ray, abs=1.5)
    assert seen.gaze.yaw_deg - seen.pose_cam.yaw_deg == pytest.approx(10.0, abs=0.5)


def test_the_mirrored_driver_looks_to_the_other_side() -> None:
    pose = HeadPose(yaw_deg=15, pitch_deg=-5, roll_deg=8, std_deg=2.0)
    other = HeadPose(yaw_deg=-15, pitch_deg=-5, roll_deg=-8, std_deg=2.0)
    one = _seen(ScriptedFace(pose, center=(200, 220)), open_eyes(yaw_deg=12.0, pitch_deg=-4.0))
    two = _seen(ScriptedFace(other, center=(440, 220)), open_eyes(yaw_deg=-12.0, pitch_deg=-4.0))
    assert one.gaze is not None
    assert two.gaze is not None
    assert two.gaze.yaw_deg == pytest.approx(-one.gaze.yaw_deg, abs=0.6)
    assert two.gaze.pitch_deg == pytest.approx(one.gaze.pitch_deg, abs=0.6)


def test_dark_glasses_take_the_gaze_and_nothing_else() -> None:
    flags = FaceFlags(face=0.99, eye_left_visible=0.05, eye_right_visible=0.05, dark_glasses=0.98)
    seen = _seen(ScriptedFace(AHEAD, flags=flags))
    assert seen.gaze is seen.lids_closed is None
    assert seen.pose is not None
    assert (seen.eyes_visible or 0.0) < 0.5


def test_the_crop_follows_the_landmarks() -> None:
    face = ScriptedFace(AHEAD, center=(300.0, 240.0))
    perception = _perception(face, [_box(320.0)])
    for index in range(3):
        perception.observe(Frame(image=IMAGE, t=index / 30, index=index))
    assert face.boxes[0].center[0] == 320.0
    assert face.boxes[-1].center[0] == pytest.approx(300.0, abs=1.0)


def test_of_two_faces_the_larger_is_the_driver() -> None:
    face = ScriptedFace(AHEAD, center=(420.0, 240.0))
    seen = _perception(face, [_box(100.0, side=70.0), _box(420.0)]).observe(
        Frame(image=IMAGE, t=0.0, index=0)
    )
    assert seen.box is not None
    assert seen.box.center[0] == pytest.approx(420.0)


def test_no_face_leaves_everything_unmeasured() -> None:
    seen = _perception(ScriptedFace(AHEAD), []).observe(Frame(image=IMAGE, t=0.0, index=0))
    assert not seen.face
    assert seen.gaze is seen.pose is seen.eyes is seen.lids_closed is seen.eyes_visible is None


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((480, 640, 3), np.uint8),
        np.full((480, 640), 99, np.uint8),
        np.full((480, 640, 4), 99, np.uint8),
        np.full((480, 640, 3), 9999, np.uint16),
        np.zeros((1, 1, 3), np.uint8),
    ],
    ids=["dark", "grey", "alpha", "16 bit", "1x1"],
)
def test_odd_frames_are_observed(image: NDArray[np.uint8]) -> None:
    perception = _perception(ScriptedFace(AHEAD), [_box(320.0)])
    for index in range(3):
        seen = perception.observe(Frame(image=image, t=index / 30, index=index))
        assert seen.image is not None
