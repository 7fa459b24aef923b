"""The preset of rules that a person has chosen while it ran (in Home Assistant): kept beside the
neutral pose, and in effect before the config's own until chosen anew."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_pose.config.monitor import PRESETS
from edge_pose.errors import ConfigError
from edge_pose.remembered.fields import read_table
from edge_pose.remembered.files import swap_in

log = logging.getLogger(__name__)

_FILE = "preset.json"


def chosen_preset(state_dir: Path) -> str | None:
    """The choice; None where there is none, or none that this version knows."""
    try:
        name = read_table(state_dir / _FILE)["preset"]
    except (OSError, ValueError, KeyError):
        return None
    return name if name in PRESETS else None


def choose_preset(state_dir: Path, name: str) -> None:
    """Keep the choice; where it cannot be written it holds for nothing, and that is said."""
    try:
        swap_in(state_dir / _FILE, {"preset": name})
    except ConfigError as error:
        log.error("preset %s is not kept: %s", name, error)
