"""The network whose published speed the Pi estimate leans on can be made anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore")]


def test_both_reference_files_are_written_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    from deploy.device.speed import reference
    from deploy.model.export.runner import Runner

    monkeypatch.setattr(reference, "SIZE", 96)
    monkeypatch.setattr(sys, "argv", ["reference", str(tmp_path)])
    reference.main()
    for name in ("int8", "float32"):
        runner = Runner(tmp_path / f"mobilenet_v2_{name}.tflite")
        seen = runner.run_all({"image": np.zeros((1, 96, 96, 3), np.float32)})
        assert seen["pose"].shape == (1, 1000)
