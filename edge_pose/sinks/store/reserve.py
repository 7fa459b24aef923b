"""Room that is kept for events: a file of nothing that gives way when the disk is full."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

SIZE = 4_000_000
"""Some thousand events."""
COMFORT = 16 * SIZE
"""With less room than this on the disk, what is worth less than an event is not written."""


def room(folder: Path) -> int:
    """Free bytes for this user on the folder's disk; a lot where that cannot be told."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return sys.maxsize


class Reserve:
    """``hold`` while there is room, ``release`` when an event finds none."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "reserve.bin"

    def hold(self) -> None:
        """Take the room, if there is plenty; raises nothing."""
        with contextlib.suppress(OSError):
            if self._file.exists() and self._file.stat().st_size >= SIZE:
                return
            if room(self._file.parent) < COMFORT:
                return
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                os.posix_fallocate(handle, 0, SIZE)
            finally:
                os.close(handle)

    def release(self) -> bool:
        """Give the room back; True when there was any."""
        try:
            self._file.unlink()
        except OSError:
            return False
        return True
