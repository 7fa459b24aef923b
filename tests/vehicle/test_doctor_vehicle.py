"""The doctor hears each configured source once."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import can
import pytest
from test_can_bus import DBC, SIGNALS

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, Status
from edge_pose.doctor.machine import Machine
from edge_pose.doctor.vehicle import check_vehicle


def look(settings: dict[str, object]) -> Finding:
    config = Config.model_validate({"vehicle": settings})
    (finding,) = check_vehicle(Machine(), config)
    return finding


@pytest.fixture
def channel(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "car.dbc").write_text(DBC)
    return {"enabled": True, "interface": "virtual", "channel": uuid4().hex,
            "dbc_file": tmp_path / "car.dbc", "signals": SIGNALS}  # fmt: skip


def test_nothing_configured_is_fine() -> None:
    assert look({}).status is Status.OK


def test_what_a_bus_says_is_told(channel: dict[str, object]) -> None:
    unit = can.Bus(interface="virtual", channel=str(channel["channel"]), receive_own_messages=False)
    frame = can.Message(
        arbitration_id=416, is_extended_id=False, data=bytes([0x88, 0x13] + [0] * 6)
    )
    task = unit.send_periodic(frame, 0.05)
    finding = look({"can": channel})
    task.stop()
    unit.shutdown()
    assert finding.status is Status.OK
    assert "speed_kmh 50" in finding.text


def test_a_silent_bus_is_a_warning_and_a_missing_daemon_a_failure(
    channel: dict[str, object],
) -> None:
    assert look({"can": channel}).status is Status.WARN
    finding = look({"gps": {"enabled": True, "port": 1}})
    assert finding.status is Status.FAIL
    assert "gpsd" in finding.text
