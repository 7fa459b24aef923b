"""The public API as a user writes it: stills, a stream, a clip; and what it says of wrong input."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import edge_pose
from edge_pose import (
    AlertKind,
    Config,
    ConfigError,
    DriverMonitor,
    FaceAnalyzer,
    ImageError,
    NeutralPose,
    Result,
    SourceError,
    load_config,
    watch,
)
from edge_pose.capture import demo_clip

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def portrait() -> Image:
    reader = cv2.VideoCapture(str(demo_clip()))
    _, image = reader.read()
    reader.release()
    return np.asarray(image, np.uint8)


@pytest.fixture(scope="module")
def analyze() -> FaceAnalyzer:
    return FaceAnalyzer()


@pytest.fixture(scope="module")
def drive() -> list[Result]:
    return list(watch("demo:", neutral=NeutralPose(yaw_deg=0.0, pitch_deg=-6.0)))


def test_a_face_is_found_and_measured(portrait: Image, analyze: FaceAnalyzer) -> None:
    (face,) = analyze(portrait)
    assert face.pose is not None
    assert abs(face.pose.yaw_deg) < 10
    assert face.landmarks is not None
    assert face.landmarks.shape == (68, 2)
    x, y = face.landmarks.mean(axis=0)
    assert face.box.x1 < x < face.box.x2
    assert face.box.y1 < y < face.box.y2
    assert face.eyes is not None


def test_two_faces_come_the_larger_first(portrait: Image, analyze: FaceAnalyzer) -> None:
    small = cv2.resize(portrait, None, fx=0.6, fy=0.6)
    both = np.zeros((portrait.shape[0], portrait.shape[1] + small.shape[1], 3), np.uint8)
    both[: small.shape[0], : small.shape[1]] = small
    both[:, small.shape[1] :] = portrait
    large, little = analyze(both)
    assert large.box.x1 > small.shape[1] > little.box.x2
    assert large.box.side > little.box.side


def test_a_given_box_is_measured_without_looking(portrait: Image, analyze: FaceAnalyzer) -> None:
    (found,) = analyze(portrait)
    (given,) = analyze(portrait, box=found.box)
    assert given.score is None
    assert given.pose == found.pose


def test_channel_order_grey_and_alpha(portrait: Image, analyze: FaceAnalyzer) -> None:
    (bgr,) = analyze(portrait)
    (rgb,) = analyze(np.ascontiguousarray(portrait[:, :, ::-1]), order="rgb")
    (bgra,) = analyze(np.dstack([portrait, np.full(portrait.shape[:2], 255, np.uint8)]))
    assert bgr.pose == rgb.pose == bgra.pose
    (grey,) = analyze(np.asarray(cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY), np.uint8))
    assert grey.pose is not None
    assert bgr.pose is not None
    assert abs(grey.pose.yaw_deg - bgr.pose.yaw_deg) < 5


def test_no_face_is_an_empty_answer(analyze: FaceAnalyzer) -> None:
    assert analyze(np.zeros((120, 160, 3), np.uint8)) == ()


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (np.zeros((4, 4, 3), np.float32), r"\(image \* 255\)"),
        (np.zeros((4, 4, 3), np.uint16), r"image >> 8"),
        (np.zeros((2, 4, 4, 3), np.uint8), "one image at a time"),
        (np.zeros((4, 4, 2), np.uint8), "channels last"),
        (np.zeros((0, 4, 3), np.uint8), "empty"),
        ([[0, 0], [0, 0]], "NumPy array, got list"),
        ("photo.jpg", "cv2.imread"),
        (None, "cv2.imread"),
    ],
)
def test_what_is_no_image_is_refused_with_advice(
    wrong: object, advice: str, analyze: FaceAnalyzer
) -> None:
    with pytest.raises(ImageError, match=advice):
        analyze(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=advice):
        DriverMonitor().step(wrong, 0.0)  # type: ignore[arg-type]


def test_an_unknown_order_and_a_time_that_is_none_are_refused(portrait: Image) -> None:
    with pytest.raises(ImageError, match="'bgr'"):
        FaceAnalyzer()(portrait, order="bgra")  # type: ignore[arg-type]
    with DriverMonitor() as monitor, pytest.raises(ImageError, match="monotonic"):
        monitor.step(portrait, float("nan"))


def test_watching_a_clip_tells_its_alerts(drive: list[Result]) -> None:
    kinds = {alert.kind for result in drive for alert in result.alerts}
    assert {AlertKind.GLANCE, AlertKind.DOWN, AlertKind.DROOP} <= kinds
    assert all(result.frame is not None for result in drive)


def test_stepping_images_of_ones_own_gives_the_same(drive: list[Result]) -> None:
    with DriverMonitor(neutral=NeutralPose(yaw_deg=0.0, pitch_deg=-6.0)) as monitor:
        for expected in drive[:90]:
            assert expected.frame is not None
            result = monitor.step(expected.frame.image, expected.frame.t)
            assert result.state == expected.state
        assert monitor.neutral is not None
        assert monitor.sight_statistics.seconds > 0.0


def test_a_source_that_is_not_there_is_told_at_the_call() -> None:
    with pytest.raises(SourceError, match="no such file"):
        watch("file:/no/such/drive.mp4")


@pytest.mark.parametrize(
    ("source", "words"),
    [("demo", "did you mean 'demo:'?"), ("drive.mp4", "no file of that name")],
)
def test_a_source_that_is_none_is_told_as_our_own_error(source: str, words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        watch(source)


def test_settings_of_a_file_and_of_the_call_are_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[camera]\nfps = 20\n[monitor]\npreset = 'gentle'\n")
    config = load_config(path, "camera.fps=15")
    assert (config.camera.fps, config.monitor.preset) == (15.0, "gentle")
    assert load_config() == Config()
    with pytest.raises(ConfigError, match=r"web\.prt: unknown key; did you mean 'port'\?"):
        load_config(None, "web.prt=1")


def test_a_preset_goes_under_the_configs_own_settings() -> None:
    config = edge_pose.Config.model_validate({"monitor": {"glances": {"long_s": 3.7}}})
    with DriverMonitor(preset="gentle", config=config) as monitor:
        assert monitor.config.monitor.glances.long_s == 3.7
        assert monitor.config.monitor.glances.away_s == 12.0
    with pytest.raises(ConfigError, match="preset"):
        DriverMonitor(preset="strict")  # type: ignore[arg-type]


def test_the_package_offers_its_names_and_loads_none_before_it_is_asked() -> None:
    assert set(edge_pose.__all__) <= set(dir(edge_pose))
    assert all(getattr(edge_pose, name) is not None for name in edge_pose.__all__)
    code = "import sys, edge_pose; print({'numpy', 'cv2', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    with pytest.raises(AttributeError, match="FaceAnalyser"):
        edge_pose.FaceAnalyser  # noqa: B018


SNIPPET = """
import numpy as np
from edge_pose import Alert, DriverMonitor, Face, FaceAnalyzer, Result, watch

image = np.zeros((480, 640, 3), np.uint8)
faces: tuple[Face, ...] = FaceAnalyzer()(image, order="rgb")
result: Result = DriverMonitor(preset="euro-ncap").step(image, 0.0)
alerts: list[Alert] = [alert for step in watch("drive.mp4") for alert in step.alerts]
yaw: float | None = faces[0].pose.yaw_deg if faces and faces[0].pose else None
"""


def test_a_users_code_passes_strict_type_checking(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(SNIPPET)
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
    root = Path(edge_pose.__file__).parents[1]
    done = subprocess.run(
        [*words, "--follow-imports=silent", str(script)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
