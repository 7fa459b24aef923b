"""Attention blocks of operators that int8 takes: squeeze-excite and coordinate attention.

Sources: Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018; Hou et al., "Coordinate
Attention for Efficient Mobile Network Design", CVPR 2021.
"""

from __future__ import annotations

from typing import Any

from keras import layers


def squeeze_excite(x: Any, name: str) -> Any:
    """Channels weighted by what the whole map shows."""
    channels = x.shape[-1]
    y = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
    y = layers.Conv2D(max(8, channels // 4), 1, activation="relu6", name=f"{name}_reduce")(y)
    y = layers.Conv2D(channels, 1, activation="hard_sigmoid", name=f"{name}_excite")(y)
    return layers.Multiply(name=f"{name}_weighted")([x, y])


def coordinate_attention(x: Any, name: str) -> Any:
    """Rows and columns weighted on their own: keeps where along each axis something lies."""
    height, width, channels = x.shape[1:]
    inner = max(8, channels // 4)
    rows = layers.AveragePooling2D((1, width), name=f"{name}_rows")(x)
    columns = layers.AveragePooling2D((height, 1), name=f"{name}_columns")(x)
    reduce = layers.Conv2D(inner, 1, activation="relu6", name=f"{name}_reduce")
    weights = [
        layers.Conv2D(channels, 1, activation="hard_sigmoid", name=f"{name}_{axis}")(reduce(part))
        for axis, part in (("down", rows), ("across", columns))
    ]
    x = layers.Multiply(name=f"{name}_by_row")([x, weights[0]])
    return layers.Multiply(name=f"{name}_by_column")([x, weights[1]])
