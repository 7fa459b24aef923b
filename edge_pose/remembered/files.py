"""Small files that are written whole: a power cut leaves the old or the new, never half of one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_pose.errors import ConfigError

_MODE = 0o640
"""As the config's: what is remembered of it may hold secrets."""


def swap_in(path: Path, fields: Mapping[str, Any]) -> None:
    """Write ``fields`` as JSON in place of what was there. Raises ConfigError where it cannot."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "w", encoding="utf-8", opener=_for_owner_and_group) as file:
            json.dump(fields, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror or error}); run as the service's user, or "
            "set runtime.state_dir"
        ) from error


def _for_owner_and_group(path: str, flags: int) -> int:
    return os.open(path, flags, _MODE)
