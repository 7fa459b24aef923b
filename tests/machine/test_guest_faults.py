"""The service killed, hung, out of memory; the disk full or read-only; a clock that is wrong."""

from __future__ import annotations

import time

import pytest
from guest import Guest
from proof import Start, needs_machine, patient, pid, ready
from time_server import time_server

pytestmark = pytest.mark.machine

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


def test_a_killed_service_comes_back(guest: Guest) -> None:
    old = pid(guest)
    guest.run(f"kill -9 {old}")
    print(f"\n  killed: a new process after {another_than(guest, old, 60):.0f} s")


def test_a_hung_service_is_ended_by_the_watchdog(guest: Guest) -> None:
    old = pid(guest)
    guest.run(f"kill -STOP {old}")
    took_s = another_than(guest, old, _WATCHDOG_S + _SLOW_MACHINE_S)
    print(f"\n  hung: a new process after {took_s:.0f} s")
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
    print(f"\n  full disk: the same process {pid(guest) == old}")


def test_a_root_that_cannot_be_written_stops_no_alert(guest: Guest) -> None:
    guest.make_read_only()
    assert "Read-only" in guest.says("touch /var/x")
    old = pid(guest)
    assert guest.run(
        "timeout 240 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=280
    )
    guest.run(f"kill -9 {old}")
    another_than(guest, old, 120)
    assert guest.run(
        "timeout 240 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=280
    )


_EPISODES = "sqlite3 /var/lib/edge-pose/events.db 'select {what} from episodes'"
_YEAR_2001_S = 1_000_000_000


@needs_machine
def test_events_of_a_clock_at_1970_are_dated_once_a_time_server_is_heard(start: Start) -> None:
    guest = start("clock", rtc="1970-01-01T00:10:00", hold=True)
    guest.run(
        "systemctl stop systemd-timesyncd; rm -f /run/systemd/timesync/synchronized;"
        " date -s '1970-01-01 00:10:00'; mkdir -p /etc/systemd/timesyncd.conf.d;"
        f" printf '[Time]\\nNTP={guest.gateway}\\n' > /etc/systemd/timesyncd.conf.d/proof.conf"
    )
    patient(guest)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=1200)
    ready(guest)
    guest.until("python3 /media/follow.py once | grep -q distraction", limit_s=240)
    before = guest.run(_EPISODES.format(what="count(*), max(utc_start_s)"))
    count, newest_s = before.split("|")
    assert float(newest_s) < _YEAR_2001_S, "it was written by a clock that was never set"
    with time_server(guest.gate):
        guest.run("systemctl start systemd-timesyncd")
        guest.until("test -e /run/systemd/timesync/synchronized", limit_s=120, every_s=0.5)
    set_s = time.time()
    undated = _EPISODES.format(what=f"sum(utc_start_s < {_YEAR_2001_S})")
    took_s = guest.until(f'test "$({undated})" = 0', limit_s=240)
    after = guest.run(_EPISODES.format(what="count(*), min(utc_start_s), max(utc_start_s)"))
    kept, oldest_s, newest_s = after.split("|")
    print(f"\n  clock: {count} episodes of 1970, all dated {took_s:.0f} s after it was set")
    assert int(kept) >= int(count)
    assert set_s - 900.0 < float(oldest_s) <= float(newest_s) < time.time() + 5.0
    assert time.strftime("%Y-%m-%d", time.gmtime()) in guest.run("edge-pose events list")
