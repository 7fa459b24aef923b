"""``edge-pose pose``: the head pose of still images."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_pose.commands import add_config_options, load_config


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "list",
        type=Path,
        help="CSV with a column `file` and optionally x1,y1,x2,y2: a tight brow-to-chin, "
        "ear-to-ear box",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.csv")
    parser.add_argument(
        "--mode", choices=("network", "fit", "hybrid"), help="overrides pose.mode of the config"
    )
    parser.add_argument(
        "--landmarks", type=Path, metavar="LANDMARKS.csv", help="write the face landmarks too"
    )
    parser.add_argument(
        "--landmark-set",
        choices=("68", "468"),
        default="68",
        help="68: iBUG order; 468: the whole mesh (default %(default)s)",
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from contextlib import nullcontext

    from edge_pose.models import FACE_LANDMARKS, find
    from edge_pose.vision.detector.opening import open_detector
    from edge_pose.vision.face.mesh import Landmarker
    from edge_pose.vision.pose.modes import open_pose
    from edge_pose.vision.stills.landmark_table import LandmarkTable
    from edge_pose.vision.stills.pose_list import PictureParts, estimate_list

    if args.mode:
        args.overrides = [*args.overrides, f"pose.mode={args.mode}"]
    config = load_config(args)
    pose = open_pose(config.pose, hfov_deg=config.camera.field_of_view_deg)
    meshed = pose.needs_landmarks or args.landmarks is not None
    landmarker = Landmarker(find(FACE_LANDMARKS.name)) if meshed else None
    parts = PictureParts(detector=open_detector(config.detector), pose=pose, landmarker=landmarker)
    table = LandmarkTable(args.landmarks, args.landmark_set) if args.landmarks else nullcontext()
    with table as landmarks:
        summary = estimate_list(args.list, args.out, parts, landmarks)
    print(
        f"{summary.rows} images, {summary.faces} with a pose, {summary.faceless} without a face, "
        f"{summary.unreadable} unreadable → {args.out}"
    )
    return 0
