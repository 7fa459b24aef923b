"""Which build this is, and whether it is the one that a board's installation runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from edge_pose import __version__

BOARD_STATE = Path("/var/lib/edge-pose")
"""Where the service of a board keeps its records (StateDirectory= of its unit)."""

CAMERA_LOST = "camera lost"
"""So begins the service's status line while nothing is seen; an update's trial looks for it."""

_PACKAGE = Path(__file__).parent
_BUILD = _PACKAGE / "build.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """``version`` as the package bears it; ``commit`` empty when nobody knows it."""

    version: str = __version__
    commit: str = ""


def release_folder() -> Path | None:
    """The folder of the installed release that this process runs from; None elsewhere, as in a
    checkout."""
    folder = Path(sys.prefix)
    return folder if (folder / "share" / "release.json").is_file() else None


def build() -> Build:
    """What the packaging wrote into the package; in a checkout, what git says."""
    try:
        told = json.loads(_BUILD.read_text("utf-8"))
        return Build(version=str(told["version"]), commit=str(told["commit"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Build(commit=_commit_of_checkout())


def _commit_of_checkout() -> str:
    if not (_PACKAGE.parent / ".git").exists():
        return ""
    command = ["git", "-C", str(_PACKAGE.parent), "rev-parse", "--short=10", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
