"""The verbs of ``python -m deploy.heads``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_pose.errors import EdgePoseError

PARTS = Path("../shared/heads")


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except EdgePoseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.heads", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    _add_make(verbs)
    return parser


def _add_make(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verb = verbs.add_parser("make", help="render pictures with their truth; goes on where it stopped")
    verb.add_argument("--parts", type=Path, default=PARTS, help="folder of head parts")
    verb.add_argument("--out", type=Path, required=True)
    verb.add_argument("--faces", type=int, default=0, help="how many face crops")
    verb.add_argument("--eyes", type=int, default=0, help="how many eye strips")
    verb.add_argument("--first-identity", type=int, default=0)
    verb.add_argument("--shard", type=int, default=250, help="pictures in a shard")
    verb.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    verb.add_argument("--ray", metavar="ADDRESS", help="spread over a Ray cluster instead")
    verb.set_defaults(run=_make)


def _make(chosen: argparse.Namespace) -> None:
    from deploy.heads.production import Order, here, produce

    order = Order(
        parts=chosen.parts.resolve(), out=chosen.out.resolve(), shard_size=chosen.shard,
        pictures={"faces": chosen.faces, "eyes": chosen.eyes},
        first_identity=chosen.first_identity,
    )  # fmt: skip
    if chosen.ray:
        from deploy.heads.cluster import on_cluster

        produce(order, on_cluster(chosen.ray))
    else:
        produce(order, here(chosen.processes))
