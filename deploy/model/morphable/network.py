"""The article's network in Keras: an image in; shape, expression, rotation and camera out.

A MobileNetV2 trunk with four small heads: identity and expression coefficients of the morphable
face, a Rodrigues rotation vector, and a weak-perspective camera (ln scale, x, y). A last layer
without weights builds the face of these numbers and projects its 68 landmarks; the loss is the
reprojection error, so the network needs landmarks to learn from but no angles.

Crop units: x right, y down, the crop's middle is 0, its edges are ±1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from deploy.model.architectures.layers import BatchNorm
from deploy.model.architectures.mobilenet import backbone
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis

START_SCALE = 0.0075
"""Crop units per mm when training starts: a face of 130 mm fills half of the crop."""
_ROTATION_GAIN = 0.1
_HUBER = 0.02
_PRIOR = 2e-5


@keras.saving.register_keras_serializable(package="edge_pose")
class MorphableFace(layers.Layer):
    """Coefficients, rotation vector and camera → 68 landmarks (batch, 68, 2) in crop units.

    The numbers of the face are constants of the layer: they are saved with the model and never
    trained.
    """

    def __init__(self, mean: Any, modes: Any, **settings: Any) -> None:
        super().__init__(**{**settings, "trainable": False})
        self.mean = np.asarray(mean, np.float32)
        self.modes = np.asarray(modes, np.float32)

    def call(self, coefficients: Any, turn: Any, camera: Any) -> Any:
        flat = ops.convert_to_tensor(self.modes.reshape(-1, self.modes.shape[-1]).T)
        offset = ops.reshape(ops.matmul(coefficients, flat), (-1, *self.mean.shape))
        shape = offset + ops.convert_to_tensor(self.mean)
        turned = ops.matmul(shape, ops.transpose(rotation_matrices(turn), (0, 2, 1)))
        scale = START_SCALE * ops.exp(camera[:, :1])[:, :, None]
        flipped = turned[:, :, :2] * ops.convert_to_tensor(np.array([1.0, -1.0], np.float32))
        return scale * flipped + camera[:, None, 1:]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean.tolist(), "modes": self.modes.tolist()}


def rotation_matrices(turn: Any) -> Any:
    """Rodrigues: rotation vectors (batch, 3) in radians → matrices (batch, 3, 3)."""
    square = ops.sum(turn * turn, axis=1, keepdims=True)[:, :, None]
    angle = ops.sqrt(square + 1e-12)
    x, y, z = turn[:, 0], turn[:, 1], turn[:, 2]
    zero = ops.zeros_like(x)
    rows = [[zero, -z, y], [z, zero, -x], [-y, x, zero]]
    cross = ops.stack([ops.stack(row, axis=1) for row in rows], axis=1)
    unit = ops.eye(3, dtype=turn.dtype)[None]
    a, b = ops.sin(angle) / angle, (1.0 - ops.cos(angle)) / (angle * angle)
    return unit + a * cross + b * ops.matmul(cross, cross)


def build(basis: FaceBasis, *, size: int = 96, width: float = 0.5) -> keras.Model:
    """The network for a 468-vertex basis. Outputs by name: ``shape``, ``expression``, ``turn``
    (rotation vector), ``camera`` and ``points``."""
    part = basis.chosen(IBUG_68)
    image = keras.Input((size, size, 3), name="image")
    x = layers.GlobalAveragePooling2D(name="pool")(backbone(image, width))
    x = layers.Dense(128, activation="relu", name="features")(x)
    shape = _head(x, part.identity, "shape")
    expression = _head(x, part.expression, "expression")
    turn = layers.Rescaling(_ROTATION_GAIN, name="turn")(_head(x, 3, "turn_raw"))
    camera = layers.Rescaling(_ROTATION_GAIN, name="camera")(_head(x, 3, "camera_raw"))
    both = layers.Concatenate(name="coefficients")([shape, expression])
    points = MorphableFace(part.mean, part.modes, name="points")(both, turn, camera)
    outputs = {
        "shape": shape, "expression": expression, "turn": turn, "camera": camera, "points": points,
    }  # fmt: skip
    return keras.Model(image, outputs, name="morphable_mobilenetv2")


def load(path: Path) -> keras.Model:
    """A saved network."""
    return keras.models.load_model(path, custom_objects={"BatchNorm": BatchNorm}, compile=False)


def _head(features: Any, numbers: int, name: str) -> Any:
    """A linear head that starts at zero: the mean face, frontal, in the middle."""
    return layers.Dense(numbers, kernel_initializer="zeros", name=name)(features)


def reprojection(truth: Any, points: Any) -> Any:
    """Mean Huber distance of landmarks in crop units; landmarks that are NaN do not count."""
    known = ops.logical_not(ops.isnan(truth))
    apart = ops.abs(ops.where(known, truth, points) - points)
    bent = ops.where(apart < _HUBER, apart**2 / (2.0 * _HUBER), apart - _HUBER / 2.0)
    return ops.mean(ops.sum(bent, axis=-1), axis=-1)


def prior(_truth: Any, coefficients: Any) -> Any:
    """Coefficients are standard deviations: their squares cost as faces are rare."""
    return _PRIOR * ops.sum(coefficients * coefficients, axis=-1)


def compiled(model: keras.Model, learning_rate: Any = 1e-3) -> keras.Model:
    """The model ready to ``fit`` with ``targets``. ``learning_rate``: a number or a schedule."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss={"points": reprojection, "shape": prior, "expression": prior},
    )
    return model


def targets(points: NDArray[np.float32], basis: FaceBasis) -> dict[str, NDArray[np.float32]]:
    """What ``fit`` wants beside images: landmarks (N, 68, 2) in crop units; priors need none."""
    count = len(points)
    return {
        "points": points,
        "shape": np.zeros((count, basis.identity), np.float32),
        "expression": np.zeros((count, basis.expression), np.float32),
    }
