"""Outputs of a Keras network for many crops, in batches, without gradients."""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import numpy as np
from keras import ops


def predict(network: keras.Model, crops: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Outputs by name for uint8 RGB crops (N, S, S, 3)."""
    parts = []
    for start in range(0, len(crops), 128):
        image = crops[start : start + 128].astype(np.float32) / 127.5 - 1.0
        with _no_gradient():
            out = network(ops.convert_to_tensor(image), training=False)
        parts.append({name: ops.convert_to_numpy(value) for name, value in out.items()})
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _no_gradient() -> Any:
    if keras.backend.backend() == "torch":
        import torch

        return torch.no_grad()
    return contextlib.nullcontext()
