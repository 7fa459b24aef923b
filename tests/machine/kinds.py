"""Which kind of guest the proofs run in."""

from __future__ import annotations

from pathlib import Path

from container import Container
from guest import MACHINES, Guest, board, overlay
from proof import IN
from user_mode import UserModeGuest


def kind(arch: str) -> str:
    """qemu: Debian's own kernel. user-mode: one that runs as a program, where KVM does not.
    container: none of its own."""
    if IN != "auto":
        return IN
    return "qemu" if arch == "arm64" or board(arch).kvm else "user-mode"


def over(
    below: Path, name: str, media: Path, arch: str, *, rtc: str = "utc", hold: bool = False
) -> Guest:
    """A guest on a disk of its own that starts as ``below``; not yet booted."""
    disk = MACHINES / f"{name}-{arch}.differs"
    disk.unlink(missing_ok=True)
    where = kind(arch)
    if where == "container":
        return Container(disk, arch, media, below=below.with_suffix(""))
    if where == "user-mode":
        return UserModeGuest(disk, arch, media, rtc, hold, below=below)
    return Guest(overlay(below, f"{name}-{arch}"), arch, media, rtc, hold)
