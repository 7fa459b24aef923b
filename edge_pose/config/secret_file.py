"""Files that hold a secret: said when everyone on the machine may read them."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

log = logging.getLogger(__name__)

_told: set[Path] = set()


def warn_if_open_to_all(path: Path, what: str) -> None:
    """One warning for each such file; raises nothing."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return
    if mode & stat.S_IROTH and path not in _told:
        _told.add(path)
        log.warning("%s: everyone on this machine can read %s: chmod 640 %s", what, path, path)
