"""When the program last ran, for the next one to tell a gap that no program lived through: killed,
out of memory, or ended by the watchdog."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from edge_pose.clock import Clock

FILE = "last-alive"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_EVERY_S = 2.0
_SIZE = 64


class Heartbeat:
    """One short line in the runtime directory (in memory where systemd gives one), else beside the
    records. Not flushed: it need only outlive the process, not the power."""

    def __init__(self, state_dir: Path, clock: Clock) -> None:
        given = os.environ.get("RUNTIME_DIRECTORY")
        self.folder = Path(given.split(":")[0]) if given else state_dir
        self._path = self.folder / FILE
        self._clock = clock
        self._beat_s = float("-inf")

    def gap_s(self) -> float | None:
        """Seconds since a program here was last alive that did not end in order, on this start of
        the machine; None where there was none."""
        try:
            boot, seconds = self._path.read_text(encoding="ascii").split()
            alive_s, now_s = float(seconds), self._clock.elapsed()
        except (OSError, ValueError):
            return None
        return now_s - alive_s if boot == _boot() and 0.0 <= alive_s <= now_s else None

    def beat(self) -> None:
        """Note that the program runs; at most every two seconds, raises nothing."""
        now = self._clock.elapsed()
        if now - self._beat_s < _EVERY_S:
            return
        self._beat_s = now
        line = f"{_boot()} {now:.1f}".ljust(_SIZE).encode("ascii")
        with contextlib.suppress(OSError):
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                os.pwrite(handle, line, 0)
            finally:
                os.close(handle)

    def end(self) -> None:
        """The program ends in order: nobody expects it to watch on."""
        with contextlib.suppress(OSError):
            self._path.unlink()


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip() or "-"
    except OSError:
        return "-"
