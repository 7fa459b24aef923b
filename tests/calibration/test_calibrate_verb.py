"""``edge-pose calibrate``: the session, what it shows, what it measures and what it keeps."""

from __future__ import annotations

import argparse
import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from edge_pose.calibration.session import CalibrationSession
from edge_pose.capture.field_of_view import lens_in_use
from edge_pose.commands import calibrate
from edge_pose.commands.calibrate import Display, asked, prepared, told
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.config.vision import PoseConfig
from edge_pose.errors import ConfigError
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.remembered.lens import LensMemory
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.testing.heads import Head, Witness, bridge_distance_m
from edge_pose.testing.scenes import picture, scene
from edge_pose.values import EyeState, Frame, ImageQuality, Observation
from edge_pose.view.feed import SceneFeed
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import rotation_matrix

LOOKS = [(-8.0, 4.0), (-45.0, 2.0), (30.0, 3.0), (-6.0, -22.0)]
PLACE_MM = np.array([110.0, -15.0, -640.0])
TRUE_DEG = 78.0


def sat(looks: list[tuple[float, float]], seconds: float = 3.0) -> CalibrationSession:
    """A session in which the driver looks to each (yaw, pitch), one after the other."""
    session, t_s = CalibrationSession(CaptureConfig()), 0.0
    session.feed = SceneFeed()
    for yaw, pitch in looks:
        for _ in range(round(seconds * 10)):
            session.scene(scene((160, 120), t_s=t_s, yaw_deg=yaw, pitch_deg=pitch))
            t_s += 0.1
    return session


def test_a_whole_sitting_ends_with_the_neutral_pose() -> None:
    session, config = sat(LOOKS), Config()
    text = told(session, config, lens_in_use(config.camera), None)
    assert "yaw -8.0°, pitch 4.0°" in text
    assert "field of view in use: 46.8°, assumed" in text
    assert "the camera's place is good" in text


def test_the_views_show_the_guide_and_ask_for_the_distance_meanwhile() -> None:
    session = sat([(0.0, 0.0)], seconds=1.0)
    assert session.result is None
    assert session.feed is not None
    assert session.feed.notice is not None
    assert session.feed.notice.headline == "1/4  Look at the road ahead"
    assert session.feed.guide is not None
    assert session.feed.guide.lens == "Field of view: tell the distance to have it measured"


def test_without_a_terminal_each_step_is_one_line() -> None:
    out = io.StringIO()
    show = Display(out)
    show(CalibrationSession(CaptureConfig()))
    session = sat([(0.0, 0.0)], seconds=1.0)
    for _ in range(3):
        show(session)
    assert out.getvalue() == "1/4 Look at the road ahead\n"


def test_a_calibration_alerts_nobody() -> None:
    loud = Config.model_validate({"sound": {"enabled": True}, "store": {"enabled": True}})
    quiet = loud.silenced()
    assert not quiet.sound.enabled
    assert not quiet.store.enabled
    assert quiet.web == loud.web


def test_measuring_takes_a_pose_mode_that_knows_distances() -> None:
    config = Config(pose=PoseConfig(mode="network", landmarks="mesh"))
    lens = lens_in_use(config.camera)
    assert prepared(config, lens, measuring=True).pose.mode == "hybrid"
    assert prepared(config, lens, measuring=False).pose.mode == "network"


@pytest.mark.parametrize("distance_cm", [0.62, 5.0, 620.0, float("nan")])
def test_a_distance_in_another_unit_is_refused_at_once(distance_cm: float) -> None:
    with pytest.raises(ConfigError, match="centimetres"):
        asked(distance_cm)


def test_a_terminal_is_asked_until_the_answer_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["far", "620", "62,5 cm"])
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(calibrate.sys, stream, Terminal())
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert asked(None) == pytest.approx(0.625)
    monkeypatch.setattr("builtins.input", lambda _: "")
    assert asked(None) is None
    monkeypatch.setattr("builtins.input", gone)
    assert asked(None) is None


def gone(_: str) -> str:
    raise EOFError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


# ---- the whole verb, before a known camera ----------------------------------------------------


class GuidedDriver:
    """Perception of a synthetic head that does what the guide asks, before a known camera."""

    def __init__(self, *, assumed_deg: float, size: tuple[int, int], head_size: float = 1.0):
        basis = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").chosen(
            IBUG_68, identity=5, expression=5
        )
        self._witness = Witness(basis, size, true_deg=TRUE_DEG, assumed_deg=assumed_deg)
        self._shape = basis.mean * head_size

    def head(self, t_s: float) -> Head:
        yaw, pitch = LOOKS[min(int(t_s / 2.4), len(LOOKS) - 1)]
        return Head(shape=self._shape, rotation=rotation_matrix(yaw, pitch, 0.0))

    def observe(self, frame: Frame) -> Observation:
        seen = self._witness.observe(self.head(frame.t), PLACE_MM, t_s=frame.t)
        return Observation(
            t_s=seen.t_s, face=seen.face, score=seen.score, box=seen.box, pose=seen.pose,
            pose_cam=seen.pose_cam, position=seen.position,
            eyes=EyeState(left=0.9, right=0.9, mouth=0.0),
            image=ImageQuality(brightness=120.0, contrast=40.0),
        )  # fmt: skip

    def close(self) -> None:
        """Nothing to free."""


class Pictures:
    """A source of ten seconds at ten frames a second."""

    name, live, fps, frame_count = "pictures", False, 10.0, 104

    def __init__(self, size: tuple[int, int]) -> None:
        self._image, self._index = picture(*size), 0

    def open(self) -> None:
        self._index = 0

    def read(self) -> Frame | None:
        self._index += 1
        if self._index > self.frame_count:
            return None
        return Frame(image=self._image, t=self._index / self.fps, index=self._index)

    def close(self) -> None:
        """Nothing to free."""


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program before this driver instead of a camera."""
    upright: list[bool] = []

    def opened(camera: CaptureConfig, _clock: object, **_: object) -> Pictures:
        upright.append(camera.rotate in (0, 180))
        return Pictures((640, 480) if upright[-1] else (480, 640))

    def built(*_: object, hfov_deg: float, **__: object) -> GuidedDriver:
        size = (640, 480) if upright[-1] else (480, 640)
        return GuidedDriver(assumed_deg=hfov_deg, size=size)

    monkeypatch.setattr("edge_pose.live.app.open_source", opened)
    monkeypatch.setattr("edge_pose.pipeline.build_perception", built)


def calibrated(state: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    calibrate.configure(parser)
    settings = ("camera.source=v4l2:/dev/video0", "camera.fast=true", "web.enabled=false",
                f"runtime.state_dir={json.dumps(str(state))}")  # fmt: skip
    given = [word for setting in settings for word in ("--set", setting)]
    return calibrate.run(parser.parse_args([*given, *words]))


def tape_cm() -> float:
    """Bridge of the nose to lens, for a head that looks ahead."""
    driver = GuidedDriver(assumed_deg=60.0, size=(640, 480))
    return 100.0 * bridge_distance_m(driver.head(0.0), PLACE_MM)


@pytest.mark.usefixtures("driver")
def test_the_guide_measures_keeps_and_uses_the_field_of_view(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrated(tmp_path, "--distance-cm", f"{tape_cm():.1f}") == 0
    kept = LensMemory(tmp_path).load()
    assert kept is not None
    assert kept.hfov_deg == pytest.approx(TRUE_DEG, abs=1.5)
    assert 3.0 < kept.std_deg < 4.5
    neutral = NeutralMemory(tmp_path).load()
    assert neutral is not None
    assert neutral.yaw_deg == pytest.approx(LOOKS[0][0], abs=1.5)
    assert neutral.pitch_deg == pytest.approx(LOOKS[0][1], abs=1.5)
    said = capsys.readouterr().out
    assert f"in use: {kept.hfov_deg:.1f}° ± {kept.std_deg:.1f}°, calibrated" in said
    camera = CaptureConfig(source="v4l2:/dev/video0")
    assert lens_in_use(camera, kept).camera.field_of_view_deg == pytest.approx(kept.hfov_deg)


@pytest.mark.usefixtures("driver")
def test_without_a_distance_only_the_neutral_pose_is_kept(tmp_path: Path) -> None:
    assert calibrated(tmp_path) == 0
    assert LensMemory(tmp_path).load() is None
    neutral = NeutralMemory(tmp_path).load()
    assert neutral is not None
    assert abs(neutral.yaw_deg - LOOKS[0][0]) > 2.0, "a wrong lens shows a face at the side turned"


@pytest.mark.usefixtures("driver")
def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    assert calibrated(tmp_path / "state", "--dry-run", "--distance-cm", "65") == 0
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("driver")
def test_a_setting_that_contradicts_the_measurement_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--set", "camera.hfov_deg=50", "--distance-cm", f"{tape_cm():.1f}")
    assert calibrated(tmp_path, *words) == 0
    said = capsys.readouterr().out
    assert "measured: 7" in said
    assert "in use: 50.0°, set as camera.hfov_deg" in said
    assert "contradicts" in said


@pytest.mark.usefixtures("driver")
def test_a_turned_camera_is_measured_along_its_own_width(tmp_path: Path) -> None:
    words = ("--set", "camera.rotate=90", "--distance-cm", f"{tape_cm():.1f}")
    assert calibrated(tmp_path, *words) == 0
    kept = LensMemory(tmp_path).load()
    assert kept is not None
    # 78° across 480 px of height are 94.4° across 640 px of width.
    assert kept.hfov_deg == pytest.approx(94.4, abs=1.5)


def test_a_distance_told_after_the_measurement_is_not_kept_with_it() -> None:
    session, config = CalibrationSession(CaptureConfig()), Config()
    session.controls.set_distance(0.62)
    for index in range(30):
        session.scene(scene((160, 120), t_s=index / 10))
    assert session.lens is not None
    session.controls.set_distance(0.9)
    kept = calibrate.kept_lens(session, config, datetime(2026, 5, 4))
    assert kept is not None
    assert kept.distance_cm == pytest.approx(62.0)


def test_a_distance_that_cannot_be_measured_with_says_why() -> None:
    session = CalibrationSession(CaptureConfig())
    session.controls.set_distance(0.6)
    for index in range(30):
        shown = scene((160, 120), t_s=index / 10, yaw_deg=0.0)
        session.scene(replace(shown, observation=replace(shown.observation, position=None)))
    assert session.lens is None
    assert "pose.mode" in session.trouble
    assert session.view is not None
    assert "not measured" in session.view.lens
