"""TFLite models by the names of their inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.vision.tflite.loading import open_interpreter
from edge_pose.vision.tflite.tensors import Input, Output, Outputs, named_tensors

Pixels = NDArray[np.uint8]

_SIGN_BIT = np.uint8(0x80)
"""Turned over, it makes a pixel p the int8 number p − 128."""


class TensorModel:
    """A TFLite model with any named inputs. Not for use by two threads at once."""

    def __init__(
        self,
        path: Path,
        *,
        outputs: Collection[str] | None = None,
        threads: int = 1,
        delegate: str | None = None,
    ) -> None:
        """``outputs``: the only ones that are read; None = all."""
        self.path = path
        self._interpreter = open_interpreter(path, threads, delegate)
        inputs, found = named_tensors(self._interpreter)
        self.inputs = {name: Input(detail) for name, detail in inputs.items()}
        self._outputs = {
            name: Output(detail)
            for name, detail in found.items()
            if outputs is None or name in outputs
        }

    @property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: output.shape for name, output in self._outputs.items()}

    def run(self, native: dict[str, NDArray[Any]]) -> Outputs:
        """Real-valued outputs by name, float32, for inputs in the tensors' own types."""
        read = self._invoked(native)
        return {name: output.real(read(output.index)) for name, output in self._outputs.items()}

    def run_small(self, native: dict[str, NDArray[Any]]) -> dict[str, list[float]]:
        """The same in plain numbers, for outputs of a few each."""
        read = self._invoked(native)
        return {name: output.numbers(read(output.index)) for name, output in self._outputs.items()}

    def _invoked(self, native: dict[str, NDArray[Any]]) -> Callable[[int], NDArray[Any]]:
        """What reads a tensor of the run."""
        for name, values in native.items():
            self._interpreter.set_tensor(self.inputs[name].index, values)
        self._interpreter.invoke()
        read: Callable[[int], NDArray[Any]] = self._interpreter.get_tensor
        return read


class ImageModel:
    """A TFLite model whose only input is one RGB image, [1, height, width, 3].

    ``gain``, ``offset``: the real input value of a pixel p in 0–255 is p·gain + offset.
    Not for use by two threads at once.
    """

    def __init__(
        self,
        path: Path,
        *,
        gain: float,
        offset: float,
        threads: int = 1,
        delegate: str | None = None,
    ) -> None:
        self.path = path
        self._model = TensorModel(path, threads=threads, delegate=delegate)
        inputs = self._model.inputs
        if len(inputs) != 1:
            raise ModelError(f"{path}: expected one image input, got {sorted(inputs)}")
        ((self.input_name, tensor),) = inputs.items()
        if len(tensor.shape) != 4 or tensor.shape[0] != 1 or tensor.shape[3] != 3:
            raise ModelError(f"{path}: expected an input [1, height, width, 3], got {tensor.shape}")
        self.size: tuple[int, int] = (tensor.shape[2], tensor.shape[1])
        """(width, height) in pixels of the image that ``run`` takes."""
        real = np.arange(256) * gain + offset
        self._table = tensor.native(real)
        self._shifted = tensor.shifts_pixels(real)
        self._buffer = np.zeros(tensor.shape, tensor.dtype)
        self._inputs = {self.input_name: self._buffer}

    @property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        return self._model.output_shapes

    def run(self, rgb: Pixels) -> Outputs:
        """Real-valued outputs by name, float32, for one RGB image of the model's size."""
        if self._shifted:  # one instruction for many pixels, where a table costs several for each
            np.bitwise_xor(rgb, _SIGN_BIT, out=self._buffer[0].view(np.uint8))
        else:
            cv2.LUT(rgb, self._table, dst=self._buffer[0])
        return self._model.run(self._inputs)
