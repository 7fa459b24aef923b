"""``edge-pose models``: which model files there are, getting them, checking them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge_pose.models.catalog import CATALOG, located
from edge_pose.models.install import install, problem


def configure(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(dest="job", required=True, metavar="list|install|verify")
    jobs.add_parser("list", help="every model file, its origin and where it lies")
    fetch = jobs.add_parser(
        "install", help="check the shipped models; with --mesh or --from bring MediaPipe's, once"
    )
    fetch.add_argument(
        "--mesh",
        action="store_true",
        help="fetch MediaPipe's float detector and face mesh (36 MB), for pose.landmarks = mesh",
    )
    fetch.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE|DIR",
        help="a mediapipe wheel, a .tflite file or a folder of them: for a board without network",
    )
    jobs.add_parser("verify", help="check every model file against its sha256")


def run(args: argparse.Namespace) -> int:
    if args.job == "install":
        install(args.source, lambda text: print(text, file=sys.stderr), mesh=args.mesh)
        return 0
    return _verify() if args.job == "verify" else _list()


def _list() -> int:
    for entry in CATALOG:
        place = located(entry) or "optional, not installed: edge-pose models install --mesh"
        print(f"{entry.name}\n    {entry.what}\n    {entry.licence}\n    {place}")
    return 0


def _verify() -> int:
    here = [entry for entry in CATALOG if entry.member is None or located(entry) is not None]
    problems = {entry.name: problem(entry) for entry in here}
    for name, text in problems.items():
        print(f"{name}: {text or 'OK'}")
    return 4 if any(problems.values()) else 0
