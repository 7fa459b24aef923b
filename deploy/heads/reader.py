"""Reads rendered pictures with their truth: for training, judging and tests."""

from __future__ import annotations

import csv
import math
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.vision.geometry import rotation_matrix

_OUTER_CORNERS = (36, 45)
_TEXTS = ("file", "light", "glasses", "head", "occ", "hair", "skin")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rendered:
    """One picture. ``points`` (68, 2) pixels, ``depths_m`` (68,) camera z (< 0), ``visible``
    (68,); ``mesh`` (68, 2): where the face mesh's points are (the vertices' where a shard is older
    than generator 6); ``labels``: the row, numbers as float, texts as str. Pixels count from the
    picture's corner: the middle of the first pixel is at 0.5."""

    image: NDArray[np.uint8]
    """BGR (height, width, 3)."""
    labels: dict[str, float | str]
    points: NDArray[np.float32]
    mesh: NDArray[np.float32]
    depths_m: NDArray[np.float32]
    visible: NDArray[np.bool_]

    def number(self, column: str) -> float:
        return float(self.labels[column])

    def text(self, column: str) -> str:
        return str(self.labels[column])

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The head as the crop shows it (3, 3)."""
        return rotation_matrix(
            self.number("yaw_deg"), self.number("pitch_deg"), self.number("roll_deg")
        )

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The tight box of the 68 points, pixels."""
        (x1, y1), (x2, y2) = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        return x1, y1, x2, y2


def tables(folder: Path, subject: str) -> list[Path]:
    """The finished shards of ``faces`` or ``eyes``: their tables, in order."""
    found = sorted(folder.glob(f"{subject}-*.csv"))
    if not found:
        raise ConfigError(f"{folder}: no {subject}-*.csv there; make heads OUT={folder} makes some")
    return found


def read(folder: Path, subject: str) -> Iterator[Rendered]:
    """Every picture of a subject in a production's folder."""
    for table in tables(folder, subject):
        yield from read_shard(table)


def read_shard(table: Path) -> Iterator[Rendered]:
    """The pictures of one shard, from its table; tar and points lie beside it."""
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with np.load(table.with_name(f"{table.stem}_points.npz")) as arrays:
        pixels, depths = arrays["px"], arrays["z_m"]
        mesh = arrays.get("mesh_px", pixels)
        visible = arrays["visible"] if "visible" in arrays else np.ones(depths.shape, bool)
    if len(rows) != len(pixels):
        raise ConfigError(f"{table}: {len(rows)} rows, but {len(pixels)} rows of points")
    with tarfile.open(table.with_suffix(".tar")) as tar:
        for index, row in enumerate(rows):
            yield Rendered(
                image=_picture(tar, row["file"]), labels=_typed(row), points=pixels[index],
                mesh=mesh[index],
                depths_m=depths[index], visible=visible[index].astype(bool),
            )  # fmt: skip


def levelled_strip(
    picture: NDArray[np.uint8],
    corners: NDArray[np.floating],
    size: tuple[int, int],
    width: float = 1.5,
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The strip of both eyes and its affine map (2, 3) from the picture's pixels.

    ``corners`` (2, 2): the outer eye corners, image left first; ``size``: (width, height) in
    pixels; the strip is centred between the corners, level with them, ``width`` times as wide as
    they are apart.
    """
    across = corners[1] - corners[0]
    turn = math.atan2(float(across[1]), float(across[0]))
    scale = size[0] / (width * max(float(np.hypot(*across)), 1e-6))
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    linear = np.array([[cosine, sine], [-sine, cosine]])
    shift = np.array(size) / 2.0 - linear @ corners.mean(axis=0)
    warp = np.column_stack([linear, shift])
    strip = cv2.warpAffine(
        picture, warp, size, flags=cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(strip, np.uint8), warp


def eye_corners(rendered: Rendered) -> NDArray[np.float32]:
    """The outer eye corners (2, 2), image left first."""
    return rendered.points[list(_OUTER_CORNERS)]


def _picture(tar: tarfile.TarFile, file: str) -> NDArray[np.uint8]:
    member = tar.extractfile(file.rpartition("/")[2])
    assert member is not None
    found = cv2.imdecode(np.frombuffer(member.read(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(found, np.uint8)


def _typed(row: dict[str, str]) -> dict[str, float | str]:
    return {name: cell if name in _TEXTS else float(cell) for name, cell in row.items()}
