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
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.models import FACE_LANDMARKS, find
    from edge_pose.vision.face_detector import open_detector
    from edge_pose.vision.landmarks import Landmarker
    from edge_pose.vision.pose_list import PictureParts, estimate_list
    from edge_pose.vision.pose_modes import open_pose

    if args.mode:
        args.overrides = [*args.overrides, f"pose.mode={args.mode}"]
    config = load_config(args)
    pose = open_pose(config.pose, hfov_deg=config.camera.field_of_view_deg)
    landmarker = Landmarker(find(FACE_LANDMARKS.name)) if pose.needs_landmarks else None
    parts = PictureParts(detector=open_detector(config.detector), pose=pose, landmarker=landmarker)
    summary = estimate_list(args.list, args.out, parts)
    print(
        f"{summary.rows} images, {summary.faces} with a pose, {summary.faceless} without a face, "
        f"{summary.unreadable} unreadable → {args.out}"
    )
    return 0
