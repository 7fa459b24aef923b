"""How far estimated poses are from the truth: the numbers every table here is made of."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import euler_deg, geodesic_deg

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Errors in degrees. ``mean``: mean of the three mean absolute errors; ``error``: its
    standard error; ``bias_*``: mean signed error."""

    count: int
    mean: float
    error: float
    yaw: float
    pitch: float
    roll: float
    geodesic: float
    bias_yaw: float
    bias_pitch: float
    bias_roll: float

    def rounded(self) -> dict[str, float]:
        return {key: round(value, 2) for key, value in asdict(self).items()}

    def row(self) -> str:
        """One line of a table: n, mean ± error, yaw/pitch/roll, geodesic, biases."""
        return (
            f"{self.count:5d}  {self.mean:5.2f} ± {self.error:4.2f}  "
            f"{self.yaw:5.2f} {self.pitch:5.2f} {self.roll:5.2f}  {self.geodesic:5.2f}  "
            f"{self.bias_yaw:+5.2f} {self.bias_pitch:+5.2f} {self.bias_roll:+5.2f}"
        )


HEADER = f"{'':26s}    n   mean error     yaw pitch  roll    geo  bias: y, p, r"


def accuracy(estimate: NDArray[np.floating], truth: NDArray[np.floating]) -> Accuracy:
    """Of rotations (N, 3, 3); N at least 1."""
    signed = signed_errors(estimate, truth)
    absolute = np.abs(signed)
    per_face = absolute.mean(axis=1)
    count = len(per_face)
    spread = float(per_face.std(ddof=1)) / np.sqrt(count) if count > 1 else float("nan")
    return Accuracy(
        count=count,
        mean=float(per_face.mean()),
        error=float(spread),
        **dict(zip(("yaw", "pitch", "roll"), absolute.mean(axis=0).tolist(), strict=True)),
        geodesic=float(geodesic_deg(estimate, truth).mean()),
        **dict(
            zip(("bias_yaw", "bias_pitch", "bias_roll"), signed.mean(axis=0).tolist(), strict=True)
        ),
    )


def signed_errors(estimate: NDArray[np.floating], truth: NDArray[np.floating]) -> Floats:
    """Estimate minus truth of yaw, pitch, roll in degrees (N, 3), wrapped to ±180."""
    difference = euler_deg(estimate) - euler_deg(truth)
    return np.asarray((difference + 180.0) % 360.0 - 180.0)
