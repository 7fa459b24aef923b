"""The table of real clips against their reference traces."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.model.data.datasets import MissingData
from deploy.model.evaluation.clips import line, observed
from edge_pose.config.vision import PoseConfig


@pytest.mark.shared
def test_a_turning_head_is_followed(shared_dir: Path) -> None:
    cells = line(shared_dir / "clips", "incluit_lookaway_3", PoseConfig(mode="network")).split()
    assert int(cells[1]) >= 20
    assert max(float(cell) for cell in cells[2:5]) < 5.0
    assert cells[-1] == "100.0%"


def test_a_trace_without_its_clip_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="drive"):
        next(observed(tmp_path, "drive", PoseConfig(mode="network")))
