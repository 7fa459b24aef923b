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
_LIT = f"{_LEVEL} | grep -q 'out hi'"
_HOLD = 'import gpiod; line = gpiod.request_lines("/dev/gpiochip0", config={%d: %s}); '
_LOOK = _HOLD % (_LINE, "None") + f"print(line.get_value({_LINE}).value)"
_LIGHT = _HOLD % (_LINE, "gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT)") + (
    f"line.set_value({_LINE}, gpiod.line.Value.ACTIVE)"
)
_PYTHON = "$(find /opt/edge-pose/current/ -path '*bin/python3')"
_SIGNAL = "systemctl kill --kill-whom=main edge-pose --signal"
_FREEZE, _THAW = f"{_SIGNAL}=STOP", f"{_SIGNAL}=CONT"
_KEEP_DOWN = (
    "printf '[Service]\\nRestart=no\\n' >/etc/systemd/system/edge-pose.service.d/zz-down.conf"
    " && systemctl daemon-reload"
)
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


def drives(guest: Guest) -> str:
    """What the chip drives the line with when nobody holds it: 1 lit, 0 dark. The kernel's table
    lists only lines that are held, and one whose owner was killed keeps its level."""
    return guest.run(f"{_PYTHON} -c '{_LOOK}'", limit_s=300)


def test_the_lamp_is_lit_while_an_alert_stands(guest: Guest) -> None:
    guest.until(_LIT, limit_s=300, every_s=0.5)
    guest.until(f"{_LEVEL} | grep -q 'out lo'", limit_s=300, every_s=0.5)


def test_a_service_that_stops_leaves_no_lamp_lit(guest: Guest) -> None:
    guest.until(_LIT, limit_s=300, every_s=0.5)
    guest.run("systemctl stop edge-pose")
    assert drives(guest) == "0"
    guest.run("systemctl start edge-pose", limit_s=300)


def test_a_service_that_is_killed_leaves_no_lamp_lit(guest: Guest) -> None:
    """Frozen first: neither the clip nor the alert ends between the look and the kill."""
    guest.until(f"{_LIT} && {_FREEZE} && {{ {_LIT} || {{ {_THAW}; false; }}; }}", limit_s=300)
    guest.run(f"{_KEEP_DOWN}; {_SIGNAL}=KILL")
    guest.until("systemctl -q is-failed edge-pose", limit_s=600)
    assert guest.run("systemctl show -P Result edge-pose") == "signal"
    assert drives(guest) == "0"


def test_a_lamp_that_was_left_lit_is_seen_and_put_out(guest: Guest, arch: str) -> None:
    if arch != "arm64":
        pytest.skip("gpio-sim lets go of a line's level with its owner")
    guest.run("systemctl stop edge-pose")
    guest.run(f"{_PYTHON} -c '{_LIGHT}'")
    assert drives(guest) == "1"
    guest.run("/opt/edge-pose/bin/edge-pose pins --off")
    assert drives(guest) == "0"
