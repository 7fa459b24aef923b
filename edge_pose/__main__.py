"""The console script; ``python -m edge_pose`` is the same as ``edge-pose``."""

from __future__ import annotations

import signal
from typing import NoReturn


def program() -> NoReturn:
    """Run the command line and end the process."""
    # While modules load nothing is open yet: Ctrl-C ends the process without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from edge_pose import cli

    cli.program()


if __name__ == "__main__":
    program()
