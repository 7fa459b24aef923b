"""The installed board as an update changes it: its releases and its service."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge_pose.errors import EdgePoseError
from edge_pose.installation import CAMERA_LOST

PACKAGE_FILES = Path("/usr/lib/edge-pose/payload")
"""Where the Debian package keeps its payload: there, dpkg has to know the new release too."""

_BUILD_TIMEOUT_S = 1800.0
_START_TIMEOUT_S = 150.0


@dataclass(frozen=True, slots=True)
class ServiceState:
    """``active``: ready and running. ``pid`` 0: no process. ``sees``: not without its camera.
    ``stopped``: by a person's will, not by a failure."""

    active: bool
    pid: int
    sees: bool = True
    stopped: bool = False


class Board(Protocol):
    """What a trial needs of a board."""

    def build(self, payload: Path) -> str: ...
    def put_on_trial(self, name: str) -> None: ...
    def keep(self) -> None: ...
    def back(self) -> None: ...
    def restart(self) -> bool: ...
    def service(self) -> ServiceState: ...
    def register(self, package: Path | None) -> None: ...


class InstalledBoard:
    """The board that this program runs on; every step is deploy/device/releases.sh's."""

    def __init__(self, home: Path = Path("/opt/edge-pose"), *, system_packages: bool) -> None:
        self._home = home
        self._system_packages = system_packages

    def build(self, payload: Path) -> str:
        seen = "yes" if self._system_packages else "no"
        return self._releases("build", str(payload), SYSTEM_PACKAGES=seen).strip()

    def put_on_trial(self, name: str) -> None:
        self._releases("try", name)

    def keep(self) -> None:
        self._releases("keep")

    def back(self) -> None:
        self._releases("back")

    def restart(self) -> bool:
        """Whether the service told that it is ready (Type=notify: systemctl waits for that)."""
        command = ["systemctl", "restart", "edge-pose.service"]
        return _run(command, _START_TIMEOUT_S).returncode == 0

    def service(self) -> ServiceState:
        shown = _run(
            ["systemctl", "show", "edge-pose.service",
             "--property=ActiveState,MainPID,StatusText"], 30.0,
        ).stdout  # fmt: skip
        fields = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        return ServiceState(
            fields.get("ActiveState") == "active",
            int(fields.get("MainPID", "0") or 0),
            sees=not fields.get("StatusText", "").startswith(CAMERA_LOST),
            stopped=fields.get("ActiveState") == "inactive",
        )

    def register(self, package: Path | None) -> None:
        """Bring units and dpkg's records up to the release that runs."""
        if package is None:
            self._releases("adopt")
            return
        _run(["dpkg", "--configure", "-a"], _BUILD_TIMEOUT_S)
        done = _run(["dpkg", "--install", str(package)], _BUILD_TIMEOUT_S)
        if done.returncode != 0:
            raise EdgePoseError(
                "the new release runs, but dpkg could not record it: "
                f"{_last(done.stderr)}; then: sudo apt-get -f install"
            )

    def _releases(self, *words: str, **variables: str) -> str:
        settings = [f"{name}={value}" for name, value in variables.items()]
        command = ["env", *settings, f"PREFIX={self._home}",
                   str(self._home / "sbin/releases.sh"), *words]  # fmt: skip
        done = _run(command, _BUILD_TIMEOUT_S)
        if done.returncode != 0:
            raise EdgePoseError(_last(done.stderr) or f"releases.sh {words[0]} failed")
        return done.stdout


def _last(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def _run(command: Sequence[str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
