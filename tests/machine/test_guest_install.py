"""From a clean system to alerts in the journal, the database and the broker."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import Start, pid

pytestmark = pytest.mark.machine

_UNPRIVILEGED = "0000000000000000"


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    return start()


def test_the_service_runs_as_its_own_user_in_its_sandbox(guest: Guest) -> None:
    process = f"/proc/{pid(guest)}"
    assert guest.run(f"stat -c %U {process}") == "edge-pose"
    status = dict(
        line.split(":\t", 1)
        for line in guest.run(f"cat {process}/status").splitlines()
        if ":\t" in line
    )
    assert status["Seccomp"] == "2"
    assert status["NoNewPrivs"] == "1"
    assert status["CapEff"] == status["CapBnd"] == _UNPRIVILEGED
    inside = f"nsenter -m -t {pid(guest)}"
    assert "Read-only file system" in guest.says(f"{inside} touch /usr/there 2>&1")
    assert guest.run(f"{inside} ls -A /home /root 2>/dev/null | grep -v : || true") == ""


def test_the_page_answers(guest: Guest) -> None:
    assert guest.run("curl -fsS http://127.0.0.1:8765/healthz")
    assert "<html" in guest.run("curl -fsS http://127.0.0.1:8765/")


def test_alerts_reach_journal_database_and_broker(guest: Guest) -> None:
    topic = guest.run(
        "timeout 200 mosquitto_sub -h 127.0.0.1 -t 'edge_pose/+/event' -C 1", limit_s=240
    )
    assert "distraction" in topic or "fatigue" in topic or "driver" in topic
    guest.until("python3 /media/follow.py once | grep -q distraction", limit_s=120)
    guest.until("journalctl -u edge-pose --no-pager | grep -qi distraction", limit_s=60)


def test_the_command_finds_the_boards_records_and_models(guest: Guest) -> None:
    assert "distraction" in guest.run("edge-pose events list")
    told = guest.run("edge-pose --version")
    assert "commit" in told
    assert "model " in told
    assert guest.run("edge-pose models verify").count("OK") >= 3
    guest.run("id maker >/dev/null 2>&1 || useradd --create-home maker")
    closed = guest.says("su - maker -c 'edge-pose events list'")
    assert "sudo" in closed
    assert len(closed.splitlines()) == 1
    guest.run("usermod -aG edge-pose maker")
    assert "distraction" in guest.run("su - maker -c 'edge-pose events list'")


def test_the_doctor_has_nothing_to_say_of_a_healthy_board(guest: Guest) -> None:
    guest.run("edge-pose doctor")
