"""The pictures on which two machines are compared: evaluation photos, else the demo clip."""

from __future__ import annotations

import argparse
import csv
import shutil
from pathlib import Path

import cv2

from edge_pose.capture import demo_clip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="gets list.csv and the pictures")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--shared", type=Path, required=True)
    args = parser.parse_args()
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    rows = photos(args.shared / "eval", args.folder, args.count)
    rows = rows or frames(args.folder, args.count)
    with (args.folder / "list.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "x1", "y1", "x2", "y2"])
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} pictures")


def photos(evaluation: Path, folder: Path, count: int) -> list[dict[str, str]]:
    """Evenly chosen rows of the evaluation lists; their pictures are copied for this test only."""
    listed = []
    for table in sorted(evaluation.rglob("labels.csv")):
        with table.open(newline="") as file:
            found = [row for row in csv.DictReader(file) if {"file", "x1"} <= row.keys()]
        listed += [(table.parent / row["file"], row) for row in found]
    step = max(1, len(listed) // count)
    rows = []
    for number, (picture, row) in enumerate(listed[::step][:count]):
        copy = folder / f"{number:04}{picture.suffix}"
        shutil.copyfile(picture, copy)
        rows.append({"file": copy.name, **{key: row[key] for key in ("x1", "y1", "x2", "y2")}})
    return rows


def frames(folder: Path, count: int) -> list[dict[str, str]]:
    """Evenly chosen frames of the demo clip, as lossless pictures, without boxes."""
    clip = cv2.VideoCapture(str(demo_clip()))
    step = max(1, int(clip.get(cv2.CAP_PROP_FRAME_COUNT)) // count)
    rows = []
    for number in range(count):
        clip.set(cv2.CAP_PROP_POS_FRAMES, number * step)
        decoded, image = clip.read()
        if decoded:
            name = f"{number:04}.png"
            cv2.imwrite(str(folder / name), image)
            rows.append({"file": name})
    return rows


if __name__ == "__main__":
    main()
