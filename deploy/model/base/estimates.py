"""What a model file says about many crops, through the runtime's own interpreter wrapper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import rotations_from_6d, rotations_from_euler
from edge_pose.vision.tflite.interpreter import ImageModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates:
    """``rotation``: (N, 3, 3); ``spread``: (N,) raw model output, ln of degrees."""

    rotation: NDArray[np.float64]
    spread: NDArray[np.float64]


def open_model(path: Path, threads: int = 1) -> ImageModel:
    return ImageModel(path, gain=1.0 / 127.5, offset=-1.0, threads=threads)


def estimate(model: ImageModel, crops: NDArray[np.uint8]) -> Estimates:
    """Estimates for uint8 RGB crops (N, S, S, 3)."""
    outputs = [model.run(crop) for crop in crops]
    return from_outputs(
        np.stack([out["pose"].ravel() for out in outputs]),
        np.array([out["spread"].ravel()[0] for out in outputs]),
    )


def from_outputs(pose: NDArray[np.floating], spread: NDArray[np.floating]) -> Estimates:
    """From raw outputs: (N, 6), copies of it side by side, or (N, 3); and (N,)."""
    if pose.shape[1] % 6 == 0:
        pose = pose.reshape(len(pose), -1, 6).mean(axis=1)
        rotation = rotations_from_6d(pose)
    else:
        rotation = rotations_from_euler(np.asarray(pose, np.float64) * 90.0)
    return Estimates(rotation=rotation, spread=np.asarray(spread, np.float64))
