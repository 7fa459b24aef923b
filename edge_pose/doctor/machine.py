"""This machine as the doctor sees it; tests show it another one."""

from __future__ import annotations

import grp
import importlib.metadata
import os
import platform
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_pose.config.sinks import MqttConfig
from edge_pose.installation import release_folder
from edge_pose.sinks.mqtt import Answer, probe_broker
from edge_pose.this_device import device_id

SERVICE_USER = "edge-pose"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is going to open the devices."""

    name: str
    uid: int
    gids: frozenset[int]


def allowed(path: Path, who: Identity, bits: int) -> bool:
    """Whether a user has these rights (4 read, 2 write, 1 execute), by owner, group and mode."""
    try:
        status = path.stat()
    except OSError:
        return False
    if who.uid == 0:
        return True
    shift = 6 if status.st_uid == who.uid else 3 if status.st_gid in who.gids else 0
    return stat.S_IMODE(status.st_mode) >> shift & bits == bits


class Machine:
    """Files below ``root``, installed packages, commands and the network. Nothing here raises:
    what is not there reads as empty or None."""

    def __init__(self, root: Path = Path("/")) -> None:
        self.root = root

    @property
    def python(self) -> tuple[int, int]:
        return sys.version_info[:2]

    @property
    def architecture(self) -> str:
        return platform.machine()

    @property
    def is_pi(self) -> bool:
        return "Raspberry Pi" in self.text("/proc/device-tree/model")

    @property
    def release(self) -> str:
        """The system's codename, e.g. ``bookworm``."""
        for line in self.text("/etc/os-release").splitlines():
            if line.startswith("VERSION_CODENAME="):
                return line.partition("=")[2].strip('"')
        return ""

    @property
    def installed(self) -> bool:
        """Whether this program is a board's installation, whose service has a user of its own."""
        return release_folder() is not None

    @property
    def identity(self) -> Identity:
        """The service's user on an installed board and when root asks, else whoever asks."""
        if os.geteuid() == 0 or self.installed:
            try:
                user = pwd.getpwnam(SERVICE_USER)
            except KeyError:
                return Identity("root", 0, frozenset(os.getgroups()))
            groups = os.getgrouplist(SERVICE_USER, user.pw_gid)
            return Identity(SERVICE_USER, user.pw_uid, frozenset(groups))
        gids = frozenset({os.getegid(), *os.getgroups()})
        return Identity(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), gids)

    def path(self, absolute: str) -> Path:
        return self.root / absolute.lstrip("/")

    def text(self, absolute: str) -> str:
        """A small text file, empty when it cannot be read."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace").strip("\0\n ")
        except OSError:
            return ""

    def nodes(self, *patterns: str) -> list[Path]:
        """Device nodes below /dev that match, in order of name."""
        found = {node for pattern in patterns for node in self.path("/dev").glob(pattern)}
        return sorted(found)

    def group_name(self, gid: int) -> str:
        try:
            return grp.getgrgid(gid).gr_name
        except KeyError:
            return str(gid)

    def version(self, distribution: str) -> str | None:
        """Version of an installed Python distribution, None when it is not installed."""
        try:
            return importlib.metadata.version(distribution)
        except importlib.metadata.PackageNotFoundError:
            return None

    def run(self, command: Sequence[str], timeout_s: float = 10.0) -> str | None:
        """What a command prints; None when it is missing, fails or takes too long."""
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=timeout_s, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None

    def program(self, name: str) -> str | None:
        """Path of a program, None when there is none."""
        return shutil.which(name)

    def free_bytes(self, folder: Path) -> int | None:
        """Free space where a folder is or will be."""
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            return None

    def ask_broker(self, config: MqttConfig, vehicle_id: str) -> Answer:
        """One try at the broker with a message that everybody ignores."""
        return probe_broker(
            config,
            vehicle_id=vehicle_id,
            device_id=device_id(),
            timeout_s=config.connect_timeout_s,
        )
