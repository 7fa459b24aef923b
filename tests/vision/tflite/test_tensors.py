"""What quantised numbers mean, in arrays and in plain numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import DTypeLike

from edge_pose.vision.tflite.interpreter import TensorModel
from edge_pose.vision.tflite.tensors import Output, mean_numbers, mean_of_copies


def _output(dtype: DTypeLike, scale: float, zero: int) -> Output:
    scales = {"scales": [scale] if scale else [], "zero_points": [zero]}
    return Output({"index": 0, "shape": [1, 4], "dtype": dtype, "quantization_parameters": scales})


@pytest.mark.parametrize(
    ("dtype", "scale", "zero"), [(np.int8, 0.25, -7), (np.uint8, 0.5, 128), (np.float32, 0.0, 0)]
)
def test_plain_numbers_say_what_the_array_says(dtype: DTypeLike, scale: float, zero: int) -> None:
    output = _output(dtype, scale, zero)
    raw = np.array([[0, 1, 100, 127]], dtype)
    real = [[(value - zero) * (scale or 1.0) for value in (0, 1, 100, 127)]]
    assert output.real(raw).tolist() == real
    assert output.numbers(raw) == real[0]


def test_negative_bytes_are_read_as_such() -> None:
    assert _output(np.int8, 0.5, 0).numbers(np.array([-128, -1, 0, 127], np.int8)) == [
        -64.0,
        -0.5,
        0.0,
        63.5,
    ]


def test_the_mean_of_copies_in_plain_numbers_is_that_of_arrays() -> None:
    values = [1.0, 2.0, 3.0, 6.0, 5.0, 1.0]
    assert mean_numbers(values, 2) == pytest.approx(mean_of_copies(np.array(values), 2))
    assert mean_numbers(values, 6) == values


def test_a_run_gives_both(mean_colour: Path) -> None:
    model = TensorModel(mean_colour)
    image = np.full((1, 16, 16, 3), 40, model.inputs["image"].dtype)
    arrays, plain = model.run({"image": image}), model.run_small({"image": image})
    assert {name: values.ravel().tolist() for name, values in arrays.items()} == plain
