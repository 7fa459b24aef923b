"""``edge-pose check``: every problem of a config, or the settings in effect, explained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge_pose.capture.field_of_view import lens_in_use
from edge_pose.commands import add_config_options, load_config
from edge_pose.config.describe import describe
from edge_pose.remembered.lens import LensMemory


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help="the same as --config FILE")
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    args.config = args.file or args.config
    config = load_config(args)
    for line in describe(config):
        print(line)
    lens = lens_in_use(config.camera, LensMemory(config.runtime.state_path).load())
    print(f"\n# field of view in use: {lens.words}")
    if lens.conflict:
        print(f"# but {lens.conflict}")
    print(f"{args.config or 'built-in values'}: the config is valid", file=sys.stderr)
    return 0
