"""The neutral pose between drives: kept, damaged, unwritable, forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_pose.errors import ConfigError
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.values import NeutralPose

POSE = NeutralPose(yaw_deg=-36.25, pitch_deg=4.5)


def test_a_new_device_remembers_nothing(tmp_path: Path) -> None:
    assert NeutralMemory(tmp_path).load() is None


def test_a_confirmed_pose_survives_the_drive(tmp_path: Path) -> None:
    NeutralMemory(tmp_path / "state").save(POSE)
    assert NeutralMemory(tmp_path / "state").load() == POSE


def test_a_provisional_pose_is_not_kept(tmp_path: Path) -> None:
    NeutralMemory(tmp_path).save(NeutralPose(yaw_deg=1.0, pitch_deg=2.0, confirmed=False))
    assert NeutralMemory(tmp_path).load() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"yaw_deg": 1}', '{"yaw_deg": "x"}'])
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
