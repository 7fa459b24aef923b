"""``edge-pose pins --off``: leave every configured output off, also after a crash."""

from __future__ import annotations

import argparse

from edge_pose.commands import add_config_options, load_config


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--off", action="store_true", required=True, help="switch them all off")
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    from edge_pose.sinks.gpio import outputs_off

    outputs_off(load_config(args).gpio)
    return 0
