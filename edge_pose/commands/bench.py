"""``edge-pose bench``: what everything costs on this machine."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from edge_pose.commands import add_config_options, load_config, whole_number

if TYPE_CHECKING:
    from edge_pose.offline.benchmark import BenchResult


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--source", default="demo:", metavar="URI", help="a clip (demo:)")
    parser.add_argument(
        "--width", type=whole_number(16, 8192), default=640, help="frame width in pixels (640)"
    )
    parser.add_argument(
        "--height", type=whole_number(16, 8192), default=480, help="frame height in pixels (480)"
    )
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.offline.benchmark import benchmark

    config = load_config(args, source=args.source, fast=True)
    result = benchmark(config, width=args.width, height=args.height)
    print(json.dumps(asdict(result), indent=2) if args.json else _table(result))
    return 0


def _table(result: BenchResult) -> str:
    lines = [
        f"{result.machine}; {result.frames} frames of {result.width}×{result.height}",
        f"{'stage':24} {'p50 ms':>8} {'p95 ms':>8} {'calls/frame':>12}",
    ]
    lines += [
        f"{s.name:24} {s.p50_ms:8.3f} {s.p95_ms:8.3f} {s.calls_per_frame:12.2f}"
        for s in result.stages
    ]
    lines += [
        f"{'whole frame, no view':24} {result.frame_p50_ms:8.3f} {result.frame_p95_ms:8.3f}",
        f"{result.fps:.0f} fps at most; {result.cpu_at_30_fps_percent:.0f} % of a core at 30 fps; "
        f"{result.memory_mb:.0f} MB resident; {result.threads} threads; "
        f"first result {result.start_to_first_result_s:.2f} s after the start",
    ]
    return "\n".join(lines)
