"""``edge-pose pose``: the head pose of still images."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_pose.commands import add_config_options, load_config
from edge_pose.errors import ConfigError, SourceError
from edge_pose.plural import counted

if TYPE_CHECKING:
    from edge_pose.config.root import Config
    from edge_pose.offline.stills.landmark_table import LandmarkSet
    from edge_pose.values import Face


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures",
        type=Path,
        nargs="+",
        metavar="PICTURE",
        help="photos; or one CSV list: a column `file` and optionally x1,y1,x2,y2, a tight "
        "brow-to-chin, ear-to-ear box",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="OUT.csv",
        help="write a row for the largest face of each picture, instead of printing every face",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a face")
    parser.add_argument(
        "--mode", choices=("network", "fit", "hybrid"), help="overrides pose.mode of the config"
    )
    parser.add_argument(
        "--landmarks", type=Path, metavar="LANDMARKS.csv", help="with --out: the landmarks, too"
    )
    parser.add_argument(
        "--landmark-set",
        choices=("68", "468"),
        default="68",
        help="68: iBUG order; 468: the whole mesh (default %(default)s)",
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    if args.mode:
        args.overrides = [*args.overrides, f"pose.mode={args.mode}"]
    config = load_config(args)
    tables = [path for path in args.pictures if path.suffix.lower() == ".csv"]
    if not tables:
        if args.landmarks and not args.out:
            raise ConfigError("--landmarks goes with --out OUT.csv")
        if not args.out:
            return print_photos(args.pictures, config, as_json=args.json)
    elif len(args.pictures) > 1:
        raise ConfigError("give one CSV list, or photos, not both")
    elif args.out is None:
        raise ConfigError(f"{tables[0]}: a list needs --out OUT.csv")
    return write_table(args.pictures, args.out, config, args.landmarks, args.landmark_set)


def print_photos(paths: Sequence[Path], config: Config, *, as_json: bool) -> int:
    """A line or JSON object for every face; 3 where no picture could be read."""
    from edge_pose.offline.stills.pictures import Unreadable, read_picture
    from edge_pose.vision.stills.still_faces import StillFaces

    faces = StillFaces.build(config)
    unreadable = 0
    if not as_json:
        print(f"{'picture':<24} {'yaw':>7} {'pitch':>7} {'roll':>7} {'± deg':>6}  face box")
    for path in paths:
        try:
            found = faces.measure(read_picture(path))
        except Unreadable as problem:
            unreadable += 1
            print(f"edge-pose: {path}: {problem}", file=sys.stderr)
            continue
        for line in lines(path, found, as_json=as_json):
            print(line)
    if unreadable == len(paths):
        raise SourceError("none of the pictures could be read; a list of pictures ends in .csv")
    return 0


def lines(path: Path, faces: Sequence[Face], *, as_json: bool) -> Iterator[str]:
    """What is said of one picture."""
    if as_json:
        yield from (json.dumps({"file": str(path), **_fields(face)}) for face in faces)
        return
    if not faces:
        yield f"{path.name:<24} no face found"
    for face in faces:
        box = face.box
        sides = f"{box.x1:.0f},{box.y1:.0f} – {box.x2:.0f},{box.y2:.0f}"
        if (pose := face.pose) is None:
            yield f"{path.name:<24} {'no pose':<30}  {sides}"
            continue
        angles = " ".join(f"{a:7.1f}" for a in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg))
        spread = "" if pose.std_deg is None else f"{pose.std_deg:.1f}"
        yield f"{path.name:<24} {angles} {spread:>6}  {sides}"


def _fields(face: Face) -> dict[str, Any]:
    pose, eyes, gaze = face.pose, face.eyes, face.gaze
    measured: dict[str, Any] = {
        "box": [face.box.x1, face.box.y1, face.box.x2, face.box.y2],
        "score": face.score,
        "yaw_deg": pose and pose.yaw_deg,
        "pitch_deg": pose and pose.pitch_deg,
        "roll_deg": pose and pose.roll_deg,
        "pose_std_deg": pose and pose.std_deg,
        "eye_left": eyes and eyes.left,
        "eye_right": eyes and eyes.right,
        "mouth": eyes and eyes.mouth,
        "lids_closed": face.lids_closed,
        "eyes_visible": face.eyes_visible,
        "gaze_yaw_deg": gaze and gaze.yaw_deg,
        "gaze_pitch_deg": gaze and gaze.pitch_deg,
        "gaze_std_deg": gaze and gaze.std_deg,
        "landmarks": None if face.landmarks is None else face.landmarks.tolist(),
    }
    return {name: _rounded(value) for name, value in measured.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def write_table(
    inputs: Sequence[Path],
    out: Path,
    config: Config,
    landmarks: Path | None,
    landmark_set: LandmarkSet,
) -> int:
    """A CSV list, or photos, to a CSV of poses."""
    from contextlib import nullcontext

    from edge_pose.offline.stills.landmark_table import LandmarkTable
    from edge_pose.offline.stills.pose_list import estimate_list, estimate_pictures
    from edge_pose.vision.stills.still_faces import StillFaces

    faces = StillFaces.build(config)
    rows = LandmarkTable(landmarks, landmark_set) if landmarks else nullcontext()
    with rows as written:
        if inputs[0].suffix.lower() == ".csv":
            summary = estimate_list(inputs[0], out, faces, written)
        else:
            summary = estimate_pictures(inputs, out, faces, written)
    print(
        f"{counted(summary.rows, 'image')}, {summary.faces} with a pose, "
        f"{summary.faceless} without a face, {summary.unreadable} unreadable → {out}"
    )
    return 0
