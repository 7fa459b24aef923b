"""The config with which something was last watched, as text: a board whose config was broken since
watches on with it."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_pose.errors import ConfigError
from edge_pose.remembered.fields import read_table
from edge_pose.remembered.files import swap_in

log = logging.getLogger(__name__)

_FILE = "proven_config.json"


def proven_config(state_dir: Path) -> str | None:
    """TOML; None where none is kept."""
    try:
        text = read_table(state_dir / _FILE)["toml"]
    except (OSError, ValueError, KeyError):
        return None
    return text if isinstance(text, str) else None


def keep_config(state_dir: Path, text: str) -> None:
    """Keep TOML that has proven itself; where it cannot be written, that is said."""
    if proven_config(state_dir) == text:
        return
    try:
        swap_in(state_dir / _FILE, {"toml": text})
    except ConfigError as error:
        log.warning("the config is not kept for when it is broken: %s", error)
