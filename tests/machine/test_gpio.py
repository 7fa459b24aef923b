"""A real line of a real gpiochip follows the alerts: the PL061 of qemu's arm64 board, or in a
kernel that runs as a program the chip of gpio-sim."""

from __future__ import annotations

import pytest
from guest import Guest
from kinds import kind
from proof import Start, needs_machine, patient, ready

pytestmark = [pytest.mark.machine, needs_machine]

_LINE = 5
_LEVEL = "grep -E 'gpio-[0-9]+ .*(edge|pose)' /sys/kernel/debug/gpio"
_SECTION = f"""
[gpio]
enabled = true
backend = "gpiod"
chip = "/dev/gpiochip0"
led = {{ pin = {_LINE} }}
"""

_SIMULATED = (
    "modprobe gpio-sim && mkdir -p /sys/kernel/config/gpio-sim/proof/bank0 && "
    "cd /sys/kernel/config/gpio-sim/proof && echo 8 > bank0/num_lines && echo 1 > live && "
    "udevadm settle && ls -l /dev/gpiochip0"
)


@pytest.fixture(scope="module")
def guest(start: Start, arch: str) -> Guest:
    if arch != "arm64" and kind(arch) != "user-mode":
        pytest.skip("no gpiochip here: MACHINE_ARCH=arm64 or MACHINE_IN=user-mode")
    guest = start(hold=True)
    if arch != "arm64":
        guest.run(_SIMULATED)
    guest.run(f"cat >> /etc/edge-pose/config.toml <<'TOML'{_SECTION}TOML")
    patient(guest)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=1200)
    ready(guest)
    return guest


def test_the_lamp_is_lit_while_an_alert_stands(guest: Guest) -> None:
    guest.until(f"{_LEVEL} | grep -q 'out hi'", limit_s=300, every_s=0.5)
    guest.until(f"{_LEVEL} | grep -q 'out lo'", limit_s=300, every_s=0.5)


def test_a_service_that_is_killed_leaves_no_lamp_lit(guest: Guest) -> None:
    guest.until(f"{_LEVEL} | grep -q 'out hi'", limit_s=300, every_s=0.5)
    guest.run("systemctl stop edge-pose")
    assert guest.says(f"{_LEVEL} | grep 'out hi'") == ""
    guest.run("systemctl start edge-pose", limit_s=300)
    guest.until(f"{_LEVEL} | grep -q 'out hi'", limit_s=300, every_s=0.5)
    guest.run("systemctl kill --kill-whom=main --signal=KILL edge-pose")
    guest.until(f"! {_LEVEL} | grep -q 'out hi'", limit_s=60, every_s=0.5)
