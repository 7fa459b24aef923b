"""Pictures that the detector is quantised and judged on: labelled faces placed in frames."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

FRAME = (480, 640)
SHARES = (0.16, 0.75)
"""Face side by frame height: a small face at the back, a large one close to the lens."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceScene:
    """A frame uint8 BGR (480, 640, 3) with one labelled face."""

    image: NDArray[np.uint8]
    box: Box


def scenes(folder: Path, split: str, count: int, seed: int) -> Iterator[FaceScene]:
    """``count`` frames with faces of ../shared/faces of one split, sizes even in logarithm."""
    random = np.random.default_rng(seed)
    rows = [row for row in _rows(folder) if row["split"] == split]
    chosen = [rows[i] for i in random.permutation(len(rows))[:count]]
    by_tar: dict[str, list[dict[str, str]]] = {}
    for row in chosen:
        by_tar.setdefault(row["file"].split("/")[0], []).append(row)
    for source, members in by_tar.items():
        with tarfile.open(folder / source) as tar:
            for row in members:
                yield _placed(_crop(tar, row["file"]), row, random)


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _crop(tar: tarfile.TarFile, name: str) -> NDArray[np.uint8]:
    member = tar.extractfile(name.split("/", 1)[1])
    assert member is not None
    content = np.frombuffer(io.BytesIO(member.read()).getvalue(), np.uint8)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


def _placed(crop: NDArray[np.uint8], row: dict[str, str], random: np.random.Generator) -> FaceScene:
    height, width = FRAME
    sides = np.array([float(row[name]) for name in ("x1", "y1", "x2", "y2")])
    face = max(sides[2] - sides[0], sides[3] - sides[1])
    share = float(np.exp(random.uniform(*np.log(SHARES))))
    scale = share * height / face
    x = random.uniform(0.35, 0.65) * width - scale * crop.shape[1] / 2
    y = random.uniform(0.4, 0.6) * height - scale * crop.shape[0] / 2
    affine = np.array([[scale, 0, x], [0, scale, y]])
    image = cv2.warpAffine(
        crop, affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    # The mirrored surroundings blurred, so that there is one face but no black wall.
    around = cv2.resize(cv2.blur(image, (61, 61)), (width, height))
    inside = cv2.warpAffine(np.full(crop.shape[:2], 255, np.uint8), affine, (width, height))
    image = np.where(inside[:, :, None] > 127, image, around).astype(np.uint8)
    x1, y1, x2, y2 = (sides * scale + (x, y, x, y)).tolist()
    return FaceScene(image=np.asarray(image, np.uint8), box=Box(x1=x1, y1=y1, x2=x2, y2=y2))
