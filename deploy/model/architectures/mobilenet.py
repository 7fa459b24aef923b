"""MobileNetV2 at any width, with heads that read a whole rotation.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

from deploy.model.architectures import register
from deploy.model.architectures.attention import coordinate_attention, squeeze_excite
from deploy.model.architectures.layers import BatchNorm

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
EARLIER_MAPS = ("stage2_block2_add", "stage4_block2_add")
"""The last maps of 1/8 and 1/16 of the image's size."""
Attention = Callable[[Any, str], Any]


@register("mobilenetv2-6d", head="rotation6d", about="MobileNetV2, global depthwise pooling, 6D")
def mobilenet_6d(size: int, width: float) -> keras.Model:
    """Pooling by a learned depthwise filter keeps where a feature lies (as MobileFaceNet does)."""
    image = keras.Input((size, size, 3), name="image")
    features = pooled(backbone(image, width))
    return keras.Model(image, rotation_heads(features), name="mobilenetv2_6d")


@register("mobilenetv2-angles", head="angles", about="the article's: mean pooling, three angles")
def mobilenet_angles(size: int, width: float) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    features = averaged(backbone(image, width))
    return keras.Model(image, angle_heads(features), name="mobilenetv2_angles")


@register("mobilenetv2-6dof", head="rotation6d", about="rotation, place and size of the head")
def mobilenet_6dof(size: int, width: float) -> keras.Model:
    """Place and size of the face in the crop are learned beside the rotation."""
    image = keras.Input((size, size, 3), name="image")
    features = pooled(backbone(image, width))
    outputs = rotation_heads(features) | {"place": layers.Dense(3, name="place")(features)}
    return keras.Model(image, outputs, name="mobilenetv2_6dof")


@register("mobilenetv2-se", head="rotation6d", about="with squeeze-excite in the last stages")
def mobilenet_se(size: int, width: float) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    features = pooled(backbone(image, width, attention=squeeze_excite))
    return keras.Model(image, rotation_heads(features), name="mobilenetv2_se")


@register("mobilenetv2-coord", head="rotation6d", about="with coordinate attention, last stages")
def mobilenet_coordinate(size: int, width: float) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    features = pooled(backbone(image, width, attention=coordinate_attention))
    return keras.Model(image, rotation_heads(features), name="mobilenetv2_coord")


@register("mobilenetv2-stages", head="rotation6d", about="6D from three stages' maps (as FSA-Net)")
def mobilenet_stages(size: int, width: float) -> keras.Model:
    """Earlier, larger maps know better where things are; their pooled features join the last's."""
    image = keras.Input((size, size, 3), name="image")
    trunk = keras.Model(image, backbone(image, width))
    taps = [trunk.get_layer(name).output for name in EARLIER_MAPS]
    parts = [pooled(trunk.output), *(pooled(tap, 48, f"tap{i}") for i, tap in enumerate(taps))]
    features = layers.Concatenate(name="stages")(parts)
    return keras.Model(image, rotation_heads(features), name="mobilenetv2_stages")


@register("fusion", head="rotation6d", about="frontal and profile experts, mixed by a gate")
def fusion(size: int, width: float) -> keras.Model:
    """Two linear experts on one trunk; a gate that sees the same features mixes them."""
    image = keras.Input((size, size, 3), name="image")
    features = pooled(backbone(image, width))
    gate = layers.Dense(6, activation="sigmoid", name="gate")(features)
    frontal = layers.Dense(6, name="frontal", bias_initializer=upright)(features)
    change = layers.Dense(6, name="profile", kernel_initializer="zeros")(features)
    outputs = rotation_heads(features)
    outputs["pose"] = layers.Add(name="pose")(
        [frontal, layers.Multiply(name="mixed")([gate, change])]
    )
    return keras.Model(image, outputs, name="fusion")


def pooled(features: Any, channels: int = 960, name: str = "last") -> Any:
    """One vector by a learned depthwise filter over the whole map (MobileFaceNet's pooling)."""
    x = conv(features, channels, 1, name=name)
    x = layers.DepthwiseConv2D(x.shape[1:3], use_bias=False, name=f"{name}_pool")(x)
    return layers.Flatten(name=f"{name}_flat")(BatchNorm(name=f"{name}_pool_norm")(x))


def averaged(features: Any) -> Any:
    """One vector by the mean over the map."""
    x = conv(features, 960, 1, name="last")
    return layers.GlobalAveragePooling2D(name="mean")(x)


def rotation_heads(features: Any) -> dict[str, Any]:
    """Pose, spread and training landmarks from one feature vector."""
    return {
        "pose": layers.Dense(6, name="pose", bias_initializer=upright)(features),
        "spread": layers.Dense(1, name="spread", kernel_initializer="zeros")(features),
        "points": layers.Dense(POINTS, name="points")(features),
    }


def angle_heads(features: Any) -> dict[str, Any]:
    """Yaw, pitch and roll from one linear layer each, in units of 90 degrees."""
    axes = [layers.Dense(1, name=axis)(features) for axis in ("yaw", "pitch", "roll")]
    return {
        "pose": layers.Concatenate(name="pose")(axes),
        "spread": layers.Dense(1, name="spread", kernel_initializer="zeros")(features),
        "points": layers.Dense(POINTS, name="points")(features),
    }


def upright(_shape: Any, dtype: Any = None) -> Any:
    """The unit rotation's first two columns: training starts at a frontal face."""
    return keras.ops.convert_to_tensor([1.0, 0, 0, 0, 1.0, 0], dtype)


def backbone(image: Any, width: float, attention: Attention | None = None) -> Any:
    """Feature map of 1/32 of the image's size; ``attention`` after each block of stages 4–6."""
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
            if attention is not None and stage >= 4:
                x = attention(x, f"stage{stage}_block{block}")
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
