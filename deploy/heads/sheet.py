"""Contact sheets: many pictures on one page, with or without their truth drawn in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.reader import Rendered, read

Picture = NDArray[np.uint8]

_SEEN, _HIDDEN, _IRIS, _LOOK = (0, 255, 0), (0, 0, 255), (255, 0, 255), (0, 255, 255)
_LOOK_PX = 18.0


def write_sheet(
    folder: Path, subject: str, out: Path, *, columns: int, count: int, truth: bool, zoom: int = 1
) -> None:
    """The first ``count`` pictures of a subject."""
    pictures = islice(read(folder, subject), count)
    sheet = tiled([_shown(p, truth=truth, zoom=zoom) for p in pictures], columns)
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])


def tiled(pictures: Iterable[Picture], columns: int) -> Picture:
    """Pictures of one size, row by row; the last row is filled with black."""
    tiles = list(pictures)
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    return np.asarray(np.vstack(rows), np.uint8)


def _shown(rendered: Rendered, *, truth: bool, zoom: int) -> Picture:
    height, width = rendered.image.shape[:2]
    size = (width * zoom, height * zoom)
    large = np.asarray(cv2.resize(rendered.image, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    if truth:
        _draw_truth(large, rendered, zoom)
    return large


def _draw_truth(picture: Picture, rendered: Rendered, zoom: int) -> None:
    """Landmarks (red where hidden), irises, and where each eye looks."""
    for point, seen in zip(rendered.points * zoom, rendered.visible, strict=True):
        x, y = point.round().astype(int).tolist()
        cv2.circle(picture, (x, y), max(zoom // 2, 1), _SEEN if seen else _HIDDEN, -1)
    for part in "rl":
        centre = (
            rendered.number(f"iris_{part}_x") * zoom,
            rendered.number(f"iris_{part}_y") * zoom,
        )
        axes = (
            2 * rendered.number(f"iris_{part}_a") * zoom,
            2 * rendered.number(f"iris_{part}_b") * zoom,
        )
        cv2.ellipse(picture, (centre, axes, rendered.number(f"iris_{part}_angle")), _IRIS, 1)
        _draw_look(picture, rendered, part, centre, zoom)


def _draw_look(
    picture: Picture, rendered: Rendered, part: str, centre: tuple[float, float], zoom: int
) -> None:
    yaw = math.radians(rendered.number(f"gaze{part.upper()}_cam_yaw"))
    pitch = math.radians(rendered.number(f"gaze{part.upper()}_cam_pitch"))
    turn = math.radians(rendered.number("level_deg"))
    right, up = -math.sin(yaw) * math.cos(pitch), math.sin(pitch)
    right, up = (
        right * math.cos(turn) - up * math.sin(turn),
        right * math.sin(turn) + up * math.cos(turn),
    )
    end = (centre[0] + right * _LOOK_PX * zoom, centre[1] - up * _LOOK_PX * zoom)
    cv2.line(picture, _whole(centre), _whole(end), _LOOK, 1, cv2.LINE_AA)


def _whole(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])
