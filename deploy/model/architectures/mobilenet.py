"""MobileNetV2 at any width, with heads that read a whole rotation.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from deploy.model.architectures import register
from deploy.model.layers import BatchNorm

# (expansion, channels, blocks, stride of the first)
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
POINTS = 68 * 3


@register("mobilenetv2-6d", head="rotation6d", about="MobileNetV2, global depthwise pooling, 6D")
def mobilenet_6d(size: int, width: float) -> keras.Model:
    """Pooling by a learned depthwise filter keeps where a feature lies (as MobileFaceNet does)."""
    image = keras.Input((size, size, 3), name="image")
    features = backbone(image, width)
    side = features.shape[1]
    x = conv(features, 960, 1, name="last")
    x = layers.DepthwiseConv2D(side, use_bias=False, name="pool")(x)
    x = layers.Flatten(name="flat")(BatchNorm(name="pool_norm")(x))
    return keras.Model(image, rotation_heads(x), name="mobilenetv2_6d")


def rotation_heads(features: Any) -> dict[str, Any]:
    """Pose, spread and training landmarks from one feature vector."""
    return {
        "pose": layers.Dense(6, name="pose", bias_initializer=_upright)(features),
        "spread": layers.Dense(1, name="spread", kernel_initializer="zeros")(features),
        "points": layers.Dense(POINTS, name="points")(features),
    }


def _upright(_shape: Any, dtype: Any = None) -> Any:
    """The unit rotation's first two columns: training starts at a frontal face."""
    return keras.ops.convert_to_tensor([1.0, 0, 0, 0, 1.0, 0], dtype)


def backbone(image: Any, width: float) -> Any:
    """Feature map of 1/32 of the image's size."""
    x = conv(image, _channels(32, width), 3, stride=2, name="stem")
    for stage, (expansion, channels, blocks, stride) in enumerate(STAGES):
        for block in range(blocks):
            x = inverted_residual(
                x,
                _channels(channels, width),
                expansion,
                stride if block == 0 else 1,
                name=f"stage{stage}_block{block}",
            )
    return x


def inverted_residual(x: Any, channels: int, expansion: int, stride: int, name: str) -> Any:
    inner = x.shape[-1] * expansion
    y = conv(x, inner, 1, name=f"{name}_expand") if expansion > 1 else x
    y = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False, name=f"{name}_depthwise")(
        y
    )
    y = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(BatchNorm(name=f"{name}_depthwise_norm")(y))
    y = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project")(y)
    y = BatchNorm(name=f"{name}_project_norm")(y)
    if stride == 1 and x.shape[-1] == channels:
        return layers.Add(name=f"{name}_add")([x, y])
    return y


def conv(x: Any, channels: int, kernel: int, *, stride: int = 1, name: str) -> Any:
    """Convolution, normalisation, ReLU6: one int8 operator after folding."""
    x = layers.Conv2D(
        channels, kernel, stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(BatchNorm(name=f"{name}_norm")(x))


def _channels(channels: int, width: float) -> int:
    """A multiple of 8, never more than 10 % below the exact number (as in the paper's code)."""
    rounded = max(8, int(channels * width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels * width else rounded
