"""The reference network whose speed on a Pi 4B is published: MobileNetV2 1.0 at 224 pixels.

    python -m deploy.device.speed.reference out/pi-estimate

Writes it as full int8 and as float32, converted as our own network is. The weights are random, as
in the published measurement: speed does not depend on them. Needs the training stack.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np

from deploy.model.export.convert import image_examples, to_tflite

SIZE = 224


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    network = mobilenet_v2()
    crops = np.random.default_rng(1).integers(0, 256, (8, SIZE, SIZE, 3), np.uint8)
    content = to_tflite(network, "int8", image_examples(crops))
    (folder / "mobilenet_v2_float32.tflite").write_bytes(to_tflite(network, "float32"))
    (folder / "mobilenet_v2_int8.tflite").write_bytes(content)


def mobilenet_v2() -> keras.Model:
    """With the 1000-class layer and without softmax; the conversion asks for named tensors."""
    image = keras.Input((SIZE, SIZE, 3), name="image")
    plain = keras.applications.MobileNetV2(
        input_tensor=image, alpha=1.0, weights=None, classifier_activation=None
    )
    return keras.Model(plain.input, {"pose": plain.output, "spread": plain.layers[-2].output})


if __name__ == "__main__":
    main()
