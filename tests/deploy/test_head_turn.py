"""The shipped network on a real head turned to profile."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.model.data.datasets import MissingData
from deploy.model.evaluation.head_turn import head_turn
from edge_pose.models import HEAD_POSE, find


@pytest.mark.shared
def test_yaw_holds_out_to_profile_on_video(shared_dir: Path) -> None:
    found = head_turn(find(HEAD_POSE.name), shared_dir / "clips")
    assert found.numbers["45-60"]["count"] >= 40
    assert all(numbers["yaw"] <= 5.0 for numbers in found.numbers.values())
    assert found.lines[-1].endswith(": 0")


def test_a_missing_clip_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="headturn"):
        head_turn(find(HEAD_POSE.name), tmp_path)
