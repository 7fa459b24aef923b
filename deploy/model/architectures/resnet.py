"""ResNet50 with three linear angle heads: the article's large network.

Source: He et al., "Deep Residual Learning for Image Recognition", CVPR 2016.
"""

from __future__ import annotations

import keras
from keras import layers

from deploy.model.architectures import register
from deploy.model.architectures.mobilenet import angle_heads


@register("resnet50-angles", head="angles", about="the article's large one; width is not used")
def resnet50(size: int, width: float) -> keras.Model:  # noqa: ARG001
    image = keras.Input((size, size, 3), name="image")
    body = keras.applications.ResNet50(include_top=False, weights=None, input_tensor=image)
    features = layers.GlobalAveragePooling2D(name="mean")(body.output)
    return keras.Model(image, angle_heads(features), name="resnet50_angles")
