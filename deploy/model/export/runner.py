"""Any int8 file run on many examples by input and output names, for export and tables."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Runner:
    """Real values in and out, whatever the file's own types."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        litert = importlib.import_module("ai_edge_litert.interpreter")
        self._content = path.read_bytes()
        self._interpreter = litert.Interpreter(model_content=self._content, num_threads=threads)
        self._signature = self._interpreter.get_signature_runner("serving_default")
        self.inputs: dict[str, Any] = self._signature.get_input_details()
        self.outputs: dict[str, Any] = self._signature.get_output_details()

    def step(self, name: str) -> float:
        """The size of one int8 step of an output; 0 for a float output."""
        return float(self.outputs[name]["quantization"][0])

    def run(self, example: Mapping[str, Floats]) -> dict[str, Floats]:
        """One example (batch axis included)."""
        given = {name: _stored(values, self.inputs[name]) for name, values in example.items()}
        found = self._signature(**given)
        return {name: _real(values, self.outputs[name]) for name, values in found.items()}

    def run_all(self, examples: Mapping[str, Floats]) -> dict[str, Floats]:
        """(N, …) of every input → (N, …) of every output."""
        count = len(next(iter(examples.values())))
        rows = [
            self.run({name: values[i : i + 1] for name, values in examples.items()})
            for i in range(count)
        ]
        return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def _stored(values: Floats, detail: Mapping[str, Any]) -> NDArray[Any]:
    if detail["dtype"] == np.float32:
        return np.asarray(values, np.float32)
    scale, zero = detail["quantization"]
    kind = np.iinfo(detail["dtype"])
    rounded = np.clip(np.rint(values / scale) + zero, kind.min, kind.max)
    return np.asarray(rounded, detail["dtype"])


def _real(values: NDArray[Any], detail: Mapping[str, Any]) -> Floats:
    if detail["dtype"] == np.float32:
        return np.asarray(values, np.float32)
    scale, zero = detail["quantization"]
    return np.asarray((values.astype(np.float32) - zero) * np.float32(scale), np.float32)
