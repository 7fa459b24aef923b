"""sd_notify against a real datagram socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_pose.runtime.notify import Notifier, Watchdog
from edge_pose.runtime.stage import Stage
from edge_pose.testing.clock import FakeClock


class Idle(Stage):
    def step(self) -> None:
        self.stopping.wait(60.0)


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """An address as systemd gives it, and the socket that listens there."""
    name = f"edge-pose-{os.getpid()}"
    address = f"@{name}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name if request.param == "abstract" else address)
        listener.settimeout(5.0)
        yield address, listener


def test_each_state_arrives(manager: tuple[str, socket.socket]) -> None:
    address, listener = manager
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready()
    notifier.status("two\nlines")
    notifier.status("two lines")
    notifier.watchdog()
    notifier.reloading()
    notifier.stopping()
    got = [listener.recv(256).decode() for _ in range(5)]
    assert got[:3] == ["READY=1", "STATUS=two lines", "WATCHDOG=1"]
    assert got[3].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert got[4] == "STOPPING=1"


def test_nothing_happens_without_systemd(tmp_path: Path) -> None:
    Notifier({}).ready()
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    Notifier({"NOTIFY_SOCKET": "vsock:2:1"}).ready()


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "20000000"}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}, 20.0),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_interval_is_read(environ: dict[str, str], seconds: float | None) -> None:
    assert Notifier(environ).watchdog_s == seconds


def test_the_watchdog_is_fed_only_while_all_stages_progress(
    manager: tuple[str, socket.socket],
) -> None:
    address, listener = manager
    clock = FakeClock()
    capture, inference = Idle("capture", clock=clock), Idle("inference", clock=clock)
    notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "10000000"})
    watchdog = Watchdog(notifier, [capture, inference], clock, stall_s=5.0)
    for _ in range(20):
        clock.advance(1.0)
        capture.beat()
        watchdog.tick()
    listener.setblocking(False)
    fed = 0
    while True:
        try:
            assert listener.recv(256) == b"WATCHDOG=1"
        except BlockingIOError:
            break
        fed += 1
    assert fed == 5
    assert watchdog.stalled == ("inference",)
