"""Some pictures of packed lessons for export: what sets ranges, what is held out to calibrate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from deploy.model.data.lessons import Lessons
from deploy.model.training.shelf import Shelf

Floats = NDArray[np.float32]
State = Mapping[str, Floats]
SHARES = {"real": 0.6, "turned": 0.1, "rendered": 0.3}
"""Of the pictures that set the ranges."""
RANGES, VALIDATION = 512, 900
VARIED = 6000
"""Training pictures in which a channel that never moves says nothing."""
ENOUGH = 500
"""Validation pictures from which a mean turn of some tenths of a degree is no chance."""
KEPT = 0.98
"""Share of the eyes to be seen that must be called visible, of the faces without something rare
that must be called so: on the road most eyes are free."""
_CPU = torch.device("cpu")


def shelf_of(paths: list[Path], shape: tuple[int, int, int], split: int, most: int) -> Shelf:
    """So many pictures of a split, spread over the files; on the CPU."""
    rng = np.random.default_rng(0)
    parts = []
    for path in paths:
        lessons = Lessons.load(path)
        rows = np.flatnonzero(lessons.split == split)
        if len(rows):
            # Ranges need a bit of everything, calibration all that is held out.
            count = min(len(rows), most if split else -(-most // len(paths)))
            parts.append(lessons.pick(np.sort(rng.permutation(rows)[:count])))
    return Shelf(parts, shape, _CPU)
