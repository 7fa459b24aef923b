"""Tensors of a TFLite model by name (the order of ``get_output_details`` is not the model's), and
what their quantised numbers mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Outputs = dict[str, NDArray[np.float32]]


def named_tensors(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and output details by signature name where the model has one, else by tensor name."""
    if interpreter.get_signature_list():
        runner = interpreter.get_signature_runner()
        return dict(runner.get_input_details()), dict(runner.get_output_details())
    inputs = {str(detail["name"]): detail for detail in interpreter.get_input_details()}
    outputs = {str(detail["name"]): detail for detail in interpreter.get_output_details()}
    return inputs, outputs


def quantisation(detail: Mapping[str, Any]) -> tuple[float, int]:
    """(scale, zero point) of a tensor; scale 0 = not quantised."""
    parameters = detail["quantization_parameters"]
    if len(parameters["scales"]) == 0:
        return 0.0, 0
    return float(parameters["scales"][0]), int(parameters["zero_points"][0])


class Output:
    """Where one output lies and how its numbers become real ones."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        self.index = int(detail["index"])
        self.shape = tuple(int(n) for n in detail["shape"])
        self._scale, self._zero = quantisation(detail)
        kind = np.dtype(detail["dtype"])
        self._table = self._all_bytes(kind) if self._scale and kind.itemsize == 1 else None
        self._numbers: list[float] = [] if self._table is None else self._table.tolist()

    def real(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        """The real numbers of the tensor's own, float32."""
        if self._table is not None:
            return self._table.take(raw.view(np.uint8))
        if self._scale == 0.0:
            return raw.astype(np.float32, copy=False)
        return self._scaled(raw)

    def numbers(self, raw: NDArray[Any]) -> list[float]:
        """The same in plain numbers, which costs less where there are few."""
        if self._table is None:
            return self.real(raw).ravel().tolist()
        return [self._numbers[byte] for byte in raw.tobytes()]

    def _all_bytes(self, kind: np.dtype[Any]) -> NDArray[np.float32]:
        """What each of the 256 bytes means: to look up costs a third of working it out."""
        return self._scaled(np.arange(256, dtype=np.uint8).view(kind))

    def _scaled(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        return (raw.astype(np.float32) - self._zero) * np.float32(self._scale)


class Input:
    """Where one input lies, and how real numbers become its own."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        self.index = int(detail["index"])
        self.shape = tuple(int(n) for n in detail["shape"])
        self.dtype: np.dtype[Any] = np.dtype(detail["dtype"])
        self._scale, self._zero = quantisation(detail)
        whole = np.iinfo(self.dtype) if self._scale else None
        self._limits = (whole.min, whole.max) if whole else (0, 0)

    def quantised(self, real: float) -> float:
        """One number in the tensor's own steps, held within its range."""
        if self._scale == 0.0:
            return real
        low, high = self._limits
        return min(high, max(low, round(real / self._scale + self._zero)))

    def shifts_pixels(self, real: NDArray[np.floating]) -> bool:
        """Whether the 256 pixel values become the int8 numbers p − 128, to half a step."""
        if self.dtype != np.int8 or self._scale == 0.0:
            return False
        steps = real / self._scale + self._zero
        return bool(np.abs(steps - (np.arange(256) - 128)).max() <= 0.5 + 1e-3)

    def native(self, real: NDArray[Any]) -> NDArray[Any]:
        """Real numbers in the tensor's own type, rounded and held within its range."""
        if self._scale == 0.0:
            return real.astype(self.dtype)
        steps = np.rint(real / self._scale + self._zero)
        return np.asarray(steps.clip(*self._limits).astype(self.dtype))


def mean_numbers(values: list[float], count: int) -> list[float]:
    """``mean_of_copies`` of a few numbers, flat."""
    copies = len(values) // count
    return values if copies == 1 else [sum(values[i::count]) / copies for i in range(count)]


def mean_of_copies(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """``count`` numbers from an output that holds them once, or in several copies side by side
    whose biases differ by parts of one int8 step, so that their mean has finer steps."""
    flat = values.reshape(-1)
    if len(flat) == count:
        return flat
    copies = flat.reshape(-1, count)
    return np.asarray(np.add.reduce(copies) / np.float32(len(copies)), np.float32)
