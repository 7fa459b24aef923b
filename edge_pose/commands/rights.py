"""Who may do what on an installed board: records belong to the service's user and its group."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

from edge_pose.errors import SinkError
from edge_pose.installation import release_folder

SERVICE_USER = "edge-pose"
ASK = f"use sudo, or join the group {SERVICE_USER}: sudo usermod -aG {SERVICE_USER} $USER"
"""What a person may do about a file that only the service's user and group may read."""


def may_read(state: Path) -> None:
    """Raises SinkError, in one line with what to do, where the records are closed to this user."""
    if state.is_dir() and not os.access(state, os.R_OK | os.X_OK):
        raise SinkError(f"{state}: permission denied; {ASK}, then log in again")


def as_service_user(state: Path) -> None:
    """On an installed board, root goes on as the service's user: what root would write into the
    state folder the service could not read."""
    if os.geteuid() != 0 or release_folder() is None:
        return
    try:
        user = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return
    if not state.exists():
        state.mkdir(mode=0o750, parents=True)
        os.chown(state, user.pw_uid, user.pw_gid)
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ["HOME"] = str(state)
    print(f"goes on as the user {SERVICE_USER}", file=sys.stderr)
