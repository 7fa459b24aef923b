"""``edge-pose doctor``: look at this machine and say what to fix."""

from __future__ import annotations

import argparse
import sys
import time
from itertools import chain
from pathlib import Path

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.root import Config


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--bundle",
        type=Path,
        nargs="?",
        const=Path("edge-pose-bundle.zip"),
        metavar="FILE",
        help="also write a zip for a bug report: no image, no secret",
    )
    parser.add_argument("--pins", action="store_true", help="try each configured pin, one by one")
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    from edge_pose.doctor.bundle import write_bundle
    from edge_pose.doctor.finding import ok
    from edge_pose.doctor.machine import Machine
    from edge_pose.doctor.report import as_json, examine, healthy, line

    config = load_config(args)
    if args.pins:
        return _try_pins(config)
    machine = Machine()
    findings = []
    read = ok("config", str(args.config or "built-in values"))
    for finding in chain([read], examine(machine, config)):
        findings.append(finding)
        if not args.json:
            print(line(finding), flush=True)
    if args.json:
        print(as_json(findings))
    if args.bundle:
        print(f"bundle → {write_bundle(args.bundle, machine, config, findings)}", file=sys.stderr)
    return 0 if healthy(findings) else 1


def _try_pins(config: Config) -> int:
    from edge_pose.sinks.gpio import check_pins

    good = True
    tried = 0
    for check in check_pins(config.gpio, time.sleep):
        print(f"{'OK' if check.ok else 'FAIL':<4}  gpio.{check.name} on {check.pin}: {check.text}")
        good, tried = good and check.ok, tried + 1
    if not tried:
        print("no pin is configured: set [gpio] led, buzzer, … in the config", file=sys.stderr)
    return 0 if good and tried else 1
