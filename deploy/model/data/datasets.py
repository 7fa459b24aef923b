"""What the network learns from: one value, ``Samples``, whatever data set it was read from.

Every reader gives square face crops of twice the tight box's longer side, 160 × 160 RGB, so that
augmentation can cut any crop of 1.25–1.75 × the box from them.
"""

from __future__ import annotations

import csv
import math
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import rotation_of
from edge_pose.vision.face.mesh import IBUG_68

SIDE = 160
HALF_TRUST_DEG = 4.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """Labelled face crops. ``images``: uint8 RGB (N, 160, 160, 3), may be a memory map;
    ``rotation``: float32 (N, 3, 3), ``vision/geometry.py``; ``box``: float32 (N, 4) tight box
    x1, y1, x2, y2; ``points``: float32 (N, 68, 3) mesh landmarks in iBUG order, crop pixels, z
    away, NaN where unknown; ``weight``: float32 (N,) trust in the label; ``turned``: bool (N,),
    made by face profiling; ``tag``: str (N,), source and tags for reports."""

    images: NDArray[np.uint8]
    rotation: NDArray[np.float32]
    box: NDArray[np.float32]
    points: NDArray[np.float32]
    weight: NDArray[np.float32]
    turned: NDArray[np.bool_]
    tag: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.rotation)

    @property
    def yaw_deg(self) -> NDArray[np.float32]:
        return np.degrees(np.arcsin(np.clip(-self.rotation[:, 0, 2], -1, 1)))

    def pick(self, index: NDArray[np.intp]) -> Samples:
        """A part of the samples; the images stay where they are and are read when asked for."""
        rest = {f.name: getattr(self, f.name)[index] for f in fields(self) if f.name != "images"}
        return Samples(images=_Rows(self.images, index), **rest)  # type: ignore[arg-type]


def trust(disagreement_deg: NDArray[np.floating]) -> NDArray[np.floating]:
    """The weight of a label whose estimators disagree by so much: a half at 4°."""
    return np.asarray(1.0 / (1.0 + (disagreement_deg / HALF_TRUST_DEG) ** 2))


def disagreement_of(weight: float) -> float:
    """The inverse of ``trust``, in degrees."""
    return HALF_TRUST_DEG * math.sqrt(max(0.0, 1.0 / weight - 1.0))


class MissingData(FileNotFoundError):
    """A data set is not where it was said to be; says what was expected there."""


def faces(folder: Path, cache: Path, split: str | None) -> Samples:
    """The labelled face crops of ../shared/faces (all where split is None); unpacked once into
    ``cache``.

    Mesh landmarks come from ``cache/mesh.npz`` where ``mesh_targets`` made them.
    """
    rows = _rows(folder)
    images = _unpacked(folder, cache, [row["file"] for row in rows])
    keep = _of_split(rows, split)
    kept = [rows[i] for i in keep]
    disagreement = np.array([float(row["disagreement_deg"]) for row in kept], np.float32)
    return Samples(
        images=images if len(keep) == len(rows) else _Rows(images, keep),  # type: ignore[arg-type]
        rotation=np.array([rotation_of(row) for row in kept], np.float32),
        box=np.array([[float(row[k]) for k in ("x1", "y1", "x2", "y2")] for row in kept], "f4"),
        points=_mesh(cache, len(rows))[keep],
        weight=trust(disagreement),
        turned=np.zeros(len(kept), bool),
        tag=np.array([f"{row['source']} {row['tags']}" for row in kept]),
    )


def split_rows(folder: Path, split: str) -> NDArray[np.intp]:
    """Which rows of labels.csv, and so of ``mesh.npz``, belong to a split."""
    return _of_split(_rows(folder), split)


def profiled(folder: Path) -> Samples:
    """The pool that ``profile_pool`` made: known large poses, all of split train."""
    if not (folder / "labels.npz").is_file():
        raise MissingData(f"{folder}: no labels.npz; make it with deploy.model.data.profile_pool")
    with np.load(folder / "labels.npz") as labels:
        count = len(labels["rotation"])
        disagreement = labels["disagreement_deg"]
        return Samples(
            images=_Bgr(np.load(folder / "images.npy", mmap_mode="r")),  # type: ignore[arg-type]
            rotation=labels["rotation"],
            box=labels["box"],
            points=labels["landmarks"][:, IBUG_68],
            weight=(0.7 * trust(disagreement)).astype(np.float32),
            turned=np.ones(count, bool),
            tag=np.full(count, "profiled"),
        )


class _Rows:
    """Some rows of a memory map, read when asked for."""

    def __init__(self, images: NDArray[np.uint8], index: NDArray[np.intp]) -> None:
        self._images, self._index = images, index

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        return np.asarray(self._images[self._index[rows]])


class _Bgr:
    """A memory map of BGR images read as RGB."""

    def __init__(self, images: NDArray[np.uint8]) -> None:
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        return np.asarray(self._images[rows][..., ::-1])


def _rows(folder: Path) -> list[dict[str, str]]:
    path = folder / "labels.csv"
    if not path.is_file():
        raise MissingData(f"{path}: not found; expected the faces folder (labels.csv, *.tar)")
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _of_split(rows: list[dict[str, str]], split: str | None) -> NDArray[np.intp]:
    return np.array([i for i, row in enumerate(rows) if split in (None, row["split"])], np.intp)


def _mesh(cache: Path, count: int) -> NDArray[np.float32]:
    path = cache / "mesh.npz"
    if not path.is_file():
        return np.full((count, 68, 3), np.nan, np.float32)
    with np.load(path) as mesh:
        points = np.asarray(mesh["points"][:, IBUG_68], np.float32)
        points[mesh["score"] < 0.8] = np.nan
    return points


def _unpacked(folder: Path, cache: Path, files: list[str]) -> NDArray[np.uint8]:
    path = cache / "faces.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        shape = (len(files), SIDE, SIDE, 3)
        images = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
        _unpack(folder, {name: i for i, name in enumerate(files)}, images)
        images.flush()
        part.rename(path)
    return np.asarray(np.load(path, mmap_mode="r"))


def _unpack(folder: Path, place: dict[str, int], images: NDArray[np.uint8]) -> None:
    for tar in sorted({name.split("/", 1)[0] for name in place}):
        with tarfile.open(folder / tar) as archive:
            for name, pixels in _members(archive):
                if (index := place.get(f"{tar}/{name}")) is not None:
                    images[index] = cv2.cvtColor(
                        np.asarray(cv2.imdecode(pixels, 1)), cv2.COLOR_BGR2RGB
                    )


def _members(archive: tarfile.TarFile) -> Iterable[tuple[str, NDArray[np.uint8]]]:
    for entry in archive:
        if stream := archive.extractfile(entry):
            yield entry.name, np.frombuffer(stream.read(), np.uint8)
