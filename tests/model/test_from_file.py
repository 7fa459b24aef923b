"""The face network begins where the shipped head-pose file ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("ai_edge_litert")

from deploy.model.export.runner import Runner  # noqa: E402
from deploy.model.training.face_loss import geodesic, rotation_from_6d  # noqa: E402
from deploy.model.training.from_file import begun  # noqa: E402

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore")]

FILE = Path(__file__).parents[2] / "edge_pose" / "models" / "head_pose_int8.tflite"


def soft_pictures(count: int, side: int) -> np.ndarray:
    """(N, side, side, 3) from -1 to 1: large spots, so that no pixel decides."""
    coarse = np.random.default_rng(0).uniform(-1, 1, (count, 5, 5, 3)).astype(np.float32)
    grown = torch.nn.functional.interpolate(
        torch.from_numpy(coarse).permute(0, 3, 1, 2), size=(side, side), mode="bicubic"
    )
    return grown.clamp(-1, 1).permute(0, 2, 3, 1).numpy()


def test_it_says_what_the_file_says() -> None:
    runner = Runner(FILE)
    ((name, detail),) = runner.inputs.items()
    images = soft_pictures(24, int(detail["shape"][1]))
    crops = torch.from_numpy(images).permute(0, 3, 1, 2)
    network = begun(FILE, crops, torch.rand(24, 136)).eval()
    with torch.no_grad():
        ours = network(crops)["pose"]
    theirs = torch.from_numpy(runner.run_all({name: images})["pose"])
    apart_deg = torch.rad2deg(geodesic(rotation_from_6d(ours), rotation_from_6d(theirs)))
    assert float(apart_deg.median()) < 1.5  # int8 against float; unrelated turns lie 90 apart
