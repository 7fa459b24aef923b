"""The Keras twin of the eye network, for export only."""

from __future__ import annotations

import keras
from keras import layers

from deploy.model.architectures.eyes_torch import (
    BLOCKS,
    HEADS,
    HEIGHT,
    HIDDEN,
    LAST,
    STEM,
    STEM_KERNEL,
    STEM_STRIDE,
    TAP,
    TAPPED,
    WIDTH,
)
from deploy.model.architectures.mobilenet import conv, inverted_residual, pooled


def eyes_twin() -> keras.Model:
    """Inputs ``strip`` (54, 144, 1), ``head`` (2,); outputs by name, see ``eyes_torch.HEADS``."""
    strip, head = keras.Input((HEIGHT, WIDTH, 1), name="strip"), keras.Input((2,), name="head")
    maps = [conv(strip, STEM, STEM_KERNEL, stride=STEM_STRIDE, name="stem")]
    for i, (channels, expansion, stride) in enumerate(BLOCKS):
        maps.append(inverted_residual(maps[-1], channels, expansion, stride, name=f"block{i}"))
    parts = [pooled(maps[-1], LAST), pooled(maps[TAPPED + 1], TAP, "tap")]
    x = layers.Concatenate(name="stages")(parts)
    seen = layers.Dense(HIDDEN, name="eyes_hidden")(x)
    turned = layers.Dense(HIDDEN, name="head_hidden")(head)
    hidden = layers.ReLU(6.0, name="hidden")(layers.Add(name="seen")([seen, turned]))
    outputs = {name: layers.Dense(count, name=name)(hidden) for name, count in HEADS.items()}
    return keras.Model([strip, head], outputs, name="eyes")
