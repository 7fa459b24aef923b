"""Angle errors of a result table of ``edge-pose pose`` against published angles.

    edge-pose pose ../shared/eval/aflw2000_dev/labels.csv --mode fit --out out/fit.csv
    python -m deploy.model.morphable.measure ../shared/eval/aflw2000_dev/labels.csv out/fit.csv …

With several tables, photos without a pose in any of them are left out of all, and each further
table is compared photo by photo with the first.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.morphable.errors import Errors, angle_errors
from edge_pose.vision.geometry import rotation_matrix

Array = NDArray[np.float64]


def rotations(path: Path) -> dict[str, Array]:
    """The rotation of each file in a table with yaw_deg, pitch_deg, roll_deg; without the empty."""
    with path.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["yaw_deg"]]
    return {
        row["file"]: rotation_matrix(*(float(row[f"{a}_deg"]) for a in ("yaw", "pitch", "roll")))
        for row in rows
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    args = parser.parse_args()
    truth = rotations(args.truth)
    tables = [rotations(path) for path in args.tables]
    files = [name for name in truth if all(name in table for table in tables)]
    print(f"{len(files)} of {len(truth)} photos")
    right = np.array([truth[name] for name in files])
    first: Array | None = None
    for path, table in zip(args.tables, tables, strict=True):
        measured = np.array([table[name] for name in files])
        each = angle_errors(measured, right).mean(axis=1)
        first = each if first is None else first
        gain = first - each
        print(f"{path.stem:12} {Errors.of(measured, right)}")
        if path != args.tables[0]:
            error = gain.std() / np.sqrt(len(gain))
            share = 100.0 * gain.mean() / first.mean()
            print(
                f"{'':12} {gain.mean():+.3f} ± {error:.3f} better than the first ({share:+.1f} %)"
            )


if __name__ == "__main__":
    main()
