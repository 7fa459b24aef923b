"""The minute's statistics of the program itself, as JSON."""

from __future__ import annotations

import json

from edge_pose.sinks.mqtt.state_payload import rounded
from edge_pose.values import Health


def stats(health: Health, *, uptime_s: float, events: int, backlog: int, lost: int) -> str:
    """The minute's statistics of the program itself."""
    return json.dumps(
        {
            "uptime_s": rounded(uptime_s, 0),
            "fps": rounded(health.fps, 2),
            "frame_age_ms": rounded(health.frame_age_ms, 1),
            "frame_age_p95_ms": rounded(health.frame_age_p95_ms, 1),
            "dropped": health.dropped,
            "temperature_c": rounded(health.temperature_c, 1),
            "throttled": health.throttled,
            "events": events,
            "backlog": backlog,
            "backlog_lost": lost,
        }
    )
