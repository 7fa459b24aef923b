"""The same proofs in a container that boots systemd (systemd-nspawn): at this machine's own speed,
for all that needs no kernel and no power of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from guest import MACHINES, Guest, Refused

_BOOT_LIMIT_S = 120.0
_UP = ("running", "degraded")
_ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
    "LANG=C.UTF-8",
)  # fmt: skip


@dataclass(slots=True)
class Container(Guest):
    """A system over the folder ``below``; what it writes goes to a layer of its own."""

    below: Path = MACHINES
    _nspawn: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _layers: Path = field(default=MACHINES, init=False)

    def boot(self) -> float:
        began_s = time.monotonic()
        self._layers = self.disk.with_suffix(".layers")
        for part in ("upper", "work", "root"):
            (self._layers / part).mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={self.below},upperdir={self._layers}/upper,workdir={self._layers}/work"
        root = self._layers / "root"
        if not os.path.ismount(root):
            subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=True)
        command = [
            "systemd-nspawn", "--quiet", "--boot", f"--directory={root}", "--register=no",
            "--keep-unit", "--private-network", "--console=pipe",
            f"--machine={self.disk.stem.replace('_', '-')}", f"--bind-ro={MACHINES}/media-{self.arch}:/media",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self._nspawn = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while time.monotonic() - began_s < _BOOT_LIMIT_S:
            if self._nspawn.poll() is not None:
                break
            if self._leader() and self.says("systemctl is-system-running") in _UP:
                return time.monotonic() - began_s
            time.sleep(0.5)
        raise Refused(f"the container does not come up: {self.log}")

    def cut(self) -> None:
        if self._nspawn is not None:
            leader = self._leader()
            if leader:
                os.kill(leader, signal.SIGKILL)
            self._nspawn.wait()
            self._nspawn = None
        root = self._layers / "root"
        if os.path.ismount(root):
            subprocess.run(["umount", "-l", str(root)], check=False)

    def _leader(self) -> int:
        """The container's first process, as this machine counts."""
        assert self._nspawn is not None
        task = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        children = task.read_text().split() if task.exists() else []
        return int(children[0]) if children else 0

    def _words(self) -> list[str]:
        return [
            "nsenter", "-t", str(self._leader()), "-m", "-u", "-i", "-n", "-p", "--",
            "env", "-i", *_ENVIRONMENT, "bash", "-c",
        ]  # fmt: skip
