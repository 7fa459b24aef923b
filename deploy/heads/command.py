"""The verbs of ``python -m deploy.heads``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge_pose.errors import ConfigError, EdgePoseError

PARTS = Path("../shared/heads")

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


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
    _add_drive(verbs)
    _add_pages(verbs)
    _add_judge(verbs)
    _add_definition(verbs)
    return parser


def _add_make(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "make", help="render pictures with their truth; goes on where it stopped"
    )
    verb.add_argument("--parts", type=Path, default=PARTS, help="folder of head parts")
    verb.add_argument("--out", type=Path, required=True)
    verb.add_argument("--faces", type=int, default=0, help="how many face crops")
    verb.add_argument("--eyes", type=int, default=0, help="how many eye strips")
    verb.add_argument("--first", type=int, default=0, help="number of the first picture")
    verb.add_argument("--first-identity", type=int, default=0, help="number of the first person")
    verb.add_argument("--shard", type=int, default=250, help="pictures in a shard")
    verb.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    verb.add_argument("--ray", metavar="ADDRESS", help="spread over a Ray cluster instead")
    verb.set_defaults(run=_make)


def _make(chosen: argparse.Namespace) -> None:
    from deploy.heads.production import Order, here, produce

    order = Order(
        parts=chosen.parts.resolve(), out=chosen.out.resolve(), shard_size=chosen.shard,
        pictures={"faces": chosen.faces, "eyes": chosen.eyes},
        first_number=chosen.first,
        first_identity=chosen.first_identity,
    )  # fmt: skip
    if chosen.ray:
        from deploy.heads.cluster import on_cluster

        produce(order, on_cluster(chosen.ray))
    else:
        produce(order, here(chosen.processes))


def _add_drive(verbs: Verbs) -> None:
    verb = verbs.add_parser("drive", help="render scripted drives: video, truth, expected alerts")
    verb.add_argument("--parts", type=Path, default=PARTS, help="folder of head parts")
    verb.add_argument("--out", type=Path, required=True)
    verb.add_argument("names", nargs="*", help="which drives; all if none is named")
    verb.set_defaults(run=_drive)


def _drive(chosen: argparse.Namespace) -> None:
    from deploy.heads.drive import render_drive
    from deploy.heads.drive_scripts import DRIVES
    from deploy.heads.studio import Studio

    unknown = sorted(set(chosen.names) - set(DRIVES))
    if unknown:
        raise ConfigError(f"no drive {', '.join(unknown)}; there are {', '.join(DRIVES)}")
    studio = Studio(chosen.parts)
    for name in chosen.names or DRIVES:
        render_drive(studio, DRIVES[name](), chosen.out)


def _add_pages(verbs: Verbs) -> None:
    sheet = verbs.add_parser("sheet", help="a contact sheet of a production")
    sheet.add_argument("folder", type=Path)
    sheet.add_argument("subject", choices=("faces", "eyes"))
    sheet.add_argument("out", type=Path)
    sheet.add_argument("--columns", type=int, default=8)
    sheet.add_argument("--count", type=int, default=64)
    sheet.add_argument("--zoom", type=int, default=1)
    sheet.add_argument("--truth", action="store_true", help="draw landmarks, irises and gaze")
    sheet.set_defaults(run=_sheet)
    wide = verbs.add_parser("wide", help="a sheet of whole views of drivers at the wheel")
    wide.add_argument("out", type=Path)
    wide.add_argument("--parts", type=Path, default=PARTS, help="folder of head parts")
    wide.add_argument("--columns", type=int, default=3)
    wide.add_argument("--count", type=int, default=6)
    wide.set_defaults(run=_wide)
    statistics = verbs.add_parser("statistics", help="a page with the spread of every label")
    statistics.add_argument("folder", type=Path)
    statistics.add_argument("out", type=Path)
    statistics.set_defaults(run=_statistics)


def _sheet(chosen: argparse.Namespace) -> None:
    from deploy.heads.sheet import write_sheet

    write_sheet(
        chosen.folder, chosen.subject, chosen.out, columns=chosen.columns, count=chosen.count,
        truth=chosen.truth, zoom=chosen.zoom,
    )  # fmt: skip


def _wide(chosen: argparse.Namespace) -> None:
    from deploy.heads.studio import Studio
    from deploy.heads.wide import write_wide

    write_wide(Studio(chosen.parts), chosen.out, count=chosen.count, columns=chosen.columns)


def _statistics(chosen: argparse.Namespace) -> None:
    from deploy.heads.statistics_page import write_statistics

    write_statistics(chosen.folder, chosen.out)


def _add_definition(verbs: Verbs) -> None:
    verb = verbs.add_parser(
        "definition", help="find anew where the face mesh's points lie on the skin"
    )
    verb.add_argument("folder", type=Path)
    verb.add_argument("--parts", type=Path, default=PARTS, help="folder of head parts")
    verb.add_argument("--out", type=Path, default=Path(__file__).with_name("mesh_points.csv"))
    verb.set_defaults(run=_definition)


def _definition(chosen: argparse.Namespace) -> None:
    from deploy.heads.figure import Figure
    from deploy.heads.mesh_definition import write_definition
    from deploy.heads.parts import Parts

    write_definition(Figure(Parts(chosen.parts)), chosen.folder, chosen.out)


def _add_judge(verbs: Verbs) -> None:
    found = verbs.add_parser("recall", help="how many plain heads face detectors find")
    found.add_argument("folders", type=Path, nargs="+")
    found.set_defaults(run=_recall)
    verb = verbs.add_parser("judge", help="judge networks on rendered pictures: Markdown tables")
    verb.add_argument("folder", type=Path)
    verb.add_argument("--count", type=int, default=1000, help="how many pictures of each subject")
    verb.add_argument("--face", type=Path, help="a face network instead of the shipped one")
    verb.add_argument("--eyes", type=Path, help="an eye network instead of the shipped one")
    verb.add_argument("--mesh", action="store_true", help="judge pose network and MediaPipe's mesh")
    verb.set_defaults(run=_judge)


def _recall(chosen: argparse.Namespace) -> None:
    from deploy.heads.recall import recall

    print(recall(chosen.folders))


def _judge(chosen: argparse.Namespace) -> None:
    from deploy.heads.judge import judgement

    print(
        judgement(chosen.folder, chosen.count, face=chosen.face, eyes=chosen.eyes, mesh=chosen.mesh)
    )
