"""What every proof does with a guest: install, wait, look."""

from __future__ import annotations

import os
from collections.abc import Callable

from guest import Guest

FULL = os.environ.get("EDGE_POSE_MACHINE") == "full"

Start = Callable[..., Guest]
"""Boots a guest on a disk of its own over the installed system."""

RESTART_AFTER_THE_CLIP = "[Service]\\nRestart=always\\nRestartSec=1\\n"


def install_package(guest: Guest) -> None:
    """By apt, from the file alone, with the config of the proofs."""
    guest.run("install -D -m 0640 /media/play.toml /etc/edge-pose/config.toml")
    guest.run(
        "printf '\\n[update]\\nkey = \"%s\"\\nhealthy_s = 15\\n'"
        " \"$(cut -d' ' -f1-2 /media/maker.pub)\" >> /etc/edge-pose/config.toml"
    )
    folder = "/etc/systemd/system/edge-pose.service.d"
    guest.run(f"mkdir -p {folder} && printf '{RESTART_AFTER_THE_CLIP}' > {folder}/proof.conf")
    guest.run("DEBIAN_FRONTEND=noninteractive apt-get -y install /media/0.0.1.deb")
    ready(guest)


def ready(guest: Guest, limit_s: float = 240.0) -> float:
    """Until the service has told systemd that it is ready."""
    return guest.until("systemctl -q is-active edge-pose", limit_s=limit_s)


def pid(guest: Guest) -> int:
    """Of the service's process; 0 where there is none."""
    return int(guest.run("systemctl show -P MainPID edge-pose"))


def rounds(short: int, full: int) -> int:
    """How often a proof is repeated in the form that runs."""
    return full if FULL else short
