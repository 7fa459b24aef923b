"""A car in a program of its own: the real MQTT sink, told what happens by lines on its input.

python car.py PORT STATE_DIR        lines: ``alert ID KIND LEVEL PHASE`` | ``asleep`` | ``awake``
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt import Device, MqttSink
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase, DriverState, Health

VEHICLE = "testcar"


def alert(number: int, kind: str, level: str, phase: str, began: dict[int, float]) -> Alert:
    now = time.monotonic()
    start = began.setdefault(number, now)
    return Alert(
        id=number,
        kind=AlertKind(kind),
        kinds=(AlertKind(kind),),
        level=AlertLevel[level.upper()],
        phase=AlertPhase(phase),
        t_s=now,
        t_start_s=start,
        t_alert_s=start,
        t_end_s=now if phase == "end" else None,
        reason=f"alert number {number}",
    )


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    sink = MqttSink(
        MqttConfig(enabled=True, host="127.0.0.1", port=port, reconnect_max_s=5),
        device=Device(vehicle_id=VEHICLE, device_id="0123abcd", board="Test board"),
        controls=Controls(),
        wall=WallTime(SystemClock(), lambda: True),
        state_dir=folder,
    )
    lines: SimpleQueue[str] = SimpleQueue()
    Thread(target=lambda: [lines.put(line) for line in sys.stdin], daemon=True).start()
    sink.open()
    asleep, began = False, dict[int, float]()
    print("open", flush=True)
    while True:
        try:
            words = lines.get(timeout=0.1).split()
        except Empty:
            words = []
        if words[:1] == ["quit"]:
            break
        if words[:1] == ["alert"]:
            sink.alert(alert(int(words[1]), *words[2:5], began))
        elif words:
            asleep = words[0] == "asleep"
        now = time.monotonic()
        open_ = (alert(1, "fatigue.sleep", "critical", "update", began),) if asleep else ()
        state = DriverState(
            t_s=now, face=True, attention=0.1 if asleep else 0.97, level=3 if asleep else 0,
            distracted=False, perclos=0.05, episodes=open_,
        )  # fmt: skip
        sink.state(state, Health(fps=30.0, temperature_c=50.0))
        sink.tick()
    sink.close()


if __name__ == "__main__":
    main()
