"""Guests for the proofs of ``make test-machine``: a bare system and one with the package in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from guest import MACHINES, Guest
from kinds import kind, over
from proof import Start, first_start, say
from side_by_side import made_once
from user_mode import KERNEL

HERE = Path(__file__).parent
_KEEP = bool(os.environ.get("EDGE_POSE_MACHINE_KEEP"))


@pytest.fixture(scope="session")
def arch() -> str:
    return os.environ.get("EDGE_POSE_MACHINE_ARCH", "amd64")


@pytest.fixture(scope="session")
def bare(arch: str) -> Path:
    """A system without edge_pose, made once."""
    return made_once(MACHINES / f"disk-{arch}.img", partial(_script, "image.sh", arch), keep=True)


@pytest.fixture(scope="session")
def media(arch: str) -> Path:
    """Packages, parcel and tree of this checkout; EDGE_POSE_MACHINE_KEEP=1: those of before."""
    disk = MACHINES / f"media-{arch}.img"
    return made_once(disk, partial(_script, "media.sh", arch), keep=_KEEP)


@pytest.fixture(scope="session")
def installed(arch: str, bare: Path, media: Path) -> Path:
    """The bare system with the package, installed at this machine's speed."""
    for disk_below in (bare, media):
        assert disk_below.exists()
    if kind(arch) == "user-mode":
        made_once(KERNEL, partial(_script, "kernel/build.sh", MACHINES / f"root-{arch}"), keep=True)
    disk = MACHINES / f"installed-{arch}.img"
    return made_once(disk, partial(_script, "installed.sh", arch), keep=_KEEP)


def _script(name: str, what: str | Path) -> None:
    environ = {**os.environ, "PYTHON": sys.executable}
    subprocess.run([str(HERE / name), str(what)], check=True, env=environ)


@pytest.fixture(scope="module")
def start(
    arch: str, installed: Path, media: Path, request: pytest.FixtureRequest
) -> Iterator[Start]:
    """Start guests on disks of their own over the installed system; they end with the module."""

    def begin(name: str = "", *, rtc: str = "utc", hold: bool = False) -> Guest:
        guest = over(installed, name or request.module.__name__, media, arch, rtc=rtc, hold=hold)
        guests.callback(guest.remove)
        guest.hold = hold or guest.slow
        took_s = guest.boot()
        waited_s = 0.0 if hold else first_start(guest)
        say(f"{guest.disk.stem}: up after {took_s:.0f} s, service ready {waited_s:.0f} s later")
        return guest

    # The last one ends first (it may see the mounts of an earlier one), and all end.
    with ExitStack() as guests:
        yield begin
