"""Which field of view is used: the config's word, the calibration's, the sensor's, a usual one."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from edge_pose.capture.field_of_view import Origin, lens_in_use
from edge_pose.commands import check
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.doctor import devices
from edge_pose.doctor.finding import Finding, Status
from edge_pose.doctor.machine import Machine
from edge_pose.errors import ConfigError
from edge_pose.remembered.lens import KeptLens, LensMemory, camera_mark
from edge_pose.testing.live_page import serving

PI = {"source": "picamera2:0"}


def kept(camera: CaptureConfig, hfov_deg: float = 48.0) -> KeptLens:
    return KeptLens(
        hfov_deg=hfov_deg, std_deg=2.5, distance_cm=62.0, camera=camera_mark(camera),
        day="2026-05-04",
    )  # fmt: skip


def wide() -> list[str]:
    return ["imx708_wide"]


def test_a_usual_lens_is_assumed_where_nothing_is_known() -> None:
    lens = lens_in_use(CaptureConfig(source="v4l2:/dev/video0"))
    assert lens.origin is Origin.ASSUMED
    assert "calibrate --distance-cm" in lens.words


def test_the_sensor_names_its_module() -> None:
    lens = lens_in_use(CaptureConfig(**PI, width=1280, height=720), sensors=wide)
    assert lens.origin is Origin.SENSOR
    assert lens.camera.field_of_view_deg == pytest.approx(102.0)
    for source in ("picamera2:1", "v4l2:/dev/video0"):
        assert lens_in_use(CaptureConfig(source=source), sensors=wide).origin is Origin.ASSUMED
    assert lens_in_use(CaptureConfig(**PI), sensors=lambda: ["new"]).origin is Origin.ASSUMED


def test_a_calibration_wins_over_what_the_sensor_says() -> None:
    camera = CaptureConfig(**PI)
    lens = lens_in_use(camera, kept(camera), wide)
    assert lens.origin is Origin.CALIBRATED
    assert lens.camera.field_of_view_deg == pytest.approx(48.0)
    assert lens.words == "48.0° ± 2.5°, calibrated 2026-05-04 at 62 cm"


@pytest.mark.parametrize(
    ("setting", "origin"),
    [({"hfov_deg": 70.0}, Origin.CONFIG), ({"module": "pi-v3-wide"}, Origin.MODULE)],
)
def test_the_config_wins_and_a_contradiction_is_told(
    setting: dict[str, object], origin: Origin
) -> None:
    camera = CaptureConfig.model_validate({**PI, **setting, "width": 640, "height": 360})
    lens = lens_in_use(camera, kept(camera), wide)
    assert lens.origin is origin
    assert lens.camera == camera
    assert lens.conflict == "the calibration of 2026-05-04 measured 48.0° ± 2.5°"
    agreeing = kept(camera, hfov_deg=lens.camera.field_of_view_deg - 3.0)
    assert not lens_in_use(camera, agreeing, wide).conflict


@pytest.mark.parametrize(
    "change", [{"source": "picamera2:1"}, {"width": 640, "height": 360}], ids=["source", "shape"]
)
def test_another_camera_or_another_cut_is_not_calibrated(change: dict[str, object]) -> None:
    camera = CaptureConfig(**PI)
    other = camera.model_copy(update=change)
    assert lens_in_use(other, kept(camera), list).origin is Origin.ASSUMED
    larger = camera.model_copy(update={"width": 1280, "height": 960})
    assert lens_in_use(larger, kept(camera)).origin is Origin.CALIBRATED


def test_a_turned_camera_keeps_its_calibration_along_its_own_width() -> None:
    camera = CaptureConfig(**PI, rotate=90)
    lens = lens_in_use(camera, kept(camera))
    assert lens.words.startswith("48.0°")
    assert lens.camera.field_of_view_deg == pytest.approx(36.9, abs=0.1)


def test_a_measurement_survives_the_drive(tmp_path: Path) -> None:
    lens = kept(CaptureConfig(**PI))
    LensMemory(tmp_path / "state").save(lens)
    assert LensMemory(tmp_path / "state").load() == lens
    assert LensMemory(tmp_path).load() is None


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"hfov_deg": 60}',
        '{"hfov_deg": 500, "std_deg": 3, "distance_cm": 60, "camera": "", "day": ""}',
        '{"hfov_deg": 60, "std_deg": NaN, "distance_cm": 60, "camera": "", "day": ""}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_ignored(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "lens.json").write_text(text)
    assert LensMemory(tmp_path).load() is None
    assert "calibrate again" in caplog.text


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(ConfigError, match=r"runtime\.state_dir"):
        LensMemory(tmp_path / "state").save(kept(CaptureConfig()))


def test_the_kept_file_names_no_address(tmp_path: Path) -> None:
    camera = CaptureConfig(source="rtsp://user:hunter2@cam.local/live")
    LensMemory(tmp_path).save(kept(camera))
    assert "hunter2" not in (tmp_path / "lens.json").read_text()


# ---- who shows it -----------------------------------------------------------------------------


def examined(state: Path, **camera: object) -> list[Finding]:
    config = Config.model_validate({"camera": camera, "runtime": {"state_dir": str(state)}})
    return list(devices.check_lens(Machine(state), config))


def test_the_doctor_says_which_field_of_view_and_doubts_guesses(tmp_path: Path) -> None:
    usb = CaptureConfig(source="v4l2:/dev/video0")
    (guess,) = examined(tmp_path, source=usb.source)
    assert guess.status is Status.WARN
    assert "--distance-cm" in guess.fix
    LensMemory(tmp_path).save(kept(usb))
    (measured,) = examined(tmp_path, source=usb.source)
    assert measured.status is Status.OK
    assert measured.text == "48.0° ± 2.5°, calibrated 2026-05-04 at 62 cm"
    (conflict,) = examined(tmp_path, source=usb.source, hfov_deg=75)
    assert conflict.status is Status.WARN
    assert "75.0°, set as camera.hfov_deg, but the calibration" in conflict.text
    assert examined(tmp_path, source="demo:") == []


def test_check_prints_it_as_a_comment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    LensMemory(tmp_path).save(kept(CaptureConfig(source="v4l2:/dev/video0")))
    parser = argparse.ArgumentParser()
    check.configure(parser)
    state, source = f"runtime.state_dir={tmp_path}", "camera.source=v4l2:/dev/video0"
    assert check.run(parser.parse_args(["--set", state, "--set", source])) == 0
    assert "# field of view in use: 48.0° ± 2.5°, calibrated" in capsys.readouterr().out


def test_the_pages_settings_show_what_is_in_use() -> None:
    notes = {"camera.hfov_deg": "in use: 48.0°"}
    with serving(settings=Config(), notes=notes) as rig:
        rows = {row["key"]: row for row in rig.json("/api/settings")["settings"]}
    assert rows["camera.hfov_deg"]["note"] == "in use: 48.0°"
    assert rows["camera.module"]["note"] == ""
