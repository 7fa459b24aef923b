"""``edge-pose demo``: the whole loop on the packaged clip, in real time, checked at the end."""

from __future__ import annotations

import argparse
import sys
import tempfile

from edge_pose.commands import add_config_options, load_config
from edge_pose.plural import counted


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fast", action="store_true", help="as fast as it goes, not in real time")
    parser.add_argument("--loop", action="store_true", help="again and again, until Ctrl-C")
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    from edge_pose.commands.demo_verdict import NEXT
    from edge_pose.runtime import journal

    journal.configure(verbose=args.verbose)
    overrides = list(args.overrides)
    while True:
        result = _once(args, overrides)
        if not args.loop:
            print(NEXT)
            return result


def _once(args: argparse.Namespace, overrides: list[str]) -> int:
    """One drive; 0 where every alert came as it should."""
    from edge_pose.commands.demo_verdict import AlertPrinter, read_expected, verdict
    from edge_pose.live.app import App
    from edge_pose.runtime.journal import summary_line

    # The demo leaves nothing behind: events and the neutral pose go to a folder that goes away.
    with tempfile.TemporaryDirectory(prefix="edge-pose-demo-") as state:
        args.overrides = [f"runtime.state_dir={state}", *overrides]
        config = load_config(args, source="demo:", fast=args.fast)
        printer = AlertPrinter()
        app = App(config, outlets=[printer], remember=False)
        app.run()
    stage = app.inference
    summary = summary_line(app.health_meter.health, 0)
    print(
        f"\n{stage.seen} frames, a face in {stage.faces}; {summary}; "
        f"{counted(len(printer.raised), 'alert')}"
    )
    problems = verdict(read_expected(), printer.raised)
    for problem in problems:
        print(f"demo: {problem}", file=sys.stderr)
    if not problems:
        print("demo: every expected alert came within 0.5 s, and the mirror glance stayed silent")
    return 1 if problems else 0
