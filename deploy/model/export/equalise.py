"""Channel equalisation before int8: the same function, with ranges that eight bits can hold.

One scale serves all channels of an activation. The last features are linear in a handful of
channels that are a hundred times larger than the rest, so most of them would round to nothing.
Multiplying a channel and dividing the weights that read it changes no result. Source: Nagel et
al., "Data-Free Quantization through Weight Equalization and Bias Correction", ICCV 2019.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.export.convert import Examples
from deploy.model.export.peaks import peaks_of, scale_norm

PEAK = 2.5
"""Largest value of a channel on the calibration images; ReLU6 must never cut it."""
_MOST = 64.0


def equalise(network: keras.Model, examples: Examples) -> None:
    """Evens out the channels around every pooling filter (``mobilenet.pooled``), in place."""
    names = [x.name.removesuffix("_flat") for x in network.layers if x.name.endswith("_flat")]
    for name in (name for name in names if f"{name}_pool_norm" in _names(network)):
        peaks = _peaks(network, f"{name}_relu", examples)
        # A channel that ReLU6 cuts would be another function if it were scaled.
        gain = np.where(peaks < 6.0, _gain(peaks), np.float32(1.0))
        scale_norm(network.get_layer(f"{name}_norm"), gain)
        pool, norm = network.get_layer(f"{name}_pool"), network.get_layer(f"{name}_pool_norm")
        _fold_pool(pool, norm, gain)
        gain = _gain(_peaks(network, f"{name}_flat", examples))
        (kernel,) = pool.get_weights()
        pool.set_weights([kernel * gain[None, None, :, None]])
        gamma, beta, mean, variance = norm.get_weights()
        norm.set_weights([gamma, beta * gain, mean, variance])
        _undo(network, network.get_layer(f"{name}_flat").output, gain)


def _names(network: keras.Model) -> set[str]:
    return {layer.name for layer in network.layers}


def _undo(network: keras.Model, features: Any, gain: NDArray[np.float32]) -> None:
    """Divides the weights of every dense layer that reads ``features``, alone or side by side
    with others."""
    start = {id(features): 0}
    for layer in network.layers:
        if isinstance(layer, keras.layers.Concatenate):
            before = 0
            for part in layer.input:
                if part is features:
                    start[id(layer.output)] = before
                before += part.shape[-1]
    for dense in network.layers:
        if isinstance(dense, keras.layers.Dense) and id(dense.input) in start:
            kernel, *bias = dense.get_weights()
            first = start[id(dense.input)]
            kernel[first : first + len(gain)] /= gain[:, None]
            dense.set_weights([kernel, *bias])


def _fold_pool(pool: Any, norm: Any, gain: NDArray[np.float32]) -> None:
    """Undoes ``gain`` of its input in the pooling filter, and moves the normalisation into it.

    The converter would fold the normalisation into the dense layers behind instead, and leave
    the filter's own output, whose channels differ by a factor of 400, to be rounded.
    """
    (kernel,) = pool.get_weights()
    gamma, beta, mean, variance = norm.get_weights()
    slope = gamma / np.sqrt(variance + norm.epsilon)
    pool.set_weights([kernel * (slope / gain)[None, None, :, None]])
    one = np.ones_like(gamma)
    norm.set_weights([one, beta - mean * slope, 0 * one, one - norm.epsilon])


def _peaks(network: keras.Model, name: str, examples: Examples) -> NDArray[np.float32]:
    return peaks_of(network, (name,), examples)[name]


def _gain(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(PEAK / np.maximum(peaks, 1e-6), 1.0 / _MOST, _MOST).astype(np.float32)
