"""The landmarks of a list of pictures as a CSV table: one row for each face, or for each file
without one an empty row.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.vision.face.mesh import IBUG_68, POINTS
from edge_pose.vision.stills.still_faces import StillFace

LandmarkSet = Literal["68", "468"]


class LandmarkTable:
    """Writes columns file, score, x0,y0,z0 … in image pixels (z smaller = nearer). ``which``: 68
    points in iBUG order, or all 468 of the mesh."""

    def __init__(self, path: Path, which: LandmarkSet = "68") -> None:
        self._path = path
        self._vertices = IBUG_68 if which == "68" else np.arange(POINTS)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", newline="", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        numbers = (f"{axis}{i}" for i in range(len(self._vertices)) for axis in "xyz")
        self._writer.writerow(["file", "score", *numbers])

    def write(self, file: str, found: StillFace | None) -> None:
        """One row; empty cells where there is no face, and for z where only 68 points in the
        picture are known. Raises ConfigError where the whole mesh is wanted and there is none."""
        points = None if found is None else self._points(found)
        if found is None or points is None:
            self._writer.writerow([file, "", *[""] * (3 * len(self._vertices))])
            return
        numbers = ("" if math.isnan(x) else f"{x:.2f}" for x in points.reshape(-1).tolist())
        self._writer.writerow([file, f"{found.score:.3f}", *numbers])

    def _points(self, found: StillFace) -> NDArray[np.float32] | None:
        if found.mesh is not None:
            return np.asarray(found.mesh.points[self._vertices], np.float32)
        if len(self._vertices) == POINTS:
            raise ConfigError("468 landmarks are MediaPipe's mesh: --set pose.landmarks=mesh")
        flat = found.face.landmarks
        if flat is None:
            return None
        return np.concatenate([flat, np.full((len(flat), 1), np.nan, np.float32)], axis=1)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
