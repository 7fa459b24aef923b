"""The same proofs in a container that boots systemd (systemd-nspawn): at this machine's own speed,
for all that needs no kernel of its own. Its disk is an ext4 image, whose power can be cut."""

from __future__ import annotations

import ctypes
import fcntl
import functools
import os
import shutil
import signal
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from guest import MACHINES, Guest, Refused
from tied import tied

_BOOT_LIMIT_S = 120.0
# EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/ext4.h).
_SHUTDOWN = 0x8004587D
_WITHOUT_LOG = 2
_DISK_BYTES = 4 * 2**30
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
    _root: Path = field(default=MACHINES, init=False)

    def boot(self) -> float:
        began_s = time.monotonic()
        root = self._mount()
        command = tied(
            "systemd-nspawn", "--quiet", "--boot", f"--directory={root}", "--register=no",
            "--keep-unit", "--private-network", "--console=pipe",
            f"--machine={self.disk.stem.replace('_', '-')}",
            f"--bind-ro={MACHINES}/media-{self.arch}:/media",
        )  # fmt: skip
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
        """The file system stops at once, without writing what it still holds, and everything ends;
        the next ``boot`` finds what had reached the disk (ext4's own ioctl for such tests)."""
        if self._nspawn is None:
            return
        folder = os.open(self._layers, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", _WITHOUT_LOG))
        finally:
            os.close(folder)
        leader = self._leader()
        if leader:
            os.kill(leader, signal.SIGKILL)
        self._nspawn.wait()
        self._nspawn = None
        for place in (self._root, self._layers):
            _unmount(place)
        _released(self.disk.with_suffix(".ext4"))

    @property
    def slow(self) -> bool:
        return False

    def make_read_only(self) -> None:
        source = ["findmnt", "-n", "-o", "SOURCE", str(self._layers)]
        device = subprocess.run(source, capture_output=True, text=True, check=True).stdout.strip()
        Path(f"/sys/fs/ext4/{Path(device).name}/trigger_fs_error").write_text("1")

    def remove(self) -> None:
        self.cut()
        self.disk.with_suffix(".ext4").unlink(missing_ok=True)
        for folder in (self._root, self._layers):
            shutil.rmtree(folder, ignore_errors=True)

    def _mount(self) -> Path:
        """The layers' disk, made the first time, and the system over it."""
        _own_mounts()
        self._layers, self._root = self.disk.with_suffix(".layers"), self.disk.with_suffix(".root")
        image = self.disk.with_suffix(".ext4")
        for folder in (self._layers, self._root):
            folder.mkdir(exist_ok=True)
        if not image.exists():
            with image.open("wb") as file:
                file.truncate(_DISK_BYTES)
            subprocess.run(["mke2fs", "-q", "-t", "ext4", str(image)], check=True)
        subprocess.run(
            ["mount", "-o", "loop,errors=remount-ro", str(image), str(self._layers)], check=True
        )
        for part in ("upper", "work"):
            (self._layers / part).mkdir(exist_ok=True)
        options = f"lowerdir={self.below},upperdir={self._layers}/upper,workdir={self._layers}/work"
        command = ["mount", "-t", "overlay", "overlay", "-o", options, str(self._root)]
        subprocess.run(command, check=True)
        return self._root

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


@functools.cache
def _own_mounts() -> None:
    """Nobody else sees our mounts, and so nobody can hold them (CLONE_NEWNS, linux/sched.h)."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x20000) != 0:
        raise Refused(f"no mount namespace of our own: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def _unmount(place: Path) -> None:
    """What was killed may still hold it for a moment."""
    for _ in range(50):
        if subprocess.run(["umount", str(place)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    raise Refused(f"{place} is still in use")


def _released(image: Path) -> None:
    """A file system that another namespace still holds would come back in its stopped state."""
    for _ in range(100):
        found = subprocess.run(["losetup", "-j", str(image)], capture_output=True, check=True)
        if not found.stdout:
            return
        time.sleep(0.2)
    raise Refused(f"{image} is still in use: run one of these proofs at a time")
