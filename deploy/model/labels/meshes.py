"""The face mesh of every labelled photo, read by the shipped landmarker and kept in one file.

    python -m deploy.model.labels.meshes ../shared/faces out/morphable/faces.npz
    python -m deploy.model.labels.meshes ../shared/eval/aflw2000_dev out/morphable/dev.npz

Each photo is read twice, as the program does: ``tracked`` in a crop turned by a roll known to
1.5° (on video the last frame's), and ``still`` in two passes of its own.
"""

from __future__ import annotations

import argparse
import csv
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import rotation_of
from edge_pose.models import find
from edge_pose.values import Box
from edge_pose.vision.face.mesh import POINTS, Landmarker
from edge_pose.vision.pose.mesh_fit import upright_mesh

Array = NDArray[np.float64]

_ROLL_KNOWN_TO_DEG = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meshes:
    """Meshes of N photos with their labels. ``tracked``, ``still``: float32 (N, 468, 3) image
    pixels; ``score``: (N,) the lower face score of the two; ``rotation``: (N, 3, 3) labels;
    ``disagreement_deg``: (N,); ``box``: (N, 4); ``split``, ``group``, ``source``, ``photo``:
    (N,) strings, empty where a data set has none."""

    tracked: NDArray[np.float32]
    still: NDArray[np.float32]
    score: NDArray[np.float32]
    rotation: Array
    disagreement_deg: Array
    box: Array
    split: NDArray[np.str_]
    group: NDArray[np.str_]
    source: NDArray[np.str_]
    photo: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.score)

    def pick(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Meshes:
        return Meshes(**{name: getattr(self, name)[index] for name in _NAMES})

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **{name: getattr(self, name) for name in _NAMES})

    @classmethod
    def load(cls, path: Path) -> Meshes:
        with np.load(path) as file:
            return cls(**{name: file[name] for name in _NAMES})


_NAMES = [field.name for field in fields(Meshes)]


def read_rows(folder: Path) -> list[dict[str, str]]:
    """The labels of a data folder."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def photo_reader(folder: Path) -> Callable[[str], NDArray[np.uint8]]:
    """A function that gives the BGR photo of a file name in labels.csv (plain or tar/member)."""
    archives: dict[str, tarfile.TarFile] = {}

    def read(name: str) -> NDArray[np.uint8]:
        if (folder / name).is_file():
            raw = (folder / name).read_bytes()
        else:
            archive, member = name.split("/", 1)
            if archive not in archives:
                archives[archive] = tarfile.open(folder / archive)  # noqa: SIM115
            stream = archives[archive].extractfile(member)
            raw = stream.read() if stream else b""
        return np.asarray(cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR), np.uint8)

    return read


def measure(folder: Path, landmarker: Landmarker, seed: int = 0) -> Meshes:
    """Run the landmarker over every photo of a data folder."""
    rows, read, rng = read_rows(folder), photo_reader(folder), np.random.default_rng(seed)
    count = len(rows)
    tracked, still = np.empty((2, count, POINTS, 3), np.float32)
    score = np.empty(count, np.float32)
    boxes = np.array([[float(row[k]) for k in ("x1", "y1", "x2", "y2")] for row in rows])
    for i, row in enumerate(rows):
        image = read(row["file"])
        box = Box(**dict(zip(("x1", "y1", "x2", "y2"), boxes[i].tolist(), strict=True)))
        roll = float(row["roll_deg"]) + rng.normal(0.0, _ROLL_KNOWN_TO_DEG)
        first, second = landmarker.locate(image, box, roll), upright_mesh(landmarker, image, box)
        tracked[i], still[i] = first.points, second.points
        score[i] = min(first.score, second.score)
    return Meshes(
        tracked=tracked,
        still=still,
        score=score,
        rotation=np.array([rotation_of(row) for row in rows]),
        disagreement_deg=np.array([float(row.get("disagreement_deg", 0.0)) for row in rows]),
        box=boxes,
        **{k: np.array([row.get(k, "") for row in rows]) for k in ("split", "group", "source")},
        photo=np.array([row["file"] for row in rows]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    meshes = measure(args.folder, Landmarker(find("face_landmark")))
    meshes.save(args.out)
    print(f"{args.out}: {len(meshes)} photos, {int((meshes.score < 0.5).sum())} without a mesh")


if __name__ == "__main__":
    main()
