"""MobileViT-XXS: MobileNetV2 blocks with small transformers between.

Source: Mehta and Rastegari, "MobileViT", ICLR 2022. Its layer normalisation and softmax have no
int8 kernels in XNNPACK: the operator check names them.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from deploy.model.architectures import register
from deploy.model.architectures.mobilenet import conv, inverted_residual, pooled, rotation_heads


@register("mobilevit-xxs", head="rotation6d", about="MobileViT-XXS trunk; width is not used")
def mobilevit_xxs(size: int, width: float) -> keras.Model:  # noqa: ARG001
    """Needs a size that is a multiple of 64, so that every map splits into 2 × 2 patches."""
    image = keras.Input((size, size, 3), name="image")
    x = conv(image, 16, 3, stride=2, name="stem")
    x = inverted_residual(x, 16, 2, 1, name="block0")
    for i, (channels, stride) in enumerate(((24, 2), (24, 1), (24, 1))):
        x = inverted_residual(x, channels, 2, stride, name=f"block1_{i}")
    for i, (channels, inner, depth) in enumerate(((48, 64, 2), (64, 80, 4), (80, 96, 3))):
        x = inverted_residual(x, channels, 2, 2, name=f"down{i}")
        x = _mixed(x, inner, depth, name=f"vit{i}")
    return keras.Model(image, rotation_heads(pooled(x)), name="mobilevit_xxs")


def _mixed(x: Any, inner: int, depth: int, name: str) -> Any:
    """Local convolution, global attention among like pixels of all patches, and back."""
    height, width, channels = x.shape[1:]
    patch = 2 if height % 2 == 0 and width % 2 == 0 else 1
    y = conv(x, channels, 3, name=f"{name}_local")
    y = layers.Conv2D(inner, 1, name=f"{name}_in")(y)
    y = _unfolded(y, patch)
    for i in range(depth):
        y = _transformer(y, inner, f"{name}_{i}")
    y = layers.LayerNormalization(name=f"{name}_norm")(y)
    y = conv(_folded(y, height, width, patch), channels, 1, name=f"{name}_out")
    return conv(layers.Concatenate(name=f"{name}_both")([x, y]), channels, 3, name=f"{name}_fuse")


def _unfolded(x: Any, patch: int) -> Any:
    """(H, W, C) → (patch², H·W / patch², C)."""
    height, width, channels = x.shape[1:]
    x = layers.Reshape((height // patch, patch, width // patch, patch * channels))(x)
    x = layers.Permute((2, 1, 3, 4))(x)
    x = layers.Reshape((patch, height * width // patch**2, patch, channels))(x)
    x = layers.Permute((1, 3, 2, 4))(x)
    return layers.Reshape((patch * patch, height * width // patch**2, channels))(x)


def _folded(x: Any, height: int, width: int, patch: int) -> Any:
    channels = x.shape[-1]
    x = layers.Reshape((patch, patch, height * width // patch**2, channels))(x)
    x = layers.Permute((1, 3, 2, 4))(x)
    x = layers.Reshape((patch, height // patch, width // patch, patch * channels))(x)
    x = layers.Permute((2, 1, 3, 4))(x)
    return layers.Reshape((height, width, channels))(x)


def _transformer(x: Any, inner: int, name: str) -> Any:
    y = layers.LayerNormalization(name=f"{name}_norm1")(x)
    y = layers.MultiHeadAttention(4, inner // 4, attention_axes=(2,), name=f"{name}_attend")(y, y)
    x = layers.Add(name=f"{name}_add1")([x, y])
    y = layers.LayerNormalization(name=f"{name}_norm2")(x)
    y = layers.Dense(inner * 2, activation="relu6", name=f"{name}_wide")(y)
    return layers.Add(name=f"{name}_add2")([x, layers.Dense(inner, name=f"{name}_narrow")(y)])
