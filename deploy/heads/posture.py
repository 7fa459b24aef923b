"""How head and shoulders are held before the camera, and the neck that bends between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deploy.heads.anatomy import LANDMARKS, NECK_JOINT, OUTER_CORNERS, Floats
from deploy.heads.turning import (
    euler_angles,
    rotation_between,
    rotation_matrix,
    rotation_of_vectors,
    rotation_vector,
)

Rng = np.random.Generator

_DM = 0.1
_NECK_LOW, _NECK_HIGH, _NAPE = -0.25, 0.75, 0.25
"""Where the bend begins and ends above the neck joint, dm; the nape joins higher than the chin."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posture:
    """``head``: rotation (3, 3) in camera axes of a head whose zero is 0; ``torso``: that of the
    shoulders; ``cabin``: that of the car; ``eyes_m``: where the middle of the outer eye corners
    is, camera at the origin; ``seat_m``: the origin of the car's axes, where the eyes are when
    the driver sits upright."""

    head: Floats
    torso: Floats
    cabin: Floats
    eyes_m: Floats
    seat_m: Floats


def sampled_posture(rng: Rng, *, strip: bool) -> Posture:
    """Any head pose a camera in a car may see: a third beyond 45° of yaw (strips: within 50)."""
    yaw, pitch, roll = _strip_angles(rng) if strip else _face_angles(rng)
    distance = float(rng.uniform(0.4, 1.0))
    reach = np.radians(rng.uniform(40.0, 90.0) / 2.0 * 0.8)
    across, up = rng.uniform(-reach, reach), rng.uniform(-reach, reach) * 0.7
    place = np.array([np.tan(across), np.tan(up), -1.0])
    place *= distance / np.linalg.norm(place)
    ray = rotation_between(np.array([0.0, 0.0, 1.0]), -place)
    head = ray @ rotation_matrix(yaw, pitch, roll)
    return Posture(head=head, eyes_m=place, seat_m=place, **_body(rng, head))


def _face_angles(rng: Rng) -> tuple[float, float, float]:
    yaw = rng.uniform(-90.0, 90.0) if rng.random() < 0.55 else rng.normal(0.0, 28.0)
    return (
        float(np.clip(yaw, -90.0, 90.0)),
        float(np.clip(rng.normal(-3.0, 18.0), -45.0, 45.0)),
        float(np.clip(rng.normal(0.0, 12.0), -35.0, 35.0)),
    )


def _strip_angles(rng: Rng) -> tuple[float, float, float]:
    return (
        float(np.clip(rng.normal(0.0, 22.0), -50.0, 50.0)),
        float(np.clip(rng.normal(-3.0, 14.0), -35.0, 30.0)),
        float(np.clip(rng.normal(0.0, 8.0), -25.0, 25.0)),
    )


def _body(rng: Rng, head: Floats) -> dict[str, Floats]:
    """Shoulders follow the head a part of the way; the car stays nearer to the camera's axis."""
    yaw, _, _ = euler_angles(head)
    car_yaw = float(np.clip(yaw * rng.uniform(0.0, 0.5) + rng.normal(0.0, 10.0), -45.0, 45.0))
    car_yaw = float(np.clip(car_yaw, yaw - 72.0, yaw + 72.0))
    pitch, roll = float(rng.normal(4.0, 7.0)), float(rng.normal(0.0, 2.0))
    lean = rng.normal(0.0, [4.0, 3.0, 3.5])
    share = float(rng.uniform(0.05, 0.3))
    cabin = rotation_matrix(car_yaw, pitch, roll)
    torso = rotation_matrix(
        car_yaw + share * (yaw - car_yaw) + lean[0], pitch + lean[1], roll + lean[2]
    )
    return {"torso": torso, "cabin": cabin}


class Skeleton:
    """Puts a person's vertices (rest pose, dm) where a posture holds them (camera axes, m)."""

    def __init__(self, vertices: Floats, to_zero: Floats, posture: Posture) -> None:
        self._neck = vertices[NECK_JOINT].mean(axis=0)
        self.head = posture.head @ to_zero
        self.torso = posture.torso @ to_zero
        eyes = vertices[LANDMARKS[list(OUTER_CORNERS)]].mean(axis=0)
        self._offset = posture.eyes_m - self.head @ (eyes - self._neck) * _DM

    def bent(self, points: Floats) -> Floats:
        """Of points (N, 3) on the body: the head's turn above, the shoulders' below the neck."""
        height = points[:, 1] - self._neck[1]
        height = height + _NAPE * np.clip(points[:, 2] - self._neck[2], -1.0, 1.2)
        share = np.clip((height - _NECK_LOW) / (_NECK_HIGH - _NECK_LOW), 0.0, 1.0)
        share = share * share * (3.0 - 2.0 * share)
        turn = rotation_of_vectors(share[:, None] * rotation_vector(self.torso.T @ self.head))
        turned = np.einsum("ij,njk,nk->ni", self.torso, turn, points - self._neck)
        return np.asarray(turned * _DM + self._offset)

    def on_head(self, points: Floats) -> Floats:
        """Of points (N, 3) that turn with the head alone."""
        return np.asarray((points - self._neck) @ self.head.T * _DM + self._offset)

    def on_torso(self, points: Floats) -> Floats:
        """Of points (N, 3) that turn with the shoulders alone."""
        return np.asarray((points - self._neck) @ self.torso.T * _DM + self._offset)
