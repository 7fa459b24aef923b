"""Takes a network's mean turn on validation faces out of it, at no cost: one rotation, folded in.

A pool of turned faces or averaged labels may shift where a network sees "straight ahead" by some
tenths of a degree. A constant rotation from the left is linear in the two columns of a 6D head, so
the last layer can carry it.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.estimates import from_outputs
from deploy.model.base.predict import predict

Floats = NDArray[np.float64]
LAYER = "pose"


def centre(network: keras.Model, crops: NDArray[np.uint8], truth: NDArray[np.floating]) -> Floats:
    """Changes ``network``, whose head is rotation6d; returns the rotation (3, 3) folded in.

    ``crops``: uint8 RGB (N, S, S, 3); ``truth``: their labels, (N, 3, 3).
    """
    outputs = predict(network, crops)
    found = from_outputs(outputs["pose"], outputs["spread"][:, 0]).rotation
    turn = mean_turn(found, truth)
    layer = network.get_layer(LAYER)
    kernel, bias = layer.get_weights()
    layer.set_weights([turned(kernel, turn), turned(bias, turn)])
    return turn


def mean_turn(found: NDArray[np.floating], truth: NDArray[np.floating]) -> Floats:
    """The rotation Q with Q · found nearest to truth on the whole (chordal mean)."""
    left, _, right = np.linalg.svd(np.einsum("nij,nkj->ik", truth, found, dtype=np.float64))
    proper = np.diag([1.0, 1.0, np.linalg.det(left @ right)])
    return np.asarray(left @ proper @ right)


def turned(weights: NDArray[np.float32], turn: Floats) -> NDArray[np.float32]:
    columns = weights.reshape(*weights.shape[:-1], 2, 3)
    return np.asarray((columns @ turn.T).reshape(weights.shape), np.float32)
