"""Labelled photos, whatever set they come from, and how they become training samples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import SIDE, MissingData, Samples
from edge_pose.values import Box
from edge_pose.vision.geometry import Matrix, euler_angles
from edge_pose.vision.image.crop import face_crop, square_around

MAX_ANGLE_DEG = 99.0
"""The published protocol leaves out faces with any angle beyond this (Ruiz et al., "Fine-Grained
Head Pose Estimation Without Keypoints", CVPRW 2018)."""
_SCALE = 2.0


class BadLabel(ValueError):
    """A label file that is not in its data set's published format."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photo:
    """One face in one photo. ``rotation``: (3, 3), ``vision/geometry.py``; ``box``: tight box,
    photo pixels; ``turned``: the photo was made by face profiling."""

    path: Path
    rotation: Matrix
    box: Box
    tag: str
    turned: bool = False
    weight: float = 1.0


def published_filter(photos: Iterable[Photo]) -> list[Photo]:
    """Those whose angles all lie within ±99°."""
    return [p for p in photos if max(map(abs, euler_angles(p.rotation))) <= MAX_ANGLE_DEG]


def published_margin(box: Box, k: float) -> Box:
    """The box that the published networks crop: 0.6·k wider on each side and at the chin, 2·k
    higher at the top, in shares of its width and height. k is 0.2 in tests and 0.2–0.4 in
    training (Ruiz et al. 2018)."""
    return Box(
        x1=box.x1 - 0.6 * k * box.width,
        y1=box.y1 - 2.0 * k * box.height,
        x2=box.x2 + 0.6 * k * box.width,
        y2=box.y2 + 0.6 * k * box.height,
    )


def as_samples(photos: Sequence[Photo], cache: Path, *, margin: float | None = None) -> Samples:
    """Crops of twice the tight box, cut once and kept in ``cache``.

    ``margin``: use ``published_margin`` boxes with this k in place of the tight ones.
    """
    boxes = [p.box if margin is None else published_margin(p.box, margin) for p in photos]
    images, kept = _cut(photos, boxes, cache)
    chosen = [photos[i] for i in kept]
    count = len(chosen)
    return Samples(
        images=images,
        rotation=np.array([p.rotation for p in chosen], np.float32).reshape(count, 3, 3),
        box=np.array([_in_crop(boxes[i]) for i in kept], np.float32).reshape(count, 4),
        points=np.full((count, 68, 3), np.nan, np.float32),
        weight=np.array([p.weight for p in chosen], np.float32),
        turned=np.array([p.turned for p in chosen], bool),
        tag=np.array([p.tag for p in chosen], np.str_),
    )


def _cut(
    photos: Sequence[Photo], boxes: Sequence[Box], cache: Path
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """RGB crops as a memory map, and which photos they show: unreadable ones are left out."""
    name = hashlib.sha256(
        "\n".join(f"{p.path} {b}" for p, b in zip(photos, boxes, strict=True)).encode()
    ).hexdigest()[:16]
    path, index = cache / f"{name}.npy", cache / f"{name}.kept.npy"
    if not (path.is_file() and index.is_file()):
        cache.mkdir(parents=True, exist_ok=True)
        part = cache / f"{name}.part"
        kept = _write_crops(part, photos, boxes)
        np.save(index, kept)
        part.rename(path)
    kept = np.load(index)
    return np.asarray(np.load(path, mmap_mode="r"))[: len(kept)], kept


def _write_crops(part: Path, photos: Sequence[Photo], boxes: Sequence[Box]) -> NDArray[np.intp]:
    shape = (len(photos), SIDE, SIDE, 3)
    images = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
    kept: list[int] = []
    for i, (photo, box) in enumerate(zip(photos, boxes, strict=True)):
        image = cv2.imread(str(photo.path))
        if image is None:
            print(f"{photo.path}: cannot be read, left out")
            continue
        crop = face_crop(np.asarray(image, np.uint8), box, _SCALE, SIDE)
        images[len(kept)] = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
        kept.append(i)
        if i % 2000 == 1999:
            print(f"cut {i + 1} of {len(photos)} crops", flush=True)
    images.flush()
    return np.array(kept, np.intp)


def _in_crop(box: Box) -> tuple[float, float, float, float]:
    left, top, side = square_around(box, _SCALE)
    scale = SIDE / side
    return (
        (box.x1 - left) * scale,
        (box.y1 - top) * scale,
        (box.x2 - left) * scale,
        (box.y2 - top) * scale,
    )


def box_of_points(points: NDArray[np.floating]) -> Box:
    """The tight box of landmarks (N, 2)."""
    (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def files_below(folder: Path, pattern: str, expected: str) -> list[Path]:
    """Sorted files that match a pattern; says what was expected where when there are none."""
    if not folder.is_dir():
        raise MissingData(f"{folder}: no such folder; expected {expected}")
    found = sorted(folder.glob(pattern))
    if not found:
        raise MissingData(f"{folder}: no {pattern} in it; expected {expected}")
    return found
