"""What training minimises: the angle to the true rotation, with trust; and its companions."""

from __future__ import annotations

import math
from typing import Any

from keras import ops

from deploy.model.training.feed import ABSENT_ERROR_DEG

POINTS_WEIGHT = 3.0
SPREAD_WEIGHT = 0.02
BINS_WEIGHT = 0.05
LENGTH_WEIGHT = 0.1
"""Keeps both columns near length 1: their length means nothing, but int8 steps grow with it."""


def rotation_from_6d(six: Any) -> Any:
    """Gram–Schmidt: (N, 6) → rotation (N, 3, 3). Zhou et al., CVPR 2019."""
    first = _unit(six[:, :3])
    second = six[:, 3:]
    second = _unit(second - ops.sum(first * second, axis=1, keepdims=True) * first)
    return ops.stack([first, second, ops.cross(first, second)], axis=2)


def rotation_from_angles(angles: Any) -> Any:
    """Yaw, pitch, roll in degrees / 90, (N, 3) → rotation (N, 3, 3) = Rx·Ry·Rz."""
    yaw, pitch, roll = (angles[:, i] * (math.pi / 2) for i in range(3))
    cy, sy, cp, sp = ops.cos(yaw), ops.sin(yaw), ops.cos(pitch), ops.sin(pitch)
    cr, sr = ops.cos(roll), ops.sin(roll)
    rows = (
        (cy * cr, cy * sr, -sy),
        (-cp * sr + sp * sy * cr, cp * cr + sp * sy * sr, sp * cy),
        (sp * sr + cp * sy * cr, -sp * cr + cp * sy * sr, cp * cy),
    )
    return ops.stack([ops.stack(row, axis=1) for row in rows], axis=1)


def geodesic(predicted: Any, truth: Any) -> Any:
    """The angle in radians between rotations (N, 3, 3), from the chord: smooth at zero."""
    chord = ops.sqrt(ops.sum(ops.square(predicted - truth), axis=(1, 2)) + 1e-8)
    return 2.0 * ops.arcsin(ops.minimum(chord / math.sqrt(8.0), 0.999))


def pose_loss(targets: dict[str, Any], outputs: dict[str, Any]) -> Any:
    """Weighted angle + landmarks + spread, one number.

    The spread learns from the angle but cannot bend it: its error is cut from the gradient. Its
    loss err / e^s + s is least where e^s is the expected error (a Laplace likelihood).
    """
    pose = outputs["pose"]
    decode = rotation_from_6d if pose.shape[-1] == 6 else rotation_from_angles
    angle = geodesic(decode(pose), targets["rotation"])
    weight = targets["weight"]
    loss = ops.sum(angle * weight) / (ops.sum(weight) + 1e-6)
    if pose.shape[-1] == 6:
        loss += LENGTH_WEIGHT * ops.mean(ops.square(_lengths(pose) - 1.0))
    if "points" in outputs:
        truth = ops.reshape(targets["points"], (-1, 204))
        miss = ops.mean(ops.abs(outputs["points"] - truth), axis=1)
        seen = targets["seen"]
        loss += POINTS_WEIGHT * ops.sum(miss * seen) / (ops.sum(seen) + 1e-6)
    loss += sum(term(targets, outputs[name]) for name, term in _EXTRA.items() if name in outputs)
    return loss + SPREAD_WEIGHT * spread_loss(angle, targets, outputs["spread"][:, 0])


def _lengths(six: Any) -> Any:
    columns = ops.reshape(six, (-1, 2, 3))
    return ops.sqrt(ops.sum(ops.square(columns), axis=2) + 1e-8)


def mirror_loss(pose: Any, mirrored: Any) -> Any:
    """Faces are symmetric: the pose of the mirrored image is the mirrored pose. No label needed."""
    decode = rotation_from_6d if pose.shape[-1] == 6 else rotation_from_angles
    flip = ops.convert_to_tensor([[1.0, -1.0, -1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
    return ops.mean(geodesic(decode(mirrored), decode(pose) * flip))


def spread_loss(angle: Any, targets: dict[str, Any], spread: Any) -> Any:
    error = ops.stop_gradient(angle) * (180.0 / math.pi)
    absent = targets["absent"]
    error = absent * ABSENT_ERROR_DEG + (1.0 - absent) * error
    spread = ops.clip(spread, -3.0, 6.0)
    return ops.mean(error * ops.exp(-spread) + spread)


def _unit(vector: Any) -> Any:
    return vector / ops.sqrt(ops.sum(ops.square(vector), axis=1, keepdims=True) + 1e-8)


def euler_from_rotation(rotation: Any) -> Any:
    """Yaw, pitch, roll in radians (N, 3) of rotations (N, 3, 3)."""
    yaw = ops.arcsin(ops.clip(-rotation[:, 0, 2], -0.9999, 0.9999))
    pitch = ops.arctan2(rotation[:, 1, 2], rotation[:, 2, 2])
    roll = ops.arctan2(rotation[:, 0, 1], rotation[:, 0, 0])
    return ops.stack([yaw, pitch, roll], axis=1)


def bins_loss(targets: dict[str, Any], logits: Any) -> Any:
    """Cross-entropy of the true 3° bins (HopeNet), faces weighted by trust."""
    degrees = euler_from_rotation(targets["rotation"]) * (180.0 / math.pi)
    wanted = ops.cast(ops.clip(ops.round(degrees / 3.0 + 32.5), 0, 65), "int32")
    logits = ops.reshape(logits, (-1, 3, 66))
    each = ops.sparse_categorical_crossentropy(wanted, logits, from_logits=True)
    weight = targets["weight"]
    return BINS_WEIGHT * ops.sum(ops.mean(each, axis=1) * weight) / (ops.sum(weight) + 1e-6)


def place_loss(targets: dict[str, Any], place: Any) -> Any:
    """Middle and size of the face in the crop, from its landmarks (6 degrees of freedom)."""
    points = ops.reshape(targets["points"], (-1, 68, 3))[:, :, :2]
    middle = ops.mean(points, axis=1)
    size = ops.sqrt(ops.mean(ops.square(points - middle[:, None]), axis=(1, 2)) + 1e-8)
    wanted = ops.concatenate([middle, size[:, None]], axis=1)
    miss = ops.mean(ops.abs(place - wanted), axis=1)
    return ops.sum(miss * targets["seen"]) / (ops.sum(targets["seen"]) + 1e-6)


_EXTRA = {"bins": bins_loss, "place": place_loss}
