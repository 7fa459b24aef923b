"""A pool of profiled faces for training: choose sources, sample targets, render, write.

    python -m deploy.model.profile_pool ../shared/faces --landmarker FILE --out DIR --count 12000

DIR then holds ``images.npy`` (N, 160, 160, 3) uint8 BGR (memory-mappable), ``labels.npz`` and a
README. It appears whole or not at all: a reader never sees half a pool.
"""

from __future__ import annotations

import argparse
import csv
import math
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.mesh import AXES, Floats
from deploy.model.profiling import Face, profile
from edge_pose.values import Box
from edge_pose.vision.geometry import euler_angles, geodesic_deg, rotation_matrix
from edge_pose.vision.landmarks import Landmarker

SIDE = 160
# Sources by |yaw|: how many of the pool each range gives. Medium poses have less to invent.
SHARES = {(0.0, 15.0): 0.22, (15.0, 30.0): 0.33, (30.0, 45.0): 0.35, (45.0, 90.0): 0.10}
MAX_DISAGREEMENT_DEG = 3.5
MAX_TURN_DEG = 65.0
MIN_SOURCE_PX = 80
# A source whose mesh disagrees with its label by more than this has a bad mesh or a bad label.
MAX_MESH_ERROR_DEG = 6.0

_README = """Profiled faces: {count} images made by deploy/model/profile_pool.py (seed {seed}).

images.npy   uint8 (N, 160, 160, 3) BGR; np.load(..., mmap_mode="r"). Square crop of twice the
             longer side of the tight box, the box in its middle, as in shared/faces.
labels.npz   rotation   float32 (N, 3, 3)   R of edge_pose/vision/geometry.py, the intended pose
             angles     float32 (N, 3)      yaw, pitch, roll in degrees of the same R
             box        float32 (N, 4)      tight box x1, y1, x2, y2 in crop pixels
             landmarks  float32 (N, 468, 3) x, y, z in crop pixels, MediaPipe order, z away
             turn_deg   float32 (N,)        how far the source was turned
             disagreement_deg float32 (N,)  of the source's label
             source, group str (N,)         the source photo and its group (all of split train)
Order is random. Images of people for research use only: never to be published.
"""


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
        pitch_deg=float(row["pitch_deg"]),
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


def target(label: Label, rng: np.random.Generator) -> Floats:
    """A pose to turn this face to: outward in yaw (most), or up and down; within reach."""
    while True:
        wanted = _sideways(label, rng) if rng.random() < 0.7 else _up_or_down(label, rng)
        if geodesic_deg(label.rotation, wanted) <= MAX_TURN_DEG:
            return wanted


def _sideways(label: Label, rng: np.random.Generator) -> Floats:
    low = min(max(abs(label.yaw_deg) + 8.0, 30.0), 75.0)
    yaw = _side(label, rng) * rng.uniform(low, 90.0)
    return _pose(yaw, label.pitch_deg + rng.normal(0.0, 14.0), label.roll_deg, rng)


def _up_or_down(label: Label, rng: np.random.Generator) -> Floats:
    yaw = label.yaw_deg + _side(label, rng) * rng.uniform(-8.0, 25.0)
    return _pose(yaw, rng.uniform(-48.0, 45.0), label.roll_deg, rng)


def _side(label: Label, rng: np.random.Generator) -> float:
    """Outward is the way the face already looks; a frontal face may go either way."""
    if abs(label.yaw_deg) < 6.0:
        return float(rng.choice([-1.0, 1.0]))
    return math.copysign(1.0, label.yaw_deg)


def _pose(yaw: float, pitch: float, roll: float, rng: np.random.Generator) -> Floats:
    """Half the time Euler angles of the convention; else as a neck moves: turn, then nod."""
    pitch = float(np.clip(pitch, -48.0, 45.0))
    if rng.random() < 0.5:
        return rotation_matrix(yaw, pitch, roll)
    nod = rotation_matrix(0.0, pitch, 0.0) @ rotation_matrix(0.0, 0.0, roll)
    return np.asarray(rotation_matrix(yaw, 0.0, 0.0) @ nod)


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


def prepare(
    folder: Path, landmarker: Landmarker, count: int, seed: int
) -> list[tuple[Label, Face]]:
    """``count`` sources with their meshes, those with a doubtful mesh replaced by others."""
    rng = np.random.default_rng(seed)
    first = choose(read_sources(folder), count, rng)
    unique = list({label.file: label for label in first}.values())
    images = load_images(folder, (label.file for label in unique))
    kept = {
        label.file: (label, face)
        for label, face in consistent(list(faces(unique, images, landmarker)))
    }
    print(f"{len(kept)} of {len(unique)} source photos have a mesh that agrees with the label")
    return [kept[label.file] for label in choose([pair[0] for pair in kept.values()], count, rng)]


def write_pool(pairs: list[tuple[Label, Face]], out: Path, seed: int) -> None:
    """Renders every pair's own target and writes the pool; ``out`` appears when complete."""
    rng = np.random.default_rng(seed)
    part = out.with_name(out.name + ".part")
    part.mkdir(parents=True, exist_ok=True)
    images = np.lib.format.open_memmap(
        part / "images.npy", mode="w+", dtype=np.uint8, shape=(len(pairs), SIDE, SIDE, 3)
    )
    made: list[Face] = []
    for index, (label, face) in enumerate(pairs):
        turned = profile(face, target(label, rng))
        images[index] = turned.image
        made.append(turned)
        if index % 500 == 499:
            print(f"profiled {index + 1} of {len(pairs)}", flush=True)
    images.flush()
    _write_labels(part / "labels.npz", pairs, made)
    text = _README.format(count=len(pairs), seed=seed)
    (part / "README").write_text(text, encoding="utf-8")
    part.rename(out)


def _write_labels(path: Path, pairs: list[tuple[Label, Face]], made: list[Face]) -> None:
    np.savez(
        path,
        rotation=np.stack([face.rotation for face in made]).astype(np.float32),
        angles=np.array([euler_angles(face.rotation) for face in made], np.float32),
        box=np.stack([face.box for face in made]).astype(np.float32),
        landmarks=np.stack([face.landmarks for face in made]),
        turn_deg=np.array(
            [
                geodesic_deg(source.rotation, face.rotation)
                for (_, source), face in zip(pairs, made, strict=True)
            ],
            np.float32,
        ),
        disagreement_deg=np.array([label.disagreement_deg for label, _ in pairs], np.float32),
        source=np.array([label.file for label, _ in pairs]),
        group=np.array([label.group for label, _ in pairs]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("faces", type=Path, help="folder with labels.csv and the .tar files")
    parser.add_argument("--landmarker", type=Path, required=True, help="face_landmark.tflite")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument("--count", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pairs = prepare(args.faces, Landmarker(args.landmarker), args.count, args.seed)
    write_pool(pairs, args.out, args.seed)


if __name__ == "__main__":
    main()
