"""The same machine with a kernel that runs as a program of this one (User Mode Linux): it boots
Debian at this machine's own speed where KVM does not run. kernel/build.sh makes it."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from guest import MACHINES, ROOT_FLAGS, Guest
from side_by_side import alone, processor
from tied import tied_with_children

KERNEL = MACHINES / "user-mode-linux"
_MEMORY_MB = 1280
_CARD = "ep"
_CARDS = Path("/sys/class/net")
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class UserModeGuest(Guest):
    """A guest over the disk ``below``, which stays as it is; ``disk`` holds what differs."""

    below: Path = MACHINES
    _number: int = field(default_factory=lambda: next(_NUMBERS), init=False)
    _network: str = field(default="", init=False)

    def power_on(self) -> subprocess.Popen[bytes]:
        _unplug_those_of_the_dead()
        if not (_CARDS / self._card).exists():
            with alone("network"):
                self._network = _free_network()
                self._plug_in(f"{self._network}.1/30")
        network = self._network
        self._host, self.gateway, self.gate = f"{network}.2", f"{network}.1", f"{network}.1"
        words = tied_with_children(
            "taskset", "--cpu-list", str(processor()),
            # At each of those turns it would wait behind the other jobs of a busy machine: a
            # start of the service took 90 s at load 11, and takes 4 s so.
            "chrt", "--rr", "1",
            str(KERNEL), f"mem={_MEMORY_MB}M", "root=/dev/ubda", "rw", ROOT_FLAGS, "quiet",
            f"ubd0={self.disk},{self.below}", *([f"ubd1r={self.media}"] if self.media else []),
            f"eth0=tuntap,{self._card}",
            f"ip={network}.2::{network}.1:255.255.255.252:guest:eth0:off",
            "con0=null,fd:1", "con=null", "ssl=null",
            f"uml_dir={self._folder}", "umid=guest", *(["hold"] if self.hold else []),
        )  # fmt: skip
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        with self.log.open("ab") as log:
            return subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "TMPDIR": "/dev/shm"},
            )  # fmt: skip

    def remove(self) -> None:
        self.cut()
        subprocess.run(["ip", "link", "delete", self._card], capture_output=True, check=False)
        self.disk.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def slow(self) -> bool:
        return False

    @property
    def _card(self) -> str:
        """The other end of the guest's network card, on this machine."""
        return f"{_CARD}{os.getpid()}-{self._number}"

    @property
    def _folder(self) -> Path:
        return self.disk.with_suffix(".uml")

    def _plug_in(self, address: str) -> None:
        for words in (
            ("tuntap", "add", "dev", self._card, "mode", "tap"),
            ("address", "add", address, "dev", self._card),
            ("link", "set", self._card, "up"),
        ):
            subprocess.run(["ip", *words], check=True)


def _free_network() -> str:
    """The first three numbers of one that nobody here uses."""
    told = subprocess.run(["ip", "-4", "route"], capture_output=True, text=True, check=True).stdout
    numbers = (f"10.209.{number}" for number in range(250))
    return next(network for network in numbers if f"{network}." not in told)


def _unplug_those_of_the_dead() -> None:
    """A run that was killed leaves its cards behind."""
    for card in _CARDS.glob(f"{_CARD}*-*"):
        owner = card.name.removeprefix(_CARD).partition("-")[0]
        if not Path(f"/proc/{owner}").exists():
            subprocess.run(["ip", "link", "delete", card.name], check=False)
