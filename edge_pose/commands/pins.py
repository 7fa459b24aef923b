"""``edge-pose pins --off``: leave every configured output off, also after a crash."""

from __future__ import annotations

import argparse

from edge_pose.commands import add_config_options
from edge_pose.config.root import Config
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import ConfigError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--off", action="store_true", required=True, help="switch them all off")
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    from edge_pose.sinks.gpio import outputs_off

    outputs_off(_in_use(args).gpio)
    return 0


def _in_use(args: argparse.Namespace) -> Config:
    """The config as written; where it is broken, the one that the service went on with."""
    from edge_pose.live.config_file import ConfigFile

    configs = ConfigFile(args.config, args.overrides, kept_in=RuntimeConfig().state_path)
    try:
        return configs.read()
    except ConfigError:
        proven = configs.last_proven()
        if proven is None:
            raise
        return proven
