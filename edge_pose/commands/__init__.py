"""The verbs of ``edge-pose``: each module has ``configure(parser)`` and ``run(args) -> int``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from edge_pose.config.loader import load
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError

INSTALLED = Path("/etc/edge-pose/config.toml")
"""Where the installer puts the config of a board."""


def add_config_options(parser: argparse.ArgumentParser, *, of_board: bool = False) -> None:
    """The options of every verb that reads the config. ``of_board``: the verb is about this very
    board, and without ``--config`` means what its service means."""
    parser.set_defaults(parser=parser)  # it refuses what it does not know, with its own usage
    found = INSTALLED if of_board and INSTALLED.is_file() else None
    where = f"{INSTALLED} if there is one, else built-in values" if of_board else "built-in values"
    parser.add_argument(
        "--config", metavar="FILE", type=Path, default=found, help=f"TOML config (default: {where})"
    )
    parser.add_argument(
        "--set",
        metavar="SECTION.KEY=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="override one setting; may be given again",
    )


def whole_number(lowest: int, highest: int = 1_000_000_000) -> Callable[[str], int]:
    """For argparse: a whole number within bounds, or an error that names them."""

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = lowest - 1
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(
                f"{text!r}: give a whole number from {lowest} to {highest}"
            )
        return value

    return number


def load_config(
    args: argparse.Namespace, *, source: str | None = None, fast: bool = False
) -> Config:
    """The config that the options name; ConfigError lists every problem.

    ``source``: the camera that the command line names; it wins over file and ``--set``.
    """
    return load(args.config, overrides(args, source=source, fast=fast))


def overrides(
    args: argparse.Namespace, *, source: str | None = None, fast: bool = False
) -> list[str]:
    """What the command line sets beside the file, as ``section.key=value``."""
    camera = [f"camera.source={json.dumps(source)}"] if source else []
    return [*args.overrides, *camera, *(["camera.fast=true"] if fast else [])]


def angle_pair(text: str) -> tuple[float, float]:
    """``YAW,PITCH`` in degrees, as ``--neutral`` takes it."""
    try:
        yaw, pitch = (float(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigError(f"--neutral {text}: write it as YAW,PITCH in degrees") from error
    if not (abs(yaw) <= 90 and abs(pitch) <= 90):
        raise ConfigError(f"--neutral {text}: each angle lies between -90 and 90 degrees")
    return yaw, pitch
