"""A pool of profiled faces for training: choose sources, sample targets, render, write.

    python -m deploy.model.data.profile_pool ../shared/faces --landmarker FILE --out DIR

DIR then holds ``images.npy`` (N, 160, 160, 3) uint8 BGR (memory-mappable), ``labels.npz`` and a
README. It appears whole or not at all: a reader never sees half a pool.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np

from deploy.model.data.mesh import Floats
from deploy.model.data.profile_sources import (
    Label,
    choose,
    consistent,
    faces,
    load_images,
    read_sources,
)
from deploy.model.data.profiling import Face, profile
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import euler_angles, geodesic_deg, rotation_matrix

SIDE = 160
SIDEWAYS = 0.7
"""Share of the targets that lie farther out in yaw; the others lie up or down."""
MAX_TURN_DEG = 65.0

_README = """Profiled faces: {count} images made by deploy/model/data/profile_pool.py (seed {seed}).

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


def target(label: Label, rng: np.random.Generator, sideways: float = SIDEWAYS) -> Floats:
    """A pose to turn this face to: outward in yaw (this share), or up and down; within reach."""
    while True:
        wanted = _sideways(label, rng) if rng.random() < sideways else _up_or_down(label, rng)
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


def write_pool(
    pairs: list[tuple[Label, Face]], out: Path, seed: int, sideways: float = SIDEWAYS
) -> None:
    """Renders every pair's own target and writes the pool; ``out`` appears when complete."""
    rng = np.random.default_rng(seed)
    part = out.with_name(out.name + ".part")
    part.mkdir(parents=True, exist_ok=True)
    images = np.lib.format.open_memmap(
        part / "images.npy", mode="w+", dtype=np.uint8, shape=(len(pairs), SIDE, SIDE, 3)
    )
    made: list[Face] = []
    for index, (label, face) in enumerate(pairs):
        turned = profile(face, target(label, rng, sideways))
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
    parser.add_argument(
        "--sideways", type=float, default=SIDEWAYS, help="share turned outward, not up or down"
    )
    args = parser.parse_args()
    pairs = prepare(args.faces, Landmarker(args.landmarker), args.count, args.seed)
    write_pool(pairs, args.out, args.seed, args.sideways)


if __name__ == "__main__":
    main()
