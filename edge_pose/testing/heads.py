"""Synthetic heads: faces of a basis, turned, seen through a camera, with noise. Exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose, Observation
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter
from edge_pose.vision.fit.metric_fit import MetricFitter
from edge_pose.vision.geometry import corrected_for_ray, euler_angles, focal_px, rotation_matrix

Array = NDArray[np.float64]

YAW_DEG, PITCH_DEG, ROLL_DEG = 75.0, 40.0, 30.0
"""How far heads are turned by ``random_head``, each way."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """A head whose pose is known. ``shape``: (V, 3) mm; ``rotation``: (3, 3)."""

    shape: Array
    rotation: Array

    def seen(self, *, size_px: float = 150.0, at: tuple[float, float] = (320.0, 240.0)) -> Array:
        """Its landmarks (V, 3) from far away: x, y image pixels, y down, depth smaller = nearer.
        ``size_px``: the upright frontal face's longer side."""
        scale = size_px / float(np.ptp(self.shape[:, :2], axis=0).max())
        turned = scale * self.shape @ self.rotation.T
        return np.asarray(turned * (1.0, -1.0, -1.0) + (*at, 0.0))

    def through(self, place_mm: Array, *, focal_px: float, center: tuple[float, float]) -> Array:
        """Its landmarks (V, 2) through a pinhole camera, its origin at ``place_mm`` (x right, y
        up, z towards the viewer)."""
        x, y, z = (self.shape @ self.rotation.T + place_mm).T
        return np.stack([center[0] - focal_px * x / z, center[1] + focal_px * y / z], axis=1)


def random_head(basis: FaceBasis, rng: np.random.Generator, *, std: float = 1.0) -> Head:
    """A random face of the basis (coefficients of this standard deviation), randomly turned."""
    yaw, pitch, roll = rng.uniform(-1.0, 1.0, 3) * (YAW_DEG, PITCH_DEG, ROLL_DEG)
    shape = basis.shape(rng.normal(0.0, std, basis.size))
    return Head(shape=shape, rotation=rotation_matrix(yaw, pitch, roll))


class Witness:
    """Observes synthetic heads: a true camera shows them, the fits take it for an assumed one.

    ``basis``: the 68-landmark part of the face basis that both fits use.
    """

    def __init__(
        self, basis: FaceBasis, size: tuple[int, int], *, true_deg: float, assumed_deg: float
    ) -> None:
        self._size = size
        self._true_px = focal_px(size[0], true_deg)
        assumed_px = focal_px(size[0], assumed_deg)
        self._weak = FaceFitter(basis)
        self._metric = MetricFitter(basis, size=size, focal_px=assumed_px)

    def observe(self, head: Head, place_mm: Array, *, t_s: float = 0.0) -> Observation:
        """What perception would say of a head whose origin is at this place."""
        center = (self._size[0] / 2.0, self._size[1] / 2.0)
        points = head.through(place_mm, focal_px=self._true_px, center=center)
        fit = self._weak.fit(points)
        found = None if fit is None else self._metric.fit(points, fit)
        if fit is None or found is None:
            return Observation(t_s=t_s, face=False)
        yaw, pitch, roll = euler_angles(fit.rotation)
        pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=2.0)
        place = found.position
        (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return Observation(
            t_s=t_s,
            face=True,
            score=0.95,
            box=Box(x1=x1, y1=y1, x2=x2, y2=y2),
            pose=pose,
            pose_cam=corrected_for_ray(pose, (place.x_m, place.y_m, place.z_m)),
            position=place,
        )


def bridge_distance_m(head: Head, place_mm: Array) -> float:
    """What a tape from the lens to the bridge of the nose reads; for heads of 68 landmarks."""
    bridge = head.rotation @ head.shape[27] + place_mm
    return float(np.linalg.norm(bridge)) / 1000.0
