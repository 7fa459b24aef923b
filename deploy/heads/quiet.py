"""Keeps Blender's line for each picture off standard output."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

_STDOUT = 1


@contextlib.contextmanager
def quiet_output() -> Iterator[None]:
    """What native code writes to standard output meanwhile is dropped."""
    sys.stdout.flush()
    kept, nowhere = os.dup(_STDOUT), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    try:
        yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)
        os.close(nowhere)
