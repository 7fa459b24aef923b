"""What real boxes send, made by the box's own code."""

from __future__ import annotations

import json
from typing import Any

from edge_pose.fleet.database import Letter
from edge_pose.fleet.messages import meaning
from edge_pose.sinks.mqtt.event_payload import event
from edge_pose.sinks.mqtt.minute_lane import minutes_text
from edge_pose.sinks.store.minutes import Minute
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase

NOON = 1_795_780_800.0


def event_text(vehicle_id: str = "van-1", seq: int = 7, **changes: Any) -> str:
    """An event as the box sends it, with some fields changed afterwards."""
    alert = Alert(
        id=3, kind=AlertKind.MICROSLEEP, level=AlertLevel.WARNING, phase=AlertPhase.NEW, t_s=20.0,
        t_start_s=18.0, t_alert_s=20.0, t_end_s=None, reason="eyes shut for 2.0 s",
        values={"closed_s": 2.0, "speed_kmh": 88.0},
    )  # fmt: skip
    clock = FakeClock()
    wall = WallTime(clock, lambda: True)
    text = event(alert, seq=0, run="abcd1234", vehicle_id=vehicle_id, wall=wall)
    return json.dumps({**json.loads(text), "seq": seq, **changes})


def minutes(vehicle_id: str = "van-1", seq: int = 1, first: int = 0, count: int = 5) -> str:
    """Some minutes as the box sends them."""
    return minutes_text(
        [
            Minute(
                utc_s=NOON + 60.0 * (first + number), samples=900, face=0.99, distracted=0.05,
                attention=0.93, attention_min=0.5, level_max=1, perclos=0.08, drowsiness=None,
                fps=15.0, frame_age_p95_ms=80.0, dropped=0, temperature_c=61.0,
            )
            for number in range(count)
        ],
        seq=seq, run="abcd1234", vehicle_id=vehicle_id,
    )  # fmt: skip


def letter(topic: str, payload: str | bytes) -> Letter:
    """A message and what it means."""
    raw = payload.encode() if isinstance(payload, str) else payload
    return Letter(topic=topic, payload=raw, meaning=meaning(topic, raw, "edge_pose"))
