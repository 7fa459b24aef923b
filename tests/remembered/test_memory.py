"""The neutral pose between drives: kept, damaged, unwritable, forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edge_pose.config.neutral import NeutralConfig
from edge_pose.errors import ConfigError
from edge_pose.remembered.heartbeat import Heartbeat
from edge_pose.remembered.lens import LensMemory
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.remembered.open_eye import OpenEyeMemory
from edge_pose.testing.clock import FakeClock
from edge_pose.values import EyeBaseline, NeutralPose

POSE = NeutralPose(yaw_deg=-36.25, pitch_deg=4.5)


def test_a_new_device_remembers_nothing(tmp_path: Path) -> None:
    assert NeutralMemory(tmp_path).load() is None


def test_a_confirmed_pose_survives_the_drive(tmp_path: Path) -> None:
    NeutralMemory(tmp_path / "state").save(POSE)
    assert NeutralMemory(tmp_path / "state").load() == POSE


def test_a_provisional_pose_is_not_kept(tmp_path: Path) -> None:
    NeutralMemory(tmp_path).save(NeutralPose(yaw_deg=1.0, pitch_deg=2.0, confirmed=False))
    assert NeutralMemory(tmp_path).load() is None


IMPOSSIBLE = [
    "NaN", "Infinity", "-Infinity", "1e308", "61", "-61", "true", '"3"', "null", "[]",
    "1" + 400 * "0", "-1" + 400 * "0",
]  # fmt: skip


@pytest.mark.parametrize("value", IMPOSSIBLE)
@pytest.mark.parametrize("key", ["yaw_deg", "pitch_deg"])
def test_a_pose_that_nobody_can_have_is_refused_and_said(
    tmp_path: Path, key: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = {"yaw_deg": "pitch_deg", "pitch_deg": "yaw_deg"}[key]
    (tmp_path / "neutral.json").write_text(f'{{"{key}": {value}, "{other}": 1.0}}')
    assert NeutralMemory(tmp_path).load() is None
    assert key in caplog.text


def test_a_pose_beyond_the_configured_limits_is_refused(tmp_path: Path) -> None:
    NeutralMemory(tmp_path).keep(POSE)
    assert NeutralMemory(tmp_path, NeutralConfig(yaw_limit_deg=30.0)).load() is None


@pytest.mark.parametrize("value", IMPOSSIBLE)
@pytest.mark.parametrize("key", ["hfov_deg", "std_deg", "distance_cm"])
def test_a_lens_that_cannot_exist_is_refused(tmp_path: Path, key: str, value: str) -> None:
    fields = {"hfov_deg": 60.0, "std_deg": 2.0, "distance_cm": 62.0, "camera": "x", "day": "y"}
    text = json.dumps(fields).replace(f'"{key}": {fields[key]}', f'"{key}": {value}')
    (tmp_path / "lens.json").write_text(text)
    possible = (key == "hfov_deg" and value == "61") or (key == "distance_cm" and value == "61")
    assert (LensMemory(tmp_path).load() is not None) is possible


@pytest.mark.parametrize("value", [*IMPOSSIBLE, "0.0", "-0.3"])
@pytest.mark.parametrize("key", ["left", "right"])
def test_an_open_eye_that_cannot_exist_is_refused(tmp_path: Path, key: str, value: str) -> None:
    other = {"left": "right", "right": "left"}[key]
    text = f'{{"scale": "mesh", "{key}": {value}, "{other}": 0.3}}'
    (tmp_path / "open_eye.json").write_text(text)
    assert OpenEyeMemory(tmp_path).load() is None


def test_open_eyes_survive_the_drive_and_small_changes_are_not_written(tmp_path: Path) -> None:
    eyes = EyeBaseline(scale="mesh", left=0.31, right=0.28)
    memory = OpenEyeMemory(tmp_path / "state")
    memory.save(eyes)
    assert OpenEyeMemory(tmp_path / "state").load() == eyes
    (tmp_path / "state" / "open_eye.json").unlink()
    memory.save(replace(eyes, left=0.312))
    assert OpenEyeMemory(tmp_path / "state").load() is None
    memory.save(replace(eyes, left=0.35))
    memory.forget()
    assert OpenEyeMemory(tmp_path / "state").load() is None


DAMAGED = ["", "{", "[]", '{"yaw_deg": 1}', '{"yaw_deg": "x"}', "[" * 100_000, "[" * 60_000]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "neutral.json").write_text(text)
    assert NeutralMemory(tmp_path).load() is None


def test_small_moves_do_not_wear_the_card(tmp_path: Path) -> None:
    memory = NeutralMemory(tmp_path)
    memory.save(POSE)
    (tmp_path / "neutral.json").unlink()
    memory.save(NeutralPose(yaw_deg=POSE.yaw_deg + 0.3, pitch_deg=POSE.pitch_deg))
    assert not (tmp_path / "neutral.json").exists()


def test_a_place_that_cannot_be_written_only_warns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    NeutralMemory(tmp_path / "state").save(POSE)
    assert "cannot be saved" in caplog.text


def test_a_calibration_that_cannot_be_kept_is_an_error_even_beside_an_old_one(
    tmp_path: Path,
) -> None:
    NeutralMemory(tmp_path).save(POSE)
    (tmp_path / "neutral.part").mkdir()
    with pytest.raises(ConfigError, match=r"runtime\.state_dir"):
        NeutralMemory(tmp_path).keep(NeutralPose(yaw_deg=30.0, pitch_deg=0.0))
    assert NeutralMemory(tmp_path).load() == POSE


def test_forgetting_deletes_the_file(tmp_path: Path) -> None:
    memory = NeutralMemory(tmp_path)
    memory.save(POSE)
    memory.forget()
    assert memory.load() is None


def test_a_program_that_was_killed_leaves_word_and_one_that_ended_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    clock = FakeClock(500.0)
    killed = Heartbeat(tmp_path, clock)
    assert killed.gap_s() is None
    for _ in range(20):
        clock.advance(1.0)
        killed.beat()
    clock.advance(30.0)
    assert Heartbeat(tmp_path, clock).gap_s() == pytest.approx(31.0, abs=1.1)
    killed.end()
    assert Heartbeat(tmp_path, clock).gap_s() is None


@pytest.mark.parametrize("text", ["", "x", "another-boot 501.0", "a b c", "- nan", "\xff"])
def test_a_word_of_another_start_or_none_at_all_is_no_gap(tmp_path: Path, text: str) -> None:
    (tmp_path / "last-alive").write_text(text, encoding="latin-1")
    assert Heartbeat(tmp_path, FakeClock(510.0)).gap_s() is None


@pytest.mark.parametrize("seconds", ["-inf", "inf", "nan", "-1e308", "-5", "1e12", "1_0", "x"])
def test_a_last_word_that_no_clock_can_have_given_is_no_gap(tmp_path: Path, seconds: str) -> None:
    """A gap without end would make dates that no output can write."""
    clock = FakeClock(1000.0)
    Heartbeat(tmp_path, clock).beat()
    clock.advance(30.0)
    file = tmp_path / "last-alive"
    boot, _ = file.read_text().split()
    assert Heartbeat(tmp_path, clock).gap_s() == pytest.approx(30.0)
    file.write_text(f"{boot} {seconds}")
    gap_s = Heartbeat(tmp_path, clock).gap_s()
    assert gap_s is None or 0.0 <= gap_s <= clock.elapsed()
