"""FSA-Net's stage-wise soft regression over aggregated features of three stages.

Source: Yang et al., "FSA-Net: Learning Fine-Grained Structure Aggregation for Head Pose Estimation
From a Single Image", CVPR 2019. Here on a MobileNetV2 trunk, with a 1 × 1 convolution as the
scoring function and without capsule routing (its loops do not quantise).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from deploy.model.architectures import register
from deploy.model.architectures.mobilenet import EARLIER_MAPS, POINTS, backbone, conv

BINS = 3
_TAPS = (*EARLIER_MAPS, "stage6_block0_project_norm")


@register("fsanet", head="angles", about="stage-wise soft regression, three stages of 3 bins")
def fsanet(size: int, width: float) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    trunk = keras.Model(image, backbone(image, width))
    side = trunk.output.shape[1]
    stages = [_stage(trunk.get_layer(tap).output, side, i) for i, tap in enumerate(_TAPS)]
    # Every stage reads the structure of all: attention-weighted features, side by side.
    shared = layers.Concatenate(name="structure")([_scored(x, i) for i, x in enumerate(stages)])
    outputs = {
        "pose": SoftStagedRegression(name="pose")([_estimate(shared, i) for i in range(3)]),
        "spread": layers.Dense(1, name="spread", kernel_initializer="zeros")(shared),
        "points": layers.Dense(POINTS, name="points")(shared),
    }
    return keras.Model(image, outputs, name="fsanet")


class SoftStagedRegression(keras.layers.Layer):
    """Sum over stages of the expectation of ever finer bins, with learned shift and width."""

    def call(self, stages: Any) -> Any:
        total, width = 0.0, 1.0
        for stage in stages:
            parts = ops.reshape(stage, (-1, 3, BINS + BINS + 1))
            chance = ops.softmax(parts[..., :BINS], axis=-1)
            shift = 0.5 * ops.tanh(parts[..., BINS : 2 * BINS])
            # Bins stand at -1, 0, 1 of the stage's width.
            where = ops.convert_to_tensor([-1.0, 0.0, 1.0]) + shift
            width = width * (1.0 + 0.5 * ops.tanh(parts[..., 2 * BINS])) / BINS
            total = total + ops.sum(chance * where, axis=-1) * width * BINS
        return total

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0][0], 3)


def _stage(x: Any, side: int, index: int) -> Any:
    """The stage's map at the size of the last, 64 channels."""
    factor = -(-x.shape[1] // side)
    x = layers.AveragePooling2D(factor, padding="same", name=f"tap{index}_pool")(x)
    return conv(x, 64, 1, name=f"tap{index}")


def _scored(x: Any, index: int) -> Any:
    score = layers.Conv2D(1, 1, activation="sigmoid", name=f"score{index}")(x)
    return layers.Flatten(name=f"flat{index}")(layers.Multiply(name=f"scored{index}")([x, score]))


def _estimate(features: Any, index: int) -> Any:
    x = layers.Dense(48, activation="relu6", name=f"fused{index}")(features)
    return layers.Dense(3 * (BINS + BINS + 1), name=f"soft{index}")(x)
