"""Weights from a PyTorch network to its Keras twin: by layer name, axes in Keras's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

State = Mapping[str, NDArray[np.float32]]


def carry(state: State, twin: keras.Model) -> None:
    """Sets every weight of ``twin`` from a state dictionary; ValueError names what is left over."""
    left = {name for name in state if not name.endswith("num_batches_tracked")}
    for layer in twin.layers:
        if not layer.get_weights():
            continue
        names = _names(layer)
        layer.set_weights([_turned(layer, state[name]) for name in names])
        left -= set(names)
    if left:
        raise ValueError(f"no layer takes {sorted(left)}")


def _names(layer: Any) -> list[str]:
    prefix = f"layers.{layer.name}."
    if isinstance(layer, keras.layers.BatchNormalization):
        return [prefix + part for part in ("weight", "bias", "running_mean", "running_var")]
    return [prefix + "weight"] + ([prefix + "bias"] if layer.use_bias else [])


def _turned(layer: Any, values: NDArray[np.float32]) -> NDArray[np.float32]:
    if values.ndim == 2:
        return np.asarray(values.T)
    if values.ndim == 4:
        order = (2, 3, 0, 1) if isinstance(layer, keras.layers.DepthwiseConv2D) else (2, 3, 1, 0)
        return np.asarray(values.transpose(order))
    return values
