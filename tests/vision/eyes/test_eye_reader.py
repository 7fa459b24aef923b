"""Eyes and mouth from a mesh whose lids the test opens and shuts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_pose.config.vision import EyesConfig
from edge_pose.values import EyeState, HeadPose, Landmarks
from edge_pose.vision.eyes.eye_reader import EyeReader
from edge_pose.vision.eyes.lids import LEFT_EYE, RIGHT_EYE, eye_aspect_ratio, mouth_openness
from edge_pose.vision.eyes.open_eye import OpenEye
from edge_pose.vision.geometry import rotation_matrix

AHEAD = HeadPose(yaw_deg=0, pitch_deg=0, roll_deg=0)
EYE_PX = 40.0


SKIN = np.random.default_rng(1).integers(120, 220, (300, 300, 3), np.uint8)


def _skin(dark_eyes: bool = False) -> NDArray[np.uint8]:
    """A bright textured picture; with dark patches where the mesh's eyes are, if wanted."""
    image = SKIN.copy()
    if dark_eyes:
        image[80:120, 40:260] //= 12
    return image


def _mesh(ear: float, gap: float = 0.0, score: float = 1.0) -> Landmarks:
    """A flat mesh with both eyes of this aspect ratio and a mouth of this gap by width."""
    points = np.full((468, 3), (150.0, 150.0, 0.0), np.float32)
    for eye, x in ((RIGHT_EYE, 100.0), (LEFT_EYE, 200.0)):
        side = -1.0 if eye == RIGHT_EYE else 1.0
        half = ear * EYE_PX / 2
        offsets = [(20, 0), (7, -half), (-7, -half), (-20, 0), (-7, half), (7, half)]
        for vertex, (dx, dy) in zip(eye, offsets, strict=True):
            points[vertex, :2] = (x + side * dx, 100 + dy)
    points[[50, 280], :2] = [(90, 150), (210, 150)]  # cheeks
    points[[78, 308], :2] = [(125, 220), (175, 220)]
    points[[13, 14], :2] = [(150, 220 - 25 * gap), (150, 220 + 25 * gap)]
    return Landmarks(points=points, score=score)


def _watch(reader: EyeReader, ears: list[float], pose: HeadPose = AHEAD) -> EyeState:
    state = EyeState()
    for ear in ears:
        state = reader.read(SKIN, _mesh(ear), pose)
    return state


@pytest.mark.parametrize("usual", [0.20, 0.26, 0.33])
def test_openness_is_relative_to_this_drivers_own_open_eye(usual: float) -> None:
    reader = EyeReader(EyesConfig())
    _watch(reader, [usual] * 80)
    shut = _watch(reader, [0.5 * usual])
    assert shut.left == shut.right == 0.0
    opened = _watch(reader, [usual])
    assert opened.left == pytest.approx(1.0, abs=0.12)
    half = _watch(reader, [0.8 * usual])
    assert 0.3 < (half.left or 0) < 0.8


def test_the_open_eye_baseline_does_not_sink_with_a_sleeper() -> None:
    reader = EyeReader(EyesConfig())
    _watch(reader, [0.28] * 310)
    asleep = _watch(reader, [0.14] * 1000)
    assert asleep.left == 0.0
    drooping = _watch(reader, [0.2] * 600)
    assert (drooping.left or 1) < 0.6


def test_blinks_do_not_move_the_baseline() -> None:
    eye = OpenEye()
    for _ in range(300):
        for ratio in (0.26, 0.26, 0.26, 0.27, 0.12):
            eye.learn(ratio)
    assert eye.ratio == pytest.approx(0.265, abs=0.015)


@given(st.lists(st.floats(0.0, 3.0, allow_nan=False), max_size=60), st.floats(0, 2))
def test_openness_stays_in_range_whatever_was_seen(ratios: list[float], now: float) -> None:
    eye = OpenEye()
    for ratio in ratios:
        eye.learn(ratio)
    assert 0.0 <= eye.openness(now, 0.53) <= 1.0


@given(st.floats(-45, 45), st.floats(-25, 25))
def test_the_ratio_survives_a_turn_of_the_head(yaw: float, roll: float) -> None:
    mesh = _mesh(0.27)
    turned = mesh.points @ (rotation_matrix(yaw, 0, roll) * [1, -1, -1]).T * [1, -1, -1]
    for eye in (RIGHT_EYE, LEFT_EYE):
        assert eye_aspect_ratio(turned.astype(np.float32), eye, 0.0) == pytest.approx(
            0.27, rel=0.02
        )


def test_the_eye_that_turns_away_is_not_measured_first() -> None:
    """Nose to image left (yaw > 0) hides the person's right eye."""
    reader = EyeReader(EyesConfig())
    state = _watch(reader, [0.27], HeadPose(yaw_deg=47, pitch_deg=0, roll_deg=0))
    assert state.right is None
    assert state.left is not None
    state = _watch(reader, [0.27], HeadPose(yaw_deg=-47, pitch_deg=0, roll_deg=0))
    assert state.left is None
    assert state.right is not None


def test_profile_measures_nothing() -> None:
    profile = HeadPose(yaw_deg=62, pitch_deg=0, roll_deg=0)
    assert _watch(EyeReader(EyesConfig()), [0.27], profile) == EyeState()


@pytest.mark.parametrize(
    ("yaw", "pitch", "measured"),
    [(0, -24, True), (0, -30, False), (35, -8, True), (35, -24, False), (0, 30, False)],
)
def test_turned_and_down_at_once_is_less_than_each_alone(
    yaw: float, pitch: float, measured: bool
) -> None:
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=0)
    assert (_watch(EyeReader(EyesConfig()), [0.27], pose).left is not None) == measured


def test_dark_glasses_are_not_closed_eyes() -> None:
    state = EyeReader(EyesConfig()).read(_skin(dark_eyes=True), _mesh(0.12), AHEAD)
    assert state.left is None
    assert state.right is None
    assert state.mouth is not None


def test_a_blurred_eye_is_not_measured() -> None:
    flat = np.full((300, 300, 3), 150, np.uint8)
    assert EyeReader(EyesConfig()).read(flat, _mesh(0.27), AHEAD).left is None


def test_a_doubtful_mesh_measures_nothing() -> None:
    assert EyeReader(EyesConfig()).read(_skin(), _mesh(0.27, score=0.3), AHEAD) == EyeState()


def test_eyes_outside_the_picture_are_not_measured() -> None:
    state = EyeReader(EyesConfig()).read(_skin()[:60], _mesh(0.27), AHEAD)
    assert state.left is None
    assert state.right is None


def test_another_driver_starts_anew() -> None:
    reader = EyeReader(EyesConfig())
    _watch(reader, [0.36] * 400)
    narrow = _watch(reader, [0.2])
    reader.forget()
    assert (_watch(reader, [0.2] * 40).left or 0) > (narrow.left or 0) + 0.3


@pytest.mark.parametrize(("gap", "low", "high"), [(0.0, 0, 0), (0.3, 0.2, 0.6), (0.8, 1, 1)])
def test_the_mouth_runs_from_closed_to_wide(gap: float, low: float, high: float) -> None:
    assert low <= mouth_openness(_mesh(0.27, gap=gap).points) <= high
