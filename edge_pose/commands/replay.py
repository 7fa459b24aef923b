"""``edge-pose replay``: a clip or recorded observations, offline and deterministic."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_pose.commands import add_config_options, angle_pair, load_config
from edge_pose.values import NeutralPose


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", type=Path, help="a video, or a CSV of observations or a trace")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="output folder")
    parser.add_argument("--video", action="store_true", help="also write an overlay video")
    parser.add_argument("--report", action="store_true", help="also write an HTML report")
    parser.add_argument(
        "--neutral",
        metavar="YAW,PITCH",
        help="start from this known neutral pose in degrees (write --neutral=-36,2)",
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.offline.replay import replay

    config = load_config(args)
    neutral = None
    if args.neutral is not None:
        yaw, pitch = angle_pair(args.neutral)
        neutral = NeutralPose(yaw_deg=yaw, pitch_deg=pitch)
    summary = replay(
        args.input, args.out, config, neutral=neutral, video=args.video, report=args.report
    )
    print(summary)
    return 0
