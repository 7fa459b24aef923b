"""The Keras twin of the face network, for export only: batch 1, training is in PyTorch."""

from __future__ import annotations

import keras
from keras import layers

from deploy.model.architectures.face_torch import HEADS, LAST, TAP
from deploy.model.architectures.mobilenet import EARLIER_MAPS, backbone, pooled


def face_twin(size: int, width: float) -> keras.Model:
    """Input ``image`` (size, size, 3) from -1 to 1; outputs by name, see ``face_torch.HEADS``."""
    image = keras.Input((size, size, 3), name="image")
    trunk = keras.Model(image, backbone(image, width))
    taps = [trunk.get_layer(name).output for name in EARLIER_MAPS]
    earlier = (pooled(tap, TAP, f"tap{i}") for i, tap in enumerate(taps))
    parts = [pooled(trunk.output, LAST), *earlier]
    features = layers.Concatenate(name="stages")(parts)
    outputs = {name: layers.Dense(count, name=name)(features) for name, count in HEADS.items()}
    return keras.Model(image, outputs, name="face")
