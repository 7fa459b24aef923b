"""The Keras twin of the eye network, for export only."""

from __future__ import annotations

import keras
from keras import layers

from deploy.model.architectures.eyes_torch import BLOCKS, HEADS, HEIGHT, HIDDEN, LAST, STEM, WIDTH
from deploy.model.architectures.layers import BatchNorm
from deploy.model.architectures.mobilenet import conv, inverted_residual


def eyes_twin() -> keras.Model:
    """Inputs ``strip`` (36, 96, 1) and ``head`` (2,); outputs by name, see ``eyes_torch.HEADS``."""
    strip, head = keras.Input((HEIGHT, WIDTH, 1), name="strip"), keras.Input((2,), name="head")
    x = conv(strip, STEM, 3, stride=2, name="stem")
    for i, (channels, expansion, stride) in enumerate(BLOCKS):
        x = inverted_residual(x, channels, expansion, stride, name=f"block{i}")
    x = conv(x, LAST, 1, name="last")
    x = layers.DepthwiseConv2D(x.shape[1:3], use_bias=False, name="last_pool")(x)
    x = layers.Flatten(name="last_flat")(BatchNorm(name="last_pool_norm")(x))
    seen = layers.Dense(HIDDEN, name="eyes_hidden")(x)
    turned = layers.Dense(HIDDEN, name="head_hidden")(head)
    hidden = layers.ReLU(6.0, name="hidden")(layers.Add(name="seen")([seen, turned]))
    outputs = {name: layers.Dense(count, name=name)(hidden) for name, count in HEADS.items()}
    return keras.Model([strip, head], outputs, name="eyes")
