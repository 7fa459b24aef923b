"""Installed on a clean system and removed again: by apt, and by install.sh without network."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from guest import Guest
from kinds import over
from proof import install_package, needs_machine, pid, ready, say

pytestmark = [pytest.mark.machine, needs_machine]


def clean_system(name: str, bare: Path, media: Path, arch: str) -> Guest:
    guest = over(bare, name, media, arch)
    say(f"{name}: clean system, ssh after {guest.boot():.0f} s")
    return guest


def proves_itself(guest: Guest) -> None:
    ready(guest)
    assert guest.run(f"stat -c %U /proc/{pid(guest)}") == "edge-pose"
    guest.run("edge-pose doctor")


def leaves_nothing(guest: Guest) -> None:
    found = guest.run("find / -xdev -iname '*edge-pose*' -not -path '/var/log/*' || true")
    assert {line for line in found.splitlines() if "edge-pose.service.d" not in line} == set()


def test_apt_installs_and_purges_on_a_clean_system(arch: str, bare: Path, media: Path) -> None:
    guest = clean_system("apt", bare, media, arch)
    try:
        began_s = time.monotonic()
        install_package(guest)
        say(f"apt install: {time.monotonic() - began_s:.0f} s")
        proves_itself(guest)
        guest.run("apt-get -y purge edge-pose")
        leaves_nothing(guest)
    finally:
        guest.remove()


def test_install_sh_does_the_same_without_network(arch: str, bare: Path, media: Path) -> None:
    guest = clean_system("script", bare, media, arch)
    script = "/media/tree/deploy/device/install.sh"
    try:
        guest.run("/media/tree/tests/machine/config.sh '' /media")
        began_s = time.monotonic()
        guest.run(f"{script} --offline /media/parcel", limit_s=2400)
        say(f"install.sh: {time.monotonic() - began_s:.0f} s")
        proves_itself(guest)
        guest.run(f"{script} --check")
        guest.run(f"{script} --uninstall --purge")
        leaves_nothing(guest)
    finally:
        guest.remove()
