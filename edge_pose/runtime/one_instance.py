"""One program to a state directory: two would overwrite each other's records."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edge_pose.errors import ConfigError, EdgePoseError

log = logging.getLogger(__name__)

FILE = "edge-pose.lock"


@contextmanager
def only_instance(folder: Path, *, as_service: bool = False) -> Iterator[None]:
    """Hold the folder; ConfigError when another program does. The kernel frees it with the process,
    however that ends. A folder that cannot be written is no reason not to monitor.

    ``as_service``: then it is no error of the config, which the service's manager would take as a
    reason never to try again: the other program may end, and nobody would watch.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        log.warning("%s: cannot be locked (%s); make it writable", folder, error)
        yield
        return
    try:
        _take(handle, folder, EdgePoseError if as_service else ConfigError)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, kind: type[EdgePoseError]) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        who = f"process {holder}" if holder.isdecimal() else "another program"
        raise kind(
            f"{folder}: in use by {who}; end it (sudo systemctl stop edge-pose), or set another "
            "runtime.state_dir"
        ) from error
    # The lock holds without the number; a full disk must not keep anybody from monitoring.
    with suppress(OSError):
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
