"""Standard output and error as they are found: closed, piped into ``head``, or plain ASCII.

What a verb prints is for people; that nobody reads it any more must not end what the verb does.
"""

from __future__ import annotations

import contextlib
import os
import sys


def prepare_streams() -> None:
    """A closed stream swallows what is printed; a character it cannot show becomes a ``?``."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def abandon_stdout() -> None:
    """Nobody reads it any more: what is still buffered goes nowhere, without a complaint."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class LinePrinter:
    """Prints lines at once from any thread, until printing fails; then it keeps silent."""

    def __init__(self) -> None:
        self._open = True

    def __call__(self, line: str) -> None:
        if not self._open:
            return
        try:
            print(line, flush=True)
        except (OSError, ValueError):
            self._open = False
            abandon_stdout()
