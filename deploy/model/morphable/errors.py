"""Angle errors of many rotations, as every table here reports them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.geometry import euler_angles

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Mean absolute errors in degrees; ``mean`` is that of yaw, pitch and roll together,
    ``standard_error`` its own; ``spread`` the standard deviation over photos."""

    count: int
    mean: float
    standard_error: float
    spread: float
    yaw: float
    pitch: float
    roll: float
    geodesic: float

    @classmethod
    def of(cls, measured: Array, truth: Array) -> Errors:
        """Errors of rotations (N, 3, 3)."""
        apart = angle_errors(measured, truth)
        each = apart.mean(axis=1)
        yaw, pitch, roll = apart.mean(axis=0).tolist()
        return cls(
            count=len(each),
            mean=round(float(each.mean()), 3),
            standard_error=round(float(each.std() / np.sqrt(len(each))), 3),
            spread=round(float(each.std()), 3),
            yaw=round(yaw, 3),
            pitch=round(pitch, 3),
            roll=round(roll, 3),
            geodesic=round(float(geodesic(measured, truth).mean()), 3),
        )

    def as_dict(self) -> dict[str, float]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.mean:.2f} ± {self.standard_error:.2f} (std {self.spread:.2f}; yaw "
            f"{self.yaw:.2f} pitch {self.pitch:.2f} roll {self.roll:.2f}; geodesic "
            f"{self.geodesic:.2f}; n {self.count})"
        )


def angle_errors(measured: Array, truth: Array) -> Array:
    """(N, 3): absolute differences of yaw, pitch and roll in degrees, the short way round."""
    apart = np.abs(_angles(measured) - _angles(truth))
    return np.minimum(apart, 360.0 - apart)


def geodesic(measured: Array, truth: Array) -> Array:
    """(N,): the angle in degrees between rotations."""
    cosine = (np.einsum("nij,nij->n", measured, truth) - 1.0) / 2.0
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _angles(rotations: Array) -> Array:
    return np.array([euler_angles(rotation) for rotation in rotations])
