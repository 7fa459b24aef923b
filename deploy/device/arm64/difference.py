"""How far the head angles of two machines differ; fails beyond int8 rounding (0.5°)."""

from __future__ import annotations

import csv
import statistics
import sys
from pathlib import Path

MOST_DEG = 0.5
ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")


def main() -> int:
    here, there = (rows(Path(name)) for name in sys.argv[1:3])
    if here.keys() != there.keys():
        print("the two lists do not name the same pictures")
        return 1
    faces = [name for name in here if here[name]["face"] == "1"]
    missed = [name for name in here if here[name]["face"] != there[name]["face"]]
    differences = [
        abs(float(here[name][angle]) - float(there[name][angle]))
        for name in faces
        if name not in missed
        for angle in ANGLES
    ]
    if not differences:
        print("no picture with a face to compare")
        return 1
    print(
        f"{len(faces)} faces: angles differ by {statistics.mean(differences):.4f}° on average, "
        f"{max(differences):.4f}° at most; found on one machine only: {len(missed)}"
    )
    return 1 if missed or max(differences) > MOST_DEG else 0


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


if __name__ == "__main__":
    sys.exit(main())
