"""``edge-pose check``: every problem of a config, or the settings in effect, explained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.describe import describe


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="the same as --config FILE")
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    args.config = args.file or args.config
    config = load_config(args)
    for line in describe(config):
        print(line)
    print(f"{args.config or 'built-in values'}: the config is valid", file=sys.stderr)
    return 0
