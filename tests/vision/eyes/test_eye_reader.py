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


class Watcher:
    """Shows one reader eyes of given aspect ratios, ten a second."""

    def __init__(self) -> None:
        self.reader, self.t_s = EyeReader(EyesConfig()), 0.0

    def watch(self, ears: list[float], pose: HeadPose = AHEAD) -> EyeState:
        state = EyeState()
        for ear in ears:
            self.t_s += 0.1
            state = self.reader.read(SKIN, _mesh(ear), pose, self.t_s)
        return state


def _read(image: NDArray[np.uint8], mesh: Landmarks, pose: HeadPose = AHEAD) -> EyeState:
    return EyeReader(EyesConfig()).read(image, mesh, pose, 0.0)


def _awake(ear: float, seconds: float) -> list[float]:
    """An open eye that blinks for 0.2 s every four seconds."""
    return [0.5 * ear if i % 40 in (20, 21) else ear for i in range(round(10 * seconds))]


@pytest.mark.parametrize("usual", [0.20, 0.26, 0.33])
def test_openness_is_relative_to_this_drivers_own_open_eye(usual: float) -> None:
    driver = Watcher()
    driver.watch(_awake(usual, 60))
    shut = driver.watch([0.5 * usual])
    assert shut.left == shut.right == 0.0
    opened = driver.watch([usual])
    assert opened.left == pytest.approx(1.0, abs=0.12)
    half = driver.watch([0.8 * usual])
    assert 0.3 < (half.left or 0) < 0.8


@pytest.mark.parametrize("shut", [0.05, 0.12, 0.155])
def test_lids_shut_from_the_first_frame_on_stay_shut(shut: float) -> None:
    """As after a restart beside a sleeper: sleep that is told must not end by itself."""
    driver = Watcher()
    for _ in range(60):
        state = driver.watch([shut + 0.01 * (i % 2) for i in range(10)])
        assert state.left is not None
        assert state.left < 0.2


def test_shut_lids_behind_glasses_are_not_learned_without_a_blink() -> None:
    driver = Watcher()
    before = driver.watch([0.2])
    after = driver.watch([0.2, 0.21, 0.19] * 300)
    assert after.left == pytest.approx(before.left, abs=0.1)


def test_the_open_eye_baseline_does_not_sink_with_a_sleeper() -> None:
    driver = Watcher()
    driver.watch([0.28] * 310)
    asleep = driver.watch([0.14] * 1000)
    assert asleep.left == 0.0
    drooping = driver.watch([0.2] * 600)
    assert (drooping.left or 1) < 0.6


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
    driver = Watcher()
    state = driver.watch([0.27], HeadPose(yaw_deg=47, pitch_deg=0, roll_deg=0))
    assert state.right is None
    assert state.left is not None
    state = driver.watch([0.27], HeadPose(yaw_deg=-47, pitch_deg=0, roll_deg=0))
    assert state.left is None
    assert state.right is not None


def test_profile_measures_nothing() -> None:
    profile = HeadPose(yaw_deg=62, pitch_deg=0, roll_deg=0)
    assert Watcher().watch([0.27], profile) == EyeState()


@pytest.mark.parametrize(
    ("yaw", "pitch", "measured"),
    [(0, -24, True), (0, -30, False), (35, -8, True), (35, -24, False), (0, 30, False)],
)
def test_turned_and_down_at_once_is_less_than_each_alone(
    yaw: float, pitch: float, measured: bool
) -> None:
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=0)
    assert (Watcher().watch([0.27], pose).left is not None) == measured


def test_dark_glasses_are_not_closed_eyes() -> None:
    state = _read(_skin(dark_eyes=True), _mesh(0.12))
    assert state.left is None
    assert state.right is None
    assert state.mouth is not None


def test_a_blurred_eye_is_not_measured() -> None:
    flat = np.full((300, 300, 3), 150, np.uint8)
    assert _read(flat, _mesh(0.27)).left is None


def test_a_doubtful_mesh_measures_nothing() -> None:
    assert _read(_skin(), _mesh(0.27, score=0.3)) == EyeState()


def test_eyes_outside_the_picture_are_not_measured() -> None:
    state = _read(_skin()[:60], _mesh(0.27))
    assert state.left is None
    assert state.right is None


def test_another_driver_starts_anew() -> None:
    driver = Watcher()
    driver.watch([0.36] * 400)
    narrow = driver.watch([0.2])
    driver.reader.forget()
    assert (driver.watch(_awake(0.2, 30)).left or 0) > (narrow.left or 0) + 0.3


@pytest.mark.parametrize(("gap", "low", "high"), [(0.0, 0, 0), (0.3, 0.2, 0.6), (0.8, 1, 1)])
def test_the_mouth_runs_from_closed_to_wide(gap: float, low: float, high: float) -> None:
    assert low <= mouth_openness(_mesh(0.27, gap=gap).points) <= high
