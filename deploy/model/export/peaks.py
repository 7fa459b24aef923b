"""The largest values that maps of a network reach on examples, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from deploy.model.export.convert import Examples

_BATCH = 128


def peaks_of(
    network: keras.Model, names: Sequence[str], examples: Examples
) -> dict[str, NDArray[np.float32]]:
    """By layer name: the largest magnitude of each channel of its output."""
    part = keras.Model(network.inputs, {name: network.get_layer(name).output for name in names})
    inputs = [examples[tensor.name] for tensor in part.inputs]
    peaks: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(inputs[0]), _BATCH):
        batch = [ops.convert_to_tensor(values[start : start + _BATCH]) for values in inputs]
        seen = part(batch[0] if len(batch) == 1 else batch, training=False)
        for name, values in seen.items():
            peaks[name] = np.maximum(peaks.get(name, np.float32(0.0)), _largest(values))
    return peaks


def _largest(values: Any) -> NDArray[np.float32]:
    out = np.abs(ops.convert_to_numpy(values))
    return np.asarray(out.reshape(-1, out.shape[-1]).max(axis=0))


def scale_norm(layer: Any, gain: NDArray[np.float32]) -> None:
    """Multiplies the output channels of a batch normalisation."""
    gamma, beta, mean, variance = layer.get_weights()
    layer.set_weights([gamma * gain, beta * gain, mean, variance])
