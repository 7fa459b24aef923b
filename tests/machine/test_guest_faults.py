"""The service killed, hung, out of memory; the disk full or read-only."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import SLOW_WATCHDOG_S, Start, needs_machine, pid, ready, rounds, say, send

pytestmark = pytest.mark.machine

KILLS = rounds(1, 60)
_WATCHDOG_S = 20.0
_SLOW_MACHINE_S = 60.0


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    return start()


def another_than(guest: Guest, old: int, limit_s: float) -> float:
    took_s = guest.until(
        f"p=$(systemctl show -P MainPID edge-pose); test $p -ne 0 -a $p -ne {old}",
        limit_s=limit_s, every_s=1.0,
    )  # fmt: skip
    ready(guest)
    return took_s


def test_a_killed_service_comes_back_each_time(guest: Guest) -> None:
    took_s = [another_than(guest, send(guest, "KILL"), 60) for _ in range(KILLS)]
    say(f"killed {KILLS} times: a new process after {max(took_s):.0f} s at most")


def test_a_service_that_another_program_asks_to_end_comes_back(guest: Guest) -> None:
    """As a guard of the memory does; that is no failure to systemd."""
    took_s = another_than(guest, send(guest, "TERM"), 60)
    say(f"asked to end: a new process after {took_s:.0f} s")
    guest.run("systemctl stop edge-pose && sleep 5")
    assert pid(guest) == 0, "systemctl is obeyed"
    guest.run("systemctl start edge-pose")


def test_a_hung_service_is_ended_by_the_watchdog(guest: Guest) -> None:
    watchdog_s = SLOW_WATCHDOG_S if guest.slow else _WATCHDOG_S
    took_s = another_than(guest, send(guest, "STOP"), watchdog_s + _SLOW_MACHINE_S)
    say(f"hung: a new process after {took_s:.0f} s")
    assert "watchdog" in guest.run("journalctl -u edge-pose --no-pager").lower()


@needs_machine
def test_a_service_out_of_memory_is_started_again_with_its_limit(guest: Guest) -> None:
    old = pid(guest)
    guest.run("systemctl set-property --runtime edge-pose MemoryMax=40M")
    another_than_or_trying(guest, old)
    guest.run("systemctl set-property --runtime edge-pose MemoryMax=600M")
    ready(guest)
    told = guest.run("journalctl -u edge-pose --no-pager")
    assert "oom-kill" in told or "status=9/KILL" in told


def another_than_or_trying(guest: Guest, old: int) -> None:
    guest.until(f"test $(systemctl show -P MainPID edge-pose) -ne {old}", limit_s=120)


def test_a_full_disk_stops_no_alert_and_the_record_goes_on_after(guest: Guest) -> None:
    guest.run("fallocate -l $(($(df --output=avail -B1 / | tail -1) - 2000000)) /var/full || true")
    guest.run("dd if=/dev/zero of=/var/fuller bs=64k 2>/dev/null; true")
    old = pid(guest)
    event = guest.run(
        "timeout 240 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=280
    )
    assert event
    assert "No space" in guest.says("echo x > /var/x") or guest.says("df / | tail -1")
    guest.run("rm -f /var/full /var/fuller /var/x")
    last = guest.run("python3 /media/follow.py once | tail -1")
    guest.until(f"test \"$(python3 /media/follow.py once | tail -1)\" != '{last}'", limit_s=240)
    assert guest.run("sqlite3 /var/lib/edge-pose/events.db 'pragma integrity_check'") == "ok"
    say(f"full disk: the same process {pid(guest) == old}")


def test_a_root_that_cannot_be_written_stops_no_alert(guest: Guest) -> None:
    guest.make_read_only()
    assert "Read-only" in guest.says("touch /var/x")
    assert guest.run(
        "timeout 240 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=280
    )
    another_than(guest, send(guest, "KILL"), 120)
    assert guest.run(
        "timeout 240 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=280
    )
