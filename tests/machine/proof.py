"""What every proof does with a guest: install, wait, look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest
from guest import Guest

FULL = os.environ.get("EDGE_POSE_MACHINE") == "full"

IN = os.environ.get("EDGE_POSE_MACHINE_IN", "auto")
"""What was asked for; ``kinds.kind`` says what it comes to."""

CONTAINER = IN == "container"
"""What needs a kernel of its own is left out."""

needs_machine = pytest.mark.skipif(CONTAINER, reason="needs a machine, not a container")

SLOW_WATCHDOG_S = 240
"""In an emulated guest."""

Start = Callable[..., Guest]
"""Boots a guest on a disk of its own over the installed system."""


def say(text: str) -> None:
    """What was measured, as it comes: of several runs side by side only this is shown."""
    print(f"\n  {text}", file=sys.stderr, flush=True)


def install_package(guest: Guest) -> None:
    """By apt, from the file alone, with the config of the proofs."""
    guest.run("/media/tree/tests/machine/config.sh '' /media")
    guest.run("DEBIAN_FRONTEND=noninteractive apt-get -y install /media/0.0.1.deb", limit_s=2400)


def ready(guest: Guest, limit_s: float = 900.0) -> float:
    """Until the service has told systemd that it is ready."""
    return guest.until("systemctl -q is-active edge-pose", limit_s=limit_s)


def patient(guest: Guest) -> None:
    """An emulated processor is many times slower than the slowest board that edge_pose is for:
    its watchdog waits longer, and so does what puts the lamp out after it."""
    if not guest.slow:
        return
    folder = "/etc/systemd/system/edge-pose.service.d"
    limits = rf"WatchdogSec={SLOW_WATCHDOG_S}\nTimeoutStartSec=900\nTimeoutStopSec=600\n"
    guest.run(
        f"printf '[Service]\\n{limits}' > {folder}/slow.conf;"
        " printf '\\n[runtime]\\nstall_s = 120\\n' >> /etc/edge-pose/config.toml;"
        " systemctl daemon-reload"
    )


def first_start(guest: Guest) -> float:
    """The service as it started with the guest, and in an emulated one once that may be slow; the
    seconds until it is ready."""
    if not guest.slow:
        return ready(guest)
    patient(guest)
    guest.release()
    guest.run("systemctl start --no-block edge-pose")
    return ready(guest)


def pid(guest: Guest, service: str = "edge-pose") -> int:
    """Of the service's process; 0 where there is none."""
    return int(guest.run(f"systemctl show -P MainPID {service}"))


def send(guest: Guest, signal: str) -> int:
    """To the service's process, which the number told is of. The guest tries until there was one:
    between two logins it may have ended with its clip."""
    asked = "p=$(systemctl show -P MainPID edge-pose)"
    sent = f"{asked} && [ $p -ne 0 ] && kill -{signal} $p 2>/dev/null"
    return int(guest.run(f"until {sent}; do sleep 0.2; done; echo $p", limit_s=120))


def rounds(short: int, full: int) -> int:
    """How often a proof is repeated in the form that runs."""
    return full if FULL else short


def handles(guest: Guest, service: str = "edge-pose") -> tuple[int, int]:
    """Open descriptors and threads of the service, without what a tone or a question of the page
    holds for a moment: the least of five looks."""
    process = f"/proc/{pid(guest, service)}"
    look = f"ls {process}/fd | wc -l; ls {process}/task | wc -l"
    looks = guest.run(f"for n in 1 2 3 4 5; do {look}; sleep 1; done").split()
    return min(map(int, looks[::2])), min(map(int, looks[1::2]))
