"""Accuracy at large yaw and pitch, on labelled photos turned there by face profiling.

    python -m deploy.model.evaluation.profile_eval MODEL.tflite LABELS.csv --landmarker FILE

LABELS.csv is a table of ``readers/own_photos.py`` (file, angles, tight box). Every face is turned
outward to a set of yaws, and up and down; the error is measured against the known new pose. A
renderer must not grade itself alone: read it beside the same bins of real faces.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.accuracy import signed_errors
from deploy.model.base.angles import Floats, euler_deg
from deploy.model.base.estimates import estimate, open_model
from deploy.model.data.crops import crops_of
from deploy.model.data.datasets import SIDE, Samples
from deploy.model.data.profile_sources import upright_deg
from deploy.model.data.profiling import Face, profile
from deploy.model.data.readers.own_photos import read_own
from deploy.model.data.readers.photos import as_samples
from edge_pose.values import Box
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.geometry import euler_angles, geodesic_deg, rotation_matrix

YAWS_DEG = (37.0, 48.0, 56.0, 64.0, 72.0, 80.0, 88.0)
PITCHES_DEG = (-48.0, -40.0, -32.0, -24.0, 16.0, 24.0, 32.0, 40.0)
YAW_BINS = ((30, 45), (45, 60), (60, 90))
PITCH_BINS = ((-50, -35), (-35, -20), (10, 25), (25, 45))
MAX_TURN_DEG = 70.0
_CORNERS = ("x1", "y1", "x2", "y2")


def faces_of(samples: Samples, landmarker: Landmarker) -> list[Face]:
    """The samples with their meshes, where the mesh network is sure of one."""
    found = []
    for i in range(len(samples)):
        image = cv2.cvtColor(np.asarray(samples.images[i]), cv2.COLOR_RGB2BGR)
        rotation = samples.rotation[i].astype(np.float64)
        box = Box(**dict(zip(_CORNERS, samples.box[i].tolist(), strict=True)))
        mesh = landmarker.locate(np.asarray(image, np.uint8), box, upright_deg(rotation))
        if mesh.score > 0.8:
            found.append(
                Face(
                    image=np.asarray(image, np.uint8),
                    landmarks=mesh.points,
                    rotation=rotation,
                    box=samples.box[i].astype(np.float64),
                )
            )
    return found


def turned(faces: Sequence[Face], yaws_deg: Sequence[float] = YAWS_DEG) -> Samples:
    """Each face at each larger yaw on the side that it looks to, pitch and roll unchanged."""
    return _rendered(faces, lambda face: _aside(face, yaws_deg))


def tilted(faces: Sequence[Face], pitches_deg: Sequence[float] = PITCHES_DEG) -> Samples:
    """Each face at each pitch, yaw and roll unchanged."""
    return _rendered(faces, lambda face: _up_and_down(face, pitches_deg))


def _aside(face: Face, yaws_deg: Sequence[float]) -> Iterator[Floats]:
    yaw, pitch, roll = euler_angles(face.rotation)
    for wanted in yaws_deg:
        if wanted > abs(yaw):
            yield rotation_matrix(math.copysign(wanted, yaw), pitch, roll)


def _up_and_down(face: Face, pitches_deg: Sequence[float]) -> Iterator[Floats]:
    yaw, _, roll = euler_angles(face.rotation)
    for wanted in pitches_deg:
        yield rotation_matrix(yaw, wanted, roll)


def _rendered(faces: Sequence[Face], targets: Callable[[Face], Iterator[Floats]]) -> Samples:
    """Every face at every target within reach."""
    made = [
        profile(face, rotation)
        for face in faces
        for rotation in targets(face)
        if geodesic_deg(face.rotation, rotation) <= MAX_TURN_DEG
    ]
    count = len(made)
    pictures = [cv2.cvtColor(face.image, cv2.COLOR_BGR2RGB) for face in made]
    return Samples(
        images=np.array(pictures, np.uint8).reshape(count, SIDE, SIDE, 3),
        rotation=np.array([face.rotation for face in made], np.float32).reshape(count, 3, 3),
        box=np.array([face.box for face in made], np.float32).reshape(count, 4),
        points=np.array([face.landmarks[IBUG_68] for face in made], np.float32),
        weight=np.ones(count, np.float32),
        turned=np.ones(count, bool),
        tag=np.full(count, "turned"),
    )


def yaw_table(estimated: NDArray[np.floating], truth: NDArray[np.floating]) -> str:
    """One line a range of |yaw|: faces, mean absolute error, bias outward, wrong signs."""
    yaw = euler_deg(truth)[:, 0]
    error = signed_errors(estimated, truth)[:, 0] * np.sign(yaw)
    return _table("|yaw|", YAW_BINS, np.abs(yaw), error)


def pitch_table(estimated: NDArray[np.floating], truth: NDArray[np.floating]) -> str:
    """One line a range of pitch: faces, mean absolute error, bias away from 0, wrong signs."""
    pitch = euler_deg(truth)[:, 1]
    error = signed_errors(estimated, truth)[:, 1] * np.sign(pitch)
    return _table("pitch", PITCH_BINS, pitch, error)


def _table(name: str, bins: Sequence[tuple[int, int]], angle: Floats, outward: Floats) -> str:
    lines = [f"{name:9s}      n   mean |error|   outward bias   wrong sign"]
    for low, high in bins:
        inside = (angle >= low) & (angle < high)
        if inside.any():
            part = outward[inside]
            wrong = int((part < -np.abs(angle[inside])).sum())
            lines.append(
                f"{low:3d} … {high:3d} {inside.sum():6d} {np.abs(part).mean():14.1f}"
                f" {part.mean():14.1f} {wrong:12d}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="measure a model on faces turned to large yaw and pitch"
    )
    parser.add_argument("model", type=Path, help="pose model .tflite")
    parser.add_argument("labels", type=Path, help="CSV: file, angles, x1,y1,x2,y2")
    parser.add_argument("--landmarker", type=Path, required=True, help="face_landmark.tflite")
    parser.add_argument("--cache", type=Path, default=Path("out/model/cache"))
    args = parser.parse_args()
    photos = as_samples(read_own(args.labels), args.cache)
    faces = faces_of(photos, Landmarker(args.landmarker))
    model = open_model(args.model)
    for samples, table in ((turned(faces), yaw_table), (tilted(faces), pitch_table)):
        estimates = estimate(model, crops_of(samples, model.size[0]))
        print(table(estimates.rotation, samples.rotation))


if __name__ == "__main__":
    main()
