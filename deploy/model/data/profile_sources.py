"""What face profiling starts from: photos with clean labels and a mesh that agrees with them."""

from __future__ import annotations

import csv
import math
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import pitch_deg
from deploy.model.data.mesh import AXES, Floats
from deploy.model.data.profiling import Face
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import geodesic_deg, rotation_matrix

# Sources by |yaw|: how many of the pool each range gives. Medium poses have less to invent.
SHARES = {(0.0, 15.0): 0.22, (15.0, 30.0): 0.33, (30.0, 45.0): 0.35, (45.0, 90.0): 0.10}
MAX_DISAGREEMENT_DEG = 3.5
MIN_SOURCE_PX = 80
# A source whose mesh disagrees with its label by more than this has a bad mesh or a bad label.
MAX_MESH_ERROR_DEG = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One row of labels.csv that may become a source."""

    file: str
    group: str
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    disagreement_deg: float
    box: Box

    @property
    def rotation(self) -> Floats:
        return rotation_matrix(self.yaw_deg, self.pitch_deg, self.roll_deg)


def read_sources(folder: Path) -> list[Label]:
    """The clean training faces of a faces folder: small disagreement, not upscaled, no mask."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as text:
        return [_label(row) for row in csv.DictReader(text) if _clean(row)]


def _clean(row: dict[str, str]) -> bool:
    return (
        row["split"] == "train"
        and "masked=1" not in row["tags"]
        and float(row["disagreement_deg"]) <= MAX_DISAGREEMENT_DEG
        and float(row["source_px"]) >= MIN_SOURCE_PX
    )


def _label(row: dict[str, str]) -> Label:
    return Label(
        file=row["file"],
        group=row["group"],
        yaw_deg=float(row["yaw_deg"]),
        pitch_deg=pitch_deg(row),
        roll_deg=float(row["roll_deg"]),
        disagreement_deg=float(row["disagreement_deg"]),
        box=Box(**{corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")}),
    )


def choose(labels: list[Label], count: int, rng: np.random.Generator) -> list[Label]:
    """``count`` sources with repeats, spread over yaw as ``SHARES`` says, in random order."""
    chosen: list[Label] = []
    for (low, high), share in SHARES.items():
        group = [label for label in labels if low <= abs(label.yaw_deg) < high]
        need = round(count * share)
        rounds = -(-need // max(len(group), 1)) if group else 0
        deck = [group[i] for _ in range(rounds) for i in rng.permutation(len(group))]
        chosen += deck[:need]
    return [chosen[i] for i in rng.permutation(len(chosen))]


def load_images(folder: Path, files: Iterable[str]) -> dict[str, NDArray[np.uint8]]:
    """BGR crops by ``tar/member`` name; each tar is read once, front to back."""
    wanted: dict[str, set[str]] = {}
    for file in files:
        tar, member = file.split("/", 1)
        wanted.setdefault(tar, set()).add(member)
    images = {}
    for tar, members in wanted.items():
        with tarfile.open(folder / tar) as archive:
            for entry in archive:
                if entry.name in members and (stream := archive.extractfile(entry)):
                    pixels = np.frombuffer(stream.read(), np.uint8)
                    images[f"{tar}/{entry.name}"] = np.asarray(cv2.imdecode(pixels, 1), np.uint8)
    return images


def faces(
    labels: Iterable[Label], images: dict[str, NDArray[np.uint8]], landmarker: Landmarker
) -> Iterator[tuple[Label, Face]]:
    """The sources with their meshes; a face whose mesh is unsure is left out."""
    for label in labels:
        image = images[label.file]
        mesh = landmarker.locate(image, label.box, upright_deg(label.rotation))
        if mesh.score < 0.95:
            continue
        box = np.array([label.box.x1, label.box.y1, label.box.x2, label.box.y2])
        yield label, Face(image=image, landmarks=mesh.points, rotation=label.rotation, box=box)


def upright_deg(rotation: Floats) -> float:
    """How far the head's crown leans to image right: what a mesh crop must turn back by.

    Not the Euler roll, which in profile trades with pitch and loses that meaning.
    """
    return math.degrees(math.atan2(rotation[0, 1], rotation[1, 1]))


def frontal_shape(face: Face) -> Floats:
    """The mesh turned back by the face's own rotation, centred, of unit size: (468, 3)."""
    points = np.asarray(face.landmarks, np.float64) * AXES
    points = (points - points.mean(axis=0)) @ face.rotation
    return np.asarray(points / np.sqrt((points**2).sum(axis=1).mean()))


def alignment(shape: Floats, points: Floats) -> Floats:
    """The rotation (3, 3) that best takes a centred shape to centred points (Kabsch 1976)."""
    u, _, vt = np.linalg.svd(shape.T @ points)
    sign = np.sign(np.linalg.det(vt.T @ u.T))
    return np.asarray(vt.T @ np.diag([1.0, 1.0, sign]) @ u.T)


def consistent(pairs: list[tuple[Label, Face]]) -> list[tuple[Label, Face]]:
    """Those whose mesh, aligned to the mean face of them all, agrees with the label."""
    shapes = [frontal_shape(face) for _, face in pairs]
    mean = np.median(np.stack(shapes), axis=0)
    return [
        pair
        for pair, shape in zip(pairs, shapes, strict=True)
        if geodesic_deg(np.eye(3), alignment(mean, shape)) <= MAX_MESH_ERROR_DEG
    ]
