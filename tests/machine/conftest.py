"""Guests for the proofs of ``make test-machine``: a bare system and one with the package in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from guest import MACHINES, Guest
from kinds import kind, over
from proof import Start, ready
from user_mode import KERNEL

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def arch() -> str:
    return os.environ.get("EDGE_POSE_MACHINE_ARCH", "amd64")


@pytest.fixture(scope="session")
def bare(arch: str) -> Path:
    """A system without edge_pose, made once."""
    disk = MACHINES / f"disk-{arch}.img"
    if not disk.exists():
        subprocess.run([str(HERE / "image.sh"), arch], check=True)
    return disk


@pytest.fixture(scope="session")
def media(arch: str) -> Path:
    """Packages, parcel and tree of this checkout; EDGE_POSE_MACHINE_KEEP=1: those of before."""
    disk = MACHINES / f"media-{arch}.img"
    if not (disk.exists() and os.environ.get("EDGE_POSE_MACHINE_KEEP")):
        environ = {**os.environ, "PYTHON": sys.executable}
        subprocess.run([str(HERE / "media.sh"), arch], check=True, env=environ)
    return disk


@pytest.fixture(scope="session")
def installed(arch: str, bare: Path, media: Path) -> Path:
    """The bare system with the package, installed at this machine's speed."""
    disk = MACHINES / f"installed-{arch}.img"
    if not (disk.exists() and os.environ.get("EDGE_POSE_MACHINE_KEEP")):
        for disk_below in (bare, media):
            assert disk_below.exists()
        _make_kernel(arch)
        subprocess.run([str(HERE / "installed.sh"), arch], check=True)
    return disk


def _make_kernel(arch: str) -> None:
    """The kernel that runs as a program where one is used, made once."""
    if kind(arch) == "user-mode" and not KERNEL.exists():
        build = [str(HERE / "kernel/build.sh"), str(MACHINES / f"root-{arch}")]
        subprocess.run(build, check=True)


@pytest.fixture(scope="module")
def start(
    arch: str, installed: Path, media: Path, request: pytest.FixtureRequest
) -> Iterator[Start]:
    """Start guests on disks of their own over the installed system; they end with the module."""

    def begin(name: str = "", *, rtc: str = "utc", hold: bool = False) -> Guest:
        guest = over(installed, name or request.module.__name__, media, arch, rtc=rtc, hold=hold)
        guests.callback(guest.remove)
        took_s = guest.boot()
        waited_s = 0.0 if hold else ready(guest)
        print(
            f"\n  {guest.disk.stem}: up after {took_s:.0f} s, service ready {waited_s:.0f} s later"
        )
        return guest

    # The last one ends first (it may see the mounts of an earlier one), and all end.
    with ExitStack() as guests:
        yield begin
