"""The subscriber among the examples hears the alerts of a whole run through a real broker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from broker_rig import Broker

pytestmark = pytest.mark.broker
ROOT = Path(__file__).resolve().parents[2]


def test_the_subscriber_prints_every_alert_of_a_run(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.start()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    listener = subprocess.Popen(
        [sys.executable, ROOT / "examples" / "mqtt_subscriber.py", "127.0.0.1", str(broker.port)],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        settings = (
            "mqtt.enabled=true", "mqtt.host=127.0.0.1", f"mqtt.port={broker.port}",
            "web.enabled=false", "runtime.vehicle_id=van-7", f"runtime.state_dir={tmp_path}",
        )  # fmt: skip
        words = [word for setting in settings for word in ("--set", setting)]
        run = [sys.executable, "-m", "edge_pose", "run", "--source", "demo:", "--fast", *words]
        subprocess.run(run, check=True, capture_output=True, env=environment)
        said = listener.stdout.readline()
        while "distraction.glance" not in said:
            assert said.startswith("van-7: advisory ")
            said = listener.stdout.readline()
        assert said.startswith("van-7: advisory distraction.glance new: looking away")
    finally:
        listener.kill()
        listener.communicate()
        broker.stop()
