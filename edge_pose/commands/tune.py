"""``edge-pose tune``: settings tried on a folder of drives, in parallel."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_pose.commands import add_config_options, whole_number


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", type=Path, nargs="+", metavar="DIR",
        help="drives: CSVs of observations, traces or clips; labels.csv beside them names events "
        "(drive, kind, t_start_s, t_end_s)",
    )  # fmt: skip
    parser.add_argument(
        "--grid", action="append", default=[], metavar="KEY=V1,V2",
        help="try each of these values, with those of every other --grid",
    )  # fmt: skip
    parser.add_argument(
        "--try", action="append", default=[], dest="tries", metavar="'KEY=V KEY=V'",
        help="try this combination, too",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write tune.csv and tradeoff.svg")
    parser.add_argument(
        "--jobs", type=whole_number(1), metavar="N", help="processes (default: all cores)"
    )
    parser.add_argument("--ray", metavar="ADDRESS", help="run on this Ray cluster ('local': here)")
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.config.loader import load
    from edge_pose.offline.tune.drives import drives, labels
    from edge_pose.offline.tune.grid import settings
    from edge_pose.offline.tune.summary import picture, text, write_table
    from edge_pose.offline.tune.trial import NOTHING, Job
    from edge_pose.offline.tune.workers import on_cores, on_ray

    tried, base = settings(args.grid, args.tries), tuple(args.overrides)
    for words in tried:
        load(args.config, (*base, *words))  # a wrong key is told before hours of work
    known = {folder: labels(folder) for folder in args.folders}
    jobs = [
        Job(
            drive=path,
            config=args.config,
            base=base,
            settings=tried,
            labels=tuple(
                known[path.parent].get(path.name, []) + known[path.parent].get(path.stem, [])
            ),
        )
        for path in drives(args.folders)
    ]
    results = on_ray(jobs, args.ray) if args.ray else on_cores(jobs, args.jobs)
    sums = [sum(outcomes, NOTHING) for outcomes in zip(*results, strict=True)]
    print(text(tried, sums))
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
        write_table(args.out / "tune.csv", tried, sums)
        (args.out / "tradeoff.svg").write_text(picture(tried, sums), encoding="utf-8")
    return 0
