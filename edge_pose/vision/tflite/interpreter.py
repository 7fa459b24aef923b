"""One way to run a TFLite model of one image: LiteRT where installed, else tflite-runtime.

Both have the same Interpreter API. Tensors are found by name, never by place (the order of
``get_output_details`` is not the model's), and quantised by each tensor's own parameters.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.vision.tflite.native_log import quiet_native_log

Pixels = NDArray[np.uint8]
Outputs = dict[str, NDArray[np.float32]]

_RUNTIMES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


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
        self._interpreter = _load(path, threads, delegate)
        inputs, outputs = _named_tensors(self._interpreter)
        if len(inputs) != 1:
            raise ModelError(f"{path}: expected one image input, got {sorted(inputs)}")
        ((self.input_name, tensor),) = inputs.items()
        shape = tuple(int(n) for n in tensor["shape"])
        if len(shape) != 4 or shape[0] != 1 or shape[3] != 3:
            raise ModelError(f"{path}: expected an input [1, height, width, 3], got {shape}")
        self.size: tuple[int, int] = (shape[2], shape[1])
        """(width, height) in pixels of the image that ``run`` takes."""
        self._input = int(tensor["index"])
        self._table = _pixel_table(tensor, gain, offset)
        self._buffer = np.zeros(shape, self._table.dtype)
        self._outputs = {name: _Output(detail) for name, detail in outputs.items()}

    @property
    def output_shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: output.shape for name, output in self._outputs.items()}

    def run(self, rgb: Pixels) -> Outputs:
        """Real-valued outputs by name, float32, for one RGB image of the model's size."""
        cv2.LUT(rgb, self._table, dst=self._buffer[0])
        self._interpreter.set_tensor(self._input, self._buffer)
        self._interpreter.invoke()
        read = self._interpreter.get_tensor
        return {name: output.real(read(output.index)) for name, output in self._outputs.items()}


class _Output:
    """Where one output lies and how its numbers become real ones."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        self.index = int(detail["index"])
        self.shape = tuple(int(n) for n in detail["shape"])
        self._scale, self._zero = _quantisation(detail)

    def real(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        if self._scale == 0.0:
            return raw.astype(np.float32, copy=False)
        return (raw.astype(np.float32) - self._zero) * np.float32(self._scale)


def runtime_name() -> str:
    """The module that runs the models here, e.g. ``ai_edge_litert``."""
    return str(_runtime().__name__).split(".", maxsplit=1)[0]


def _runtime() -> Any:
    for name in _RUNTIMES:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise ModelError(
        "no TFLite runtime: install ai-edge-litert (any Python) or tflite-runtime with numpy < 2"
    )


def _load(path: Path, threads: int, delegate: str | None) -> Any:
    if not path.is_file():
        raise ModelError(f"{path}: no such model file; `edge-pose models list` shows what is there")
    runtime = _runtime()
    delegates = [_delegate(runtime, delegate)] if delegate else None
    try:
        with quiet_native_log():
            interpreter = runtime.Interpreter(
                model_path=str(path), num_threads=threads, experimental_delegates=delegates
            )
            interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: not a usable TFLite model ({_first_line(error)})") from error
    return interpreter


def _delegate(runtime: Any, path: str) -> Any:
    try:
        ctypes.CDLL(path)  # first alone: the runtime's own object complains at its end otherwise
        return runtime.load_delegate(path)
    except (OSError, ValueError) as error:
        raise ModelError(f"delegate {path}: cannot be loaded ({_first_line(error)})") from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0]


def _named_tensors(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and output details by signature name where the model has one, else by tensor name."""
    if interpreter.get_signature_list():
        runner = interpreter.get_signature_runner()
        return dict(runner.get_input_details()), dict(runner.get_output_details())
    inputs = {str(detail["name"]): detail for detail in interpreter.get_input_details()}
    outputs = {str(detail["name"]): detail for detail in interpreter.get_output_details()}
    return inputs, outputs


def _quantisation(detail: Mapping[str, Any]) -> tuple[float, int]:
    """(scale, zero point) of a tensor; scale 0 = not quantised."""
    parameters = detail["quantization_parameters"]
    if len(parameters["scales"]) == 0:
        return 0.0, 0
    return float(parameters["scales"][0]), int(parameters["zero_points"][0])


def _pixel_table(detail: Mapping[str, Any], gain: float, offset: float) -> NDArray[Any]:
    """The 256 input values of the 256 pixel values, in the input tensor's own type."""
    dtype = np.dtype(detail["dtype"])
    real = np.arange(256) * gain + offset
    scale, zero = _quantisation(detail)
    if scale == 0.0:
        return real.astype(dtype)
    limits = np.iinfo(dtype)
    table: NDArray[Any] = np.clip(np.rint(real / scale + zero), limits.min, limits.max)
    return table.astype(dtype)
