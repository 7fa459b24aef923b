"""``edge-pose events``: what the event database holds."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from edge_pose.commands import add_config_options, erase, load_config, whole_number
from edge_pose.commands.day import bounds_of, day_of
from edge_pose.commands.rights import may_read
from edge_pose.plural import counted
from edge_pose.sinks.store.query import (
    EventLog,
    day_bounds,
    write_csv,
    write_jsonl,
)
from edge_pose.sinks.store.stored import StoredEpisode
from edge_pose.values import AlertLevel


def configure(parser: argparse.ArgumentParser) -> None:
    jobs = parser.add_subparsers(dest="job", required=True, metavar="list|export|report|erase")
    listing = jobs.add_parser("list", help="the latest episodes, one a line")
    listing.add_argument(
        "--last", type=whole_number(1), default=50, metavar="N", help="how many (50)"
    )
    listing.add_argument("--day", metavar="YYYY-MM-DD", help="only this day")
    export = jobs.add_parser("export", help="every episode or alert, to a file or standard output")
    export.add_argument("--format", choices=("csv", "jsonl"), default="jsonl")
    export.add_argument("--alerts", action="store_true", help="each transition, not each episode")
    export.add_argument("--day", metavar="YYYY-MM-DD", help="only this day")
    export.add_argument("--out", type=Path, metavar="FILE")
    report = jobs.add_parser("report", help="one day as a self-contained HTML page")
    report.add_argument("day", metavar="DAY", help="YYYY-MM-DD or today")
    report.add_argument("--out", type=Path, metavar="FILE", help="default: edge-pose-DAY.html")
    erasing = jobs.add_parser("erase", help="delete what is kept of a driver, for good")
    erase.configure(erasing)
    for job in (listing, export, report, erasing):
        add_config_options(job, of_board=True)


def run(args: argparse.Namespace) -> int:
    config = load_config(args)
    state = config.runtime.state_path
    may_read(state)
    if args.job == "erase":
        return erase.run(config, args)
    log = EventLog(state)
    return {"list": _list, "export": _export, "report": _report}[args.job](log, args)


def _list(log: EventLog, args: argparse.Namespace) -> int:
    bounds = bounds_of(args.day) if args.day else ()
    episodes = log.episodes(*bounds, last=args.last)
    for episode in episodes:
        print(_line(episode))
    if not episodes:
        print("no events", file=sys.stderr)
    return 0


def _line(episode: StoredEpisode) -> str:
    when = datetime.fromtimestamp(episode.utc_alert_s).strftime("%Y-%m-%d %H:%M:%S")
    when += " ?" if episode.clock_synchronised is False else ""
    lasted = "open" if episode.duration_s is None else f"{episode.duration_s:.1f} s"
    level = AlertLevel(episode.level).label
    return f"{when}  {level:8}  {episode.kind:22}  {lasted:>8}  {episode.reason}"


def _export(log: EventLog, args: argparse.Namespace) -> int:
    bounds = bounds_of(args.day) if args.day else ()
    rows = log.every_alert(*bounds) if args.alerts else log.every_episode(*bounds)
    write = write_csv if args.format == "csv" else write_jsonl
    if args.out is None:
        write(rows, sys.stdout)
        return 0
    with args.out.open("w", encoding="utf-8", newline="\n") as file:
        count = write(rows, file)
    print(f"{counted(count, 'row')} → {args.out}")
    return 0


def _report(log: EventLog, args: argparse.Namespace) -> int:
    from edge_pose.view.report import write_day_report

    day = day_of(args.day)
    out = args.out or Path(f"edge-pose-{day}.html")
    start, end = day_bounds(day)
    episodes, minutes = log.episodes(start, end), log.minutes(start, end)
    write_day_report(day, episodes, minutes, out)
    print(f"{counted(len(episodes), 'episode')}, {counted(len(minutes), 'minute')} → {out}")
    return 0
