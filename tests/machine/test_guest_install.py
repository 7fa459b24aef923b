"""From a clean system to alerts in the journal, the database and the broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from guest import Guest
from proof import Start, send

pytestmark = pytest.mark.machine

_UNPRIVILEGED = "0000000000000000"


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    return start()


@pytest.fixture(scope="module")
def told(guest: Guest) -> str:
    """What the clip brings about. An emulated processor is too slow to judge it, and says so."""
    return "monitor" if guest.slow else "distraction"


@pytest.fixture(scope="module")
def within_s(guest: Guest) -> float:
    return 900.0 if guest.slow else 200.0


@pytest.fixture
def frozen(guest: Guest) -> Iterator[int]:
    """The service's process, which does not end with its clip while it is looked at."""
    process = send(guest, "STOP")
    yield process
    guest.run(f"kill -CONT {process}")


def test_the_service_runs_as_its_own_user_in_its_sandbox(guest: Guest, frozen: int) -> None:
    process = f"/proc/{frozen}"
    assert guest.run(f"stat -c %U {process}") == "edge-pose"
    status = dict(
        line.split(":\t", 1)
        for line in guest.run(f"cat {process}/status").splitlines()
        if ":\t" in line
    )
    assert status["Seccomp"] == "2"
    assert status["NoNewPrivs"] == "1"
    assert status["CapEff"] == status["CapBnd"] == _UNPRIVILEGED
    inside = f"nsenter -m -t {frozen}"
    assert "Read-only file system" in guest.says(f"{inside} touch /usr/there 2>&1")
    assert guest.run(f"{inside} ls -A /home /root 2>/dev/null | grep -v : || true") == ""


def test_the_page_answers(guest: Guest, within_s: float) -> None:
    guest.until("curl -fsS http://127.0.0.1:8765/healthz", limit_s=within_s)
    guest.until("curl -fsS http://127.0.0.1:8765/ | grep -q '<html'", limit_s=within_s)


def test_alerts_reach_journal_database_and_broker(guest: Guest, told: str, within_s: float) -> None:
    heard = f"timeout {within_s} mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event'"
    guest.until(f"{heard} | grep -q -m 1 {told}", limit_s=within_s)
    guest.until(f"python3 /media/follow.py once | grep -q {told}", limit_s=within_s)
    guest.until(f"journalctl -u edge-pose --no-pager | grep -qi {told}", limit_s=within_s)


def test_the_command_finds_the_boards_records_and_models(guest: Guest, told: str) -> None:
    assert told in guest.run("edge-pose events list")
    release = guest.run("edge-pose --version")
    assert "commit" in release
    assert "model " in release
    assert guest.run("edge-pose models verify").count("OK") >= 3
    guest.run("id maker >/dev/null 2>&1 || useradd --create-home maker")
    closed = guest.says("su - maker -c 'edge-pose events list'")
    assert "sudo" in closed
    assert len(closed.splitlines()) == 1
    guest.run("usermod -aG edge-pose maker")
    assert told in guest.run("su - maker -c 'edge-pose events list'")


def test_the_doctor_has_nothing_to_say_of_a_healthy_board(guest: Guest) -> None:
    guest.run("edge-pose doctor")
