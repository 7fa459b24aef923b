"""A machine that boots: Debian in qemu, spoken to over ssh on a loopback port."""

from __future__ import annotations

import contextlib
import os
import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tied import doing, tied

MACHINES = Path(os.environ.get("MACHINES", "/var/tmp/edge-pose-machines"))

ROOT_FLAGS = "rootflags=errors=remount-ro"
_BOOT_LIMIT_S = 1800.0
# udev kills who loads a driver for longer than 3 minutes: a guest on a twentieth of a processor
# came up deaf.
_PATIENCE = (
    f" udev.event_timeout={_BOOT_LIMIT_S:.0f} systemd.default_timeout_start_sec={_BOOT_LIMIT_S:.0f}"
)
_MEMORY_MB = 1280
_COMMAND_LIMIT_S = 900.0


@dataclass(frozen=True, slots=True)
class Board:
    """How qemu plays one kind of machine."""

    program: str
    words: tuple[str, ...]
    console: str
    kvm: bool = False


def board(arch: str) -> Board:
    """x86-64 with KVM where that really runs a guest; arm64 as qemu's virt with a Cortex-A72."""
    if arch == "arm64":
        words = ("-machine", "virt", "-cpu", "cortex-a72", "-accel", "tcg,thread=multi")
        return Board("qemu-system-aarch64", words, "ttyAMA0")
    if _kvm_runs():
        words = ("-machine", "q35", "-accel", "kvm", "-cpu", "host")
        return Board("qemu-system-x86_64", words, "ttyS0", kvm=True)
    words = ("-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max")
    return Board("qemu-system-x86_64", words, "ttyS0")


def _kvm_runs() -> bool:
    """/dev/kvm may be there and yet run no ordinary kernel: the answer is a first line of log."""
    verdict = MACHINES / "kvm"
    if not verdict.exists():
        verdict.write_text("yes" if _boots_with_kvm() else "no")
    return verdict.read_text() == "yes"


def _boots_with_kvm() -> bool:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    command = [
        "timeout", "10", "qemu-system-x86_64", "-machine", "q35", "-accel", "kvm", "-cpu", "host",
        "-m", "512", "-display", "none", "-serial", "stdio", "-no-reboot",
        "-kernel", str(MACHINES / "kernel-amd64"), "-append", "console=ttyS0",
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return b"Linux version" in told.stdout


def overlay(below: Path, name: str) -> Path:
    """A disk that starts as ``below`` and keeps what is written to itself."""
    disk = MACHINES / f"{name}.qcow2"
    kind = "qcow2" if below.suffix == ".qcow2" else "raw"
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-b", below.name, "-F", kind, str(disk)],
        check=True,
    )
    return disk


class Refused(AssertionError):
    """A command in the guest failed; the message has its words."""


@dataclass(slots=True)
class Guest:
    """One machine with its disk. ``cut`` takes its power away; ``boot`` gives it back."""

    disk: Path
    arch: str = "amd64"
    media: Path | None = None
    rtc: str = "utc"
    hold: bool = False
    _machine: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _host: str = field(default="127.0.0.1", init=False)
    _port: int = field(default=22, init=False)
    gateway: str = field(default="10.0.2.2", init=False)
    """What the guest calls this machine."""
    gate: str = field(default="127.0.0.1", init=False)
    """Where its calls arrive."""

    def boot(self) -> float:
        """Until ssh answers; returns the seconds it took."""
        began_s = time.monotonic()
        self._machine = self.power_on()
        while time.monotonic() - began_s < _BOOT_LIMIT_S:
            if self._machine.poll() is not None:
                raise Refused(f"the machine ended with {self._machine.returncode}: {self.log}")
            if self._ssh("true", limit_s=60.0).returncode == 0:
                took_s = time.monotonic() - began_s
                if self.media is not None:
                    self.run("mountpoint -q /media || mount -o ro LABEL=MEDIA /media")
                return took_s
            time.sleep(1.0)
        raise Refused(f"no ssh within {_BOOT_LIMIT_S:.0f} s: {self.log}")

    def power_on(self) -> subprocess.Popen[bytes]:
        """Start the machine; it ends with us."""
        kind = board(self.arch)
        self._port = _free_port()
        drives = [f"file={self.disk},if=virtio,cache=writeback"]
        if self.media is not None:
            drives.append(f"file={self.media},if=virtio,format=raw,readonly=on")
        command = tied(
            kind.program, *kind.words, "-smp", "2" if kind.kvm else "1",
            "-m", str(_MEMORY_MB), "-display", "none",
            "-serial", f"file:{self.log}", "-no-reboot", "-rtc", f"base={self.rtc}",
            "-kernel", str(MACHINES / f"kernel-{self.arch}"),
            "-initrd", str(MACHINES / f"initrd-{self.arch}"),
            "-append", f"root=/dev/vda rw {ROOT_FLAGS} console={kind.console} quiet"
            " no_timer_check mitigations=off" + " hold" * self.hold + _PATIENCE * self.slow,
            "-nic", f"user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:{self._port}-:22",
            "-device", "virtio-rng-pci",
            *(word for drive in drives for word in ("-drive", drive)),
        )  # fmt: skip
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)

    @property
    def slow(self) -> bool:
        """An emulated processor is many times slower than the slowest board."""
        return not board(self.arch).kvm

    @property
    def log(self) -> Path:
        return self.disk.with_suffix(".console")

    @property
    def fate(self) -> str:
        """Of a machine that has ended or stands still, ssh says only that nobody answers."""
        if self._machine is None or self._machine.poll() is not None:
            return f"the machine has ended: {self._machine and self._machine.returncode}"
        return "the machine runs: " + ", ".join(islice(doing(self._machine.pid), 6))

    def release(self) -> None:
        """What ``hold`` kept from starting may start."""
        folder = "/etc/systemd/system/edge-pose.service.d"
        self.run(f"sed -i /hold/d {folder}/proof.conf && systemctl daemon-reload")

    def run(self, command: str, *, limit_s: float = _COMMAND_LIMIT_S) -> str:
        """What a shell command prints in the guest. Raises Refused where it fails."""
        done = self._ssh(command, limit_s=limit_s)
        if done.returncode != 0:
            raise Refused(
                f"{command}\n→ {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
                f"\n{self.fate}"
            )
        return done.stdout.strip()

    def says(self, command: str, *, limit_s: float = 60.0) -> str:
        """The same, but a failure is only an answer."""
        done = self._ssh(command, limit_s=limit_s)
        return (done.stdout + done.stderr).strip()

    def until(self, command: str, *, limit_s: float, every_s: float = 2.0) -> float:
        """Ask until the command succeeds; returns the seconds that took. The guest does the asking:
        a login takes a slow one seconds."""
        began_s = time.monotonic()
        loop = f"until {{ {command}; }} >/run/asked 2>&1; do sleep {every_s}; done"
        asked = self._ssh(f"timeout {limit_s} bash -c {shlex.quote(loop)}", limit_s=limit_s + 30.0)
        if asked.returncode == 0:
            return time.monotonic() - began_s
        told = self.says("tail -c 1000 /run/asked")
        log = self.says("systemctl status edge-pose --no-pager -n 40; df -h / | tail -1")
        raise Refused(f"not within {limit_s:.0f} s: {command}\n{told}\n{log}\n{self.fate}")

    @contextlib.contextmanager
    def follow(self, command: str) -> Iterator[subprocess.Popen[str]]:
        """A command whose lines are read as they come."""
        process = subprocess.Popen(
            [*self._words(), command], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def cut(self) -> None:
        """Power off without a word; what the guest had not flushed is gone."""
        if self._machine is not None:
            self._machine.kill()
            self._machine.wait()
            self._machine = None

    def remove(self) -> None:
        """Power off, and the disk is gone."""
        self.cut()
        self.disk.unlink(missing_ok=True)

    def make_read_only(self) -> None:
        """What ext4 does when its card fails (errors=remount-ro)."""
        self.run("sync; echo u > /proc/sysrq-trigger; sleep 1")

    def shut_down(self) -> None:
        self.says("systemctl poweroff")
        if self._machine is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._machine.wait(180.0)
        self.cut()

    def _ssh(self, command: str, *, limit_s: float) -> subprocess.CompletedProcess[str]:
        words = [*self._words(), command]
        try:
            return subprocess.run(
                words, capture_output=True, text=True, timeout=limit_s, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(words, 255, "", f"no answer in {limit_s:.0f} s")

    def _words(self) -> list[str]:
        options = (
            f"-i {MACHINES}/key -p {self._port} -o StrictHostKeyChecking=no"
            " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=60"
            " -o ServerAliveInterval=20 -o BatchMode=yes"
        )
        return ["ssh", *shlex.split(options), f"root@{self._host}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
