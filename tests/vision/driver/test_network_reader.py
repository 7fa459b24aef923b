"""The driver's face read by our two networks: what is told, what is withheld, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_pose.config.vision import EyesConfig
from edge_pose.testing.faces import (
    ScriptedEyes,
    ScriptedFace,
    detection,
    mean_face,
    open_eyes,
)
from edge_pose.values import Box, EyeBaseline, HeadPose
from edge_pose.vision.driver.network_reader import NetworkReader
from edge_pose.vision.eyes.eye_network import EyesReading
from edge_pose.vision.eyes.eye_sense import EyeSense
from edge_pose.vision.face.face_network import FaceFlags
from edge_pose.vision.fit.placing import HeadPlacer
from edge_pose.vision.pose.fitted_face import FittedFacePose
from edge_pose.vision.pose.from_face import NetworkFacePose
from edge_pose.vision.pose.fusion import Trust
from edge_pose.vision.pose.landmark_fit import LandmarkFit

IMAGE = np.full((480, 640, 3), 120, np.uint8)
BOX = Box(x1=240, y1=160, x2=400, y2=320)
POSE = HeadPose(yaw_deg=12.0, pitch_deg=-6.0, roll_deg=4.0, std_deg=2.0)


def _reader(
    face: ScriptedFace,
    eyes: EyesReading | None = None,
    *,
    rate_hz: float = 30.0,
    mode: str = "network",
    remembered: EyeBaseline | None = None,
) -> tuple[NetworkReader, ScriptedEyes]:
    scripted = ScriptedEyes(eyes or open_eyes())
    network = NetworkFacePose(HeadPlacer(mean_face(), hfov_deg=62.0))
    fitter = LandmarkFit.of_68(mean_face())
    trust = Trust() if mode == "hybrid" else None
    pose = network if mode == "network" else FittedFacePose(network, fitter, trust)
    sense = EyeSense(scripted, EyesConfig(), remembered)
    return NetworkReader(face=face, pose=pose, eyes=sense, eyes_rate_hz=rate_hz), scripted


def test_one_reading_tells_all() -> None:
    reader, _ = _reader(ScriptedFace(POSE), open_eyes(yaw_deg=-9.0))
    seen = reader.read(IMAGE, detection(BOX), 0.0)
    assert seen.pose == POSE
    assert seen.box is not None
    assert seen.box.side == pytest.approx(160.0, abs=1.0)
    assert seen.presence == pytest.approx(0.99)
    assert seen.eyes is not None
    assert seen.eyes.left == pytest.approx(1.0, abs=0.05)
    assert seen.eyes.mouth is not None
    assert seen.look is not None
    assert seen.look.yaw_deg == -9.0
    assert seen.lids_closed == pytest.approx(0.01)
    assert seen.eyes_visible == pytest.approx(0.98)
    assert seen.position is not None
    assert -1.5 < seen.position.z_m < -0.3


@pytest.mark.parametrize(
    "flags",
    [
        FaceFlags(face=0.99, eye_left_visible=0.1, eye_right_visible=0.2, dark_glasses=0.97),
        FaceFlags(face=0.99, eye_left_visible=0.05, eye_right_visible=0.1, hand=0.9),
    ],
    ids=["dark glasses", "a hand"],
)
def test_hidden_eyes_give_no_number(flags: FaceFlags) -> None:
    reader, _ = _reader(ScriptedFace(POSE, flags=flags))
    seen = reader.read(IMAGE, detection(BOX), 0.0)
    assert seen.look is None
    assert seen.lids_closed is None
    assert seen.eyes is not None
    assert seen.eyes.left is seen.eyes.right is None
    assert (seen.eyes_visible or 0.0) < 0.5
    assert seen.eyes.mouth is not None


def test_a_head_far_down_hides_its_eyes() -> None:
    pose = replace(POSE, yaw_deg=0.0, pitch_deg=-38.0)
    seen = _reader(ScriptedFace(pose))[0].read(IMAGE, detection(BOX), 0.0)
    assert seen.look is seen.lids_closed is None
    assert seen.eyes_visible == 0.0


def test_one_hidden_eye_leaves_the_other() -> None:
    flags = FaceFlags(face=0.99, eye_left_visible=0.1)
    reader, _ = _reader(ScriptedFace(POSE, flags=flags))
    seen = reader.read(IMAGE, detection(BOX), 0.0)
    assert seen.eyes is not None
    assert seen.eyes.left is None
    assert seen.eyes.right is not None
    assert seen.look is not None


def test_shut_lids_have_no_gaze() -> None:
    shut = open_eyes(opening=(0.03, 0.05), shut=(0.97, 0.95))
    reader, _ = _reader(ScriptedFace(POSE), shut)
    seen = reader.read(IMAGE, detection(BOX), 0.0)
    assert seen.look is None
    assert seen.lids_closed == pytest.approx(0.96, abs=0.01)
    assert seen.eyes is not None
    assert (seen.eyes.left or 0.0) < 0.1


def test_a_wink_is_not_both_lids_shut() -> None:
    wink = open_eyes(opening=(0.03, 0.95), shut=(0.97, 0.02))
    seen = _reader(ScriptedFace(POSE), wink)[0].read(IMAGE, detection(BOX), 0.0)
    assert (seen.lids_closed or 0.0) < 0.2


def test_lids_without_a_gap_are_shut_though_the_network_is_not_sure() -> None:
    unsure = open_eyes(opening=(0.08, 0.09), shut=(0.45, 0.48))
    seen = _reader(ScriptedFace(POSE), unsure)[0].read(IMAGE, detection(BOX), 0.0)
    assert (seen.lids_closed or 0.0) > 0.6
    assert seen.look is None


def test_lowered_lids_over_a_visible_iris_look_down() -> None:
    lowered = open_eyes(opening=(0.3, 0.32), shut=(0.08, 0.1), pitch_deg=-24.0)
    seen = _reader(ScriptedFace(POSE), lowered)[0].read(IMAGE, detection(BOX), 0.0)
    assert seen.look is not None
    assert seen.look.pitch_deg == -24.0
    assert (seen.lids_closed or 0.0) < 0.2


def test_shut_eyes_from_the_first_frame_on_never_become_open() -> None:
    shut = open_eyes(opening=(0.2, 0.22), shut=(0.95, 0.95))
    reader, _ = _reader(ScriptedFace(POSE), shut)
    for frame in range(3000):
        seen = reader.read(IMAGE, detection(BOX), frame / 30)
        assert seen.eyes is not None
        assert (seen.eyes.left or 0.0) < 0.25


def test_remembered_eyes_are_the_measure_from_the_first_frame_on() -> None:
    half = open_eyes(opening=(0.5, 0.5))
    narrow = EyeBaseline(scale="eyes-network", left=0.55, right=0.55)
    known, _ = _reader(ScriptedFace(POSE), half, remembered=narrow)
    new, _ = _reader(ScriptedFace(POSE), half)
    seen = [reader.read(IMAGE, detection(BOX), 0.0).eyes for reader in (known, new)]
    assert seen[0] is not None
    assert seen[1] is not None
    assert (seen[0].left or 0) > 0.85
    assert (seen[1].left or 1) < 0.6
    known.forget()
    assert known.read(IMAGE, detection(BOX), 1.0).eyes == seen[1]


def test_what_was_remembered_on_another_scale_does_not_count() -> None:
    mesh = EyeBaseline(scale="mesh", left=0.2, right=0.2)
    reader, _ = _reader(ScriptedFace(POSE), remembered=mesh)
    seen = reader.read(IMAGE, detection(BOX), 0.0)
    assert seen.eyes is not None
    assert seen.eyes.left == pytest.approx(1.0, abs=0.05)


def test_open_eyes_are_worth_remembering_after_half_a_minute() -> None:
    reader, _ = _reader(ScriptedFace(POSE))
    for frame in range(33 * 30):
        reader.read(IMAGE, detection(BOX), frame / 30)
        if frame == 20 * 30:
            assert reader.open_eyes is None
    assert reader.open_eyes is not None
    assert reader.open_eyes.left == pytest.approx(0.95, abs=0.03)


def test_a_mask_hides_the_mouth() -> None:
    masked = ScriptedFace(POSE, flags=FaceFlags(face=0.99, mask=0.9))
    seen = _reader(masked)[0].read(IMAGE, detection(BOX), 0.0)
    assert seen.eyes is not None
    assert seen.eyes.mouth is None


def test_eyes_have_a_rate_of_their_own() -> None:
    reader, eyes = _reader(ScriptedFace(POSE), rate_hz=10.0)
    seen = [reader.read(IMAGE, detection(BOX), frame / 30) for frame in range(60)]
    assert eyes.looks == 20
    assert all(reading.eyes is not None for reading in seen)


def test_a_lost_face_takes_its_eyes_along_but_not_what_was_learned() -> None:
    reader, eyes = _reader(ScriptedFace(POSE), rate_hz=1.0)
    reader.read(IMAGE, detection(BOX), 0.0)
    reader.lost()
    reader.read(IMAGE, detection(BOX), 0.1)
    assert eyes.looks == 2


@pytest.mark.parametrize("mode", ["fit", "hybrid"])
@pytest.mark.parametrize("yaw", [-35.0, 0.0, 20.0])
def test_the_fit_finds_the_pose_that_the_landmarks_show(mode: str, yaw: float) -> None:
    pose = replace(POSE, yaw_deg=yaw)
    seen = _reader(ScriptedFace(pose), mode=mode)[0].read(IMAGE, detection(BOX), 0.0)
    assert seen.pose is not None
    assert seen.residual is not None
    assert seen.pose.yaw_deg == pytest.approx(yaw, abs=2.0)
    assert seen.pose.pitch_deg == pytest.approx(POSE.pitch_deg, abs=2.0)


def test_landmarks_that_are_no_face_leave_the_networks_pose() -> None:
    face = ScriptedFace(POSE, side_px=0.0)
    seen = _reader(face, mode="fit")[0].read(IMAGE, detection(BOX), 0.0)
    assert seen.pose == POSE
    assert seen.position is None


def test_everything_timed_has_a_name() -> None:
    reader, _ = _reader(ScriptedFace(POSE))
    names = [name for name, part, method in reader.parts() if callable(getattr(part, method))]
    assert names == ["face network", "pose", "eyes"]
