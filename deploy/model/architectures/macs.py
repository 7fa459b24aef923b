"""Multiply-accumulates of a network, counted from its layers."""

from __future__ import annotations

import math

import keras
from keras import layers


def macs(network: keras.Model, outputs: tuple[str, ...] = ("pose", "spread")) -> int:
    """Of one image, for the outputs that are shipped; attention's own products not included."""
    shipped = keras.Model(network.inputs, [network.output[name] for name in outputs])
    return sum(_of(layer) for layer in shipped.layers)


def _of(layer: keras.Layer) -> int:
    if isinstance(layer, layers.DepthwiseConv2D):
        return int(math.prod(layer.output.shape[1:]) * math.prod(layer.kernel_size))
    if isinstance(layer, layers.Conv2D):
        per_value = math.prod(layer.kernel_size) * layer.kernel.shape[2]
        return int(math.prod(layer.output.shape[1:]) * per_value)
    if isinstance(layer, layers.Dense):
        return int(math.prod(layer.output.shape[1:]) * layer.kernel.shape[0])
    return 0
