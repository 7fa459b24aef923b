"""Keeps the TFLite runtime's own chatter off standard error while a model loads."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

_CHATTER = (b"INFO: ", b"ERROR: ", b"WARNING: ")
"""How the runtime's native lines begin; its errors come as exceptions too."""
_STDERR = 2


@contextlib.contextmanager
def quiet_native_log() -> Iterator[None]:
    """Lines that native code writes to standard error meanwhile are held back; the runtime's own
    are dropped, all others (from other threads) are written out at the end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    try:
        # In memory: a board whose disk has become read-only must load its models all the same.
        memory = os.memfd_create("native-log", os.MFD_CLOEXEC)
    except (OSError, AttributeError):  # not Linux: the chatter is heard
        yield
        return
    with os.fdopen(memory, "w+b") as held:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # a service without standard error
            yield
            return
        os.dup2(held.fileno(), _STDERR)
        try:
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
            held.seek(0)
            rest = b"".join(line for line in held if not line.startswith(_CHATTER))
            with contextlib.suppress(OSError):
                os.write(_STDERR, rest)
