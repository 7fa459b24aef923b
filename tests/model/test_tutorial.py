"""The tutorial in small: own photos, fine-tuning the last three blocks, int8, the check."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("default")]
pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from deploy.model.base.weights import read_values  # noqa: E402
from deploy.model.commands import main  # noqa: E402
from deploy.model.data import readers  # noqa: E402
from deploy.model.data.readers.own_photos import read_own  # noqa: E402
from edge_pose.models.card import read_card  # noqa: E402

TINY = ["--size", "64", "--width", "0.35", "--epoch", "128", "--warm-up", "16", "--batch", "8"]


@pytest.fixture
def own_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty photos with angles and boxes, as a user would list them."""
    monkeypatch.setitem(readers.READERS, "own", read_own)
    rng = np.random.default_rng(5)
    path = tmp_path / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["file", "yaw_deg", "pitch_deg", "roll_deg", "x1", "y1", "x2", "y2"])
        for i in range(20):
            cv2.imwrite(str(tmp_path / f"{i}.png"), rng.integers(0, 256, (240, 320, 3), np.uint8))
            writer.writerow([f"{i}.png", *rng.uniform(-30, 30, 3).round(1), 100, 60, 200, 180])
    return path


def test_from_own_photos_to_a_checked_int8_model(tmp_path: Path, own_csv: Path) -> None:
    data = ["--data", "own", str(own_csv), "--cache", str(tmp_path / "cache")]
    first, tuned, model = tmp_path / "first", tmp_path / "tuned", tmp_path / "mine.tflite"
    assert main(["train", *data, "--out", str(first), "--images", "128", *TINY]) == 0
    start = str(first / "average.npz")
    tuning = ["--weights", start, "--freeze", "last-3", "--peak-rate", "3e-4"]
    assert main(["train", *data, "--out", str(tuned), "--images", "256", *TINY, *tuning]) == 0
    assert main(["export", *data, "--from", str(tuned), "--out", str(model)]) == 0
    assert main(["opcheck", str(model)]) == 0
    assert read_card(model).input.size == 64
    before, after = (read_values(run / "average.npz")["weights"] for run in (first, tuned))
    assert np.array_equal(before[0], after[0]), "the frozen stem must not move"
    assert not np.array_equal(before[-1], after[-1])


def test_a_wrong_folder_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = str(tmp_path / "gone")
    status = main(["train", "--data", "300w-lp", gone, "--out", str(tmp_path), "--images", "8"])
    assert status == 2
    assert gone in capsys.readouterr().err
