"""The landmarks of a list of pictures as a CSV table: one row for each face, or for each file
without one an empty row.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal, Self

import numpy as np

from edge_pose.errors import ConfigError
from edge_pose.values import Landmarks
from edge_pose.vision.face.mesh import IBUG_68, POINTS

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

    def write(self, file: str, landmarks: Landmarks | None) -> None:
        """One row; empty cells where there is no mesh."""
        if landmarks is None:
            self._writer.writerow([file, "", *[""] * (3 * len(self._vertices))])
            return
        numbers = landmarks.points[self._vertices].reshape(-1).tolist()
        self._writer.writerow([file, f"{landmarks.score:.3f}", *(f"{x:.2f}" for x in numbers)])

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
