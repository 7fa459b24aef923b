"""One wrapper round the TFLite runtimes, proved on a model whose answers are known."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from edge_pose.errors import ModelError
from edge_pose.vision.tflite.interpreter import ImageModel
from edge_pose.vision.tflite.loading import runtime_name
from edge_pose.vision.tflite.native_log import quiet_native_log


def _image(red: int, green: int, blue: int) -> np.ndarray:
    image = np.empty((16, 16, 3), np.uint8)
    image[:] = (red, green, blue)
    return image


def _open(path: Path, **options: object) -> ImageModel:
    return ImageModel(path, gain=1 / 127.5, offset=-1.0, **options)  # type: ignore[arg-type]


def test_outputs_come_by_name_in_real_numbers(mean_colour: Path) -> None:
    outputs = _open(mean_colour).run(_image(255, 0, 128))
    assert outputs["pose"][0] == pytest.approx([1, -1, 0, -1, 0, 1], abs=0.02)
    assert outputs["spread"][0] == pytest.approx([1.0], abs=0.02)
    assert outputs["pose"].dtype == np.float32


def test_the_model_tells_its_input(mean_colour: Path) -> None:
    model = _open(mean_colour)
    assert model.size == (16, 16)
    assert model.input_name == "image"
    assert model.output_shapes == {"pose": (1, 6), "spread": (1, 1)}


def test_two_runs_do_not_share_their_outputs(mean_colour: Path) -> None:
    model = _open(mean_colour)
    first = model.run(_image(255, 255, 255))["pose"].copy()
    kept = model.run(_image(255, 255, 255))["pose"]
    model.run(_image(0, 0, 0))
    assert kept == pytest.approx(first)


def test_a_missing_file_says_how_to_find_models(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no such model file.*models list"):
        _open(tmp_path / "none.tflite")


def test_a_damaged_file_is_a_model_error(tmp_path: Path) -> None:
    path = tmp_path / "bad.tflite"
    path.write_bytes(b"this is not a model")
    with pytest.raises(ModelError, match="not a usable TFLite model"):
        _open(path)


def test_a_delegate_that_is_not_there_is_named(mean_colour: Path) -> None:
    with pytest.raises(ModelError, match=r"delegate /nowhere/libqnn\.so"):
        _open(mean_colour, delegate="/nowhere/libqnn.so")


def test_the_runtime_has_a_name() -> None:
    assert runtime_name() in {"ai_edge_litert", "tflite_runtime"}


def test_loading_is_silent_and_other_lines_come_through(
    mean_colour: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with quiet_native_log():
        os.write(2, b"INFO: Created a delegate\na line of another thread\n")
    _open(mean_colour)
    assert capfd.readouterr().err == "a line of another thread\n"


def test_a_model_loads_where_no_file_can_be_written(
    mean_colour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A root that has become read-only: found on a machine that boots, where /tmp lies on it."""
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    _open(mean_colour)
