"""Two hours in a guest, with what a day has in it: memory, descriptors and threads stay where they
are (full form only)."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import long_drive
import pytest
from guest import Guest
from proof import FULL, Start, handles, needs_machine, pid, say
from vivid import PLUG, PULL, UNLOAD, look_at

pytestmark = [pytest.mark.machine, needs_machine]

_SOAK_S = float(os.environ.get("EDGE_POSE_SOAK_S", "7200"))
_WARM_UP_S = _SOAK_S / 12
"""Ten minutes of the two hours; what is compared comes after it."""
_SAMPLES = max(1, round((_SOAK_S - _WARM_UP_S) / 300.0))
_PULLED_S = 20
"""Longer than it takes to tell a camera that is gone."""
_CAMERA_FPS = 10
_GROWTH = 1.05
_GROWTH_KB = 5000
_STATES = {"edge-pose": "/var/lib/edge-pose", long_drive.SERVICE: long_drive.STATE}
_PORTS = {"edge-pose": 8765, long_drive.SERVICE: long_drive.PORT}
_EVENTS_BYTES_MAX = 64_000_000
"""[store] max_mb."""


@dataclass(frozen=True, slots=True)
class Sample:
    pid: int
    resident_kb: int
    descriptors: int
    threads: int
    alerts: int
    """Rows of the database."""
    unsent: int
    """Alerts that the broker has not confirmed yet."""
    database_bytes: int
    state_bytes: int
    """The whole folder, with write-ahead logs and the outbox."""


def sample(guest: Guest, service: str) -> Sample:
    """One look at a service and at what it has written."""
    state, process = _STATES[service], pid(guest, service)
    descriptors, threads = handles(guest, service)
    alerts, unsent, database, folder, resident = guest.run(
        f"cd {state} && sqlite3 -readonly events.db 'select count(*) from alerts'"
        " && sqlite3 -readonly mqtt-outbox.db 'select count(*) from outbox'"
        f" && stat -c %s events.db && du -sb {state} | cut -f1"
        f" && sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/{process}/status"
    ).split()
    return Sample(
        process, int(resident), descriptors, threads,
        int(alerts), int(unsent), int(database), int(folder),
    )  # fmt: skip


def watch_the_page(guest: Guest) -> None:
    """A client of each page, for as long as it lasts, and one of the broker."""
    for port in _PORTS.values():
        for path in ("events", "stream.mjpg"):
            guest.run(
                f"systemd-run -q -p Restart=always -p StandardOutput=null"
                f" curl -fsSN http://127.0.0.1:{port}/{path}"
            )
    guest.run(
        "systemd-run -q -p StandardOutput=file:/run/heard"
        " mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event'"
    )


def due_s(number: int) -> float:
    """When a sample is taken."""
    return _WARM_UP_S + number * (_SOAK_S - _WARM_UP_S) / _SAMPLES


def pull_and_put_back(guest: Guest) -> None:
    guest.run(f"{PULL}; sleep {_PULLED_S}; {UNLOAD} && {PLUG}", limit_s=180)


@pytest.mark.skipif(not FULL, reason="only in the full form: make test-machine FORM=full")
def test_two_hours_leave_memory_descriptors_and_threads_flat(start: Start) -> None:
    guest = start(hold=True)
    look_at(guest, _CAMERA_FPS)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=240)
    long_drive.begin(guest)
    watch_the_page(guest)
    began_s = time.monotonic()
    time.sleep(_WARM_UP_S)
    first = {service: sample(guest, service) for service in _STATES}
    samples = [first]
    for number in range(1, _SAMPLES + 1):
        pull_and_put_back(guest)
        time.sleep(max(0.0, began_s + due_s(number) - time.monotonic()))
        samples.append({service: sample(guest, service) for service in _STATES})
        looks = "".join(f"\n    {look}" for look in samples[-1].values())
        say(f"after {time.monotonic() - began_s:.0f} s:{looks}")
    last = samples[-1]
    for service in _STATES:
        assert {look[service].pid for look in samples} == {first[service].pid}
        stays_flat(first[service], last[service])
    rounds = (_SOAK_S - _WARM_UP_S) / long_drive.ROUND_S
    assert last[long_drive.SERVICE].alerts - first[long_drive.SERVICE].alerts > rounds
    lost = "select count(*) from episodes where kind = 'camera.lost'"
    told = guest.run(f'sqlite3 -readonly {_STATES["edge-pose"]}/events.db "{lost}"')
    assert int(told) >= _SAMPLES
    say(f"{guest.run('wc -l </run/heard')} alert messages heard from the broker")


def stays_flat(first: Sample, last: Sample) -> None:
    assert last.resident_kb <= first.resident_kb * _GROWTH + _GROWTH_KB
    assert last.threads <= first.threads + 1
    assert last.descriptors <= first.descriptors + 3
    assert last.unsent <= first.unsent + 5
    assert last.database_bytes < _EVENTS_BYTES_MAX
