"""HopeNet's head: each angle as 66 bins of 3°, read by their expectation.

Source: Ruiz et al., "Fine-Grained Head Pose Estimation Without Keypoints", CVPRW 2018.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from deploy.model.architectures import register
from deploy.model.architectures.mobilenet import POINTS, averaged, backbone

BINS = 66
CENTRES_DEG = (np.arange(BINS) - (BINS - 1) / 2) * 3.0


@register("hopenet", head="angles", about="MobileNetV2, 66 bins per angle and their expectation")
def hopenet(size: int, width: float) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    features = averaged(backbone(image, width))
    logits = [
        layers.Dense(BINS, name=f"{axis}_bins")(features) for axis in ("yaw", "pitch", "roll")
    ]
    outputs = {
        "pose": layers.Concatenate(name="pose")([_expectation(x) for x in logits]),
        "spread": layers.Dense(1, name="spread", kernel_initializer="zeros")(features),
        "points": layers.Dense(POINTS, name="points")(features),
        "bins": layers.Concatenate(name="bins")(logits),
    }
    return keras.Model(image, outputs, name="hopenet")


def _expectation(logits: Any) -> Any:
    """Softmax, then the mean of the bins' centres, as a dense layer that does not learn."""
    mean = layers.Dense(1, use_bias=False, trainable=False, kernel_initializer=_centres)
    return mean(layers.Softmax()(logits))


def _centres(_shape: Any, dtype: Any = None) -> Any:
    return keras.ops.convert_to_tensor((CENTRES_DEG / 90.0)[:, None], dtype)
