"""One hour at 30 frames a second from a file: nothing grows, no alert is lost."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from rig import Listener, config, resident_mb

from edge_pose.commands.demo_verdict import TOLERANCE_S, read_expected
from edge_pose.live.app import App
from edge_pose.sinks.store.query import EventLog
from edge_pose.testing.endless import EndlessDemo
from edge_pose.values import Alert, AlertPhase

SECONDS = float(os.environ.get("EDGE_POSE_SOAK_S", "3600"))
GROWTH_MB = 8.0
MARKS = 12
"""Five minutes apart in an hour."""


class Gauge:
    """Memory and threads over the run, called several times a second."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._began_s = time.monotonic()
        self.samples: list[tuple[float, float, int]] = []

    def look(self) -> None:
        share = (time.monotonic() - self._began_s) / SECONDS
        if share * 10 * MARKS >= len(self.samples):
            self.samples.append((share, resident_mb(), threading.active_count()))
        if share >= 1.0:
            self._stop.set()

    def memory_mb(self, since: float, until: float = 1.01) -> float:
        return statistics.median(mb for share, mb, _ in self.samples if since <= share < until)

    @property
    def marks(self) -> str:
        return " ".join(f"{mb:.1f}" for _, mb, _ in self.samples[:: len(self.samples) // MARKS])

    @property
    def threads(self) -> set[int]:
        """How many there were, after the start."""
        return {count for share, _, count in self.samples if share >= 0.1}


WHOLE = 0.95
"""A round of which the machine let the loop see this share must give each of its alerts."""
PROMISED = [item for item in read_expected() if not item.silent]


def missed(alerts: list[Alert], starts_s: list[float]) -> list[str]:
    """What the clip was made for and what did not come in the rounds that began at these times."""
    raised = [(str(a.kind), a.t_s) for a in alerts if a.phase is not AlertPhase.END]
    return [
        f"{item.kind} of the round at {start_s - starts_s[0]:.0f} s"
        for start_s in starts_s
        for item in PROMISED
        if not any(
            kind == item.kind and abs(t_s - start_s - item.t_alert_s) <= TOLERANCE_S
            for kind, t_s in raised
        )
    ]


@pytest.mark.soak
def test_an_hour_without_growth_or_loss(tmp_path: Path, tell: Callable[[str], None]) -> None:
    source, seen = EndlessDemo(), Counter[int]()
    listener = Listener(lambda _: seen.update([len(source.round_starts_s) - 1]))
    outputs = (
        "web.enabled=true", "web.port=0", "gpio.enabled=true", "gpio.backend=record",
        f"gpio.record_file={tmp_path}/pins.jsonl", "gpio.relay.pin=22",
    )  # fmt: skip
    app = App(config(tmp_path, *outputs), source=source, outlets=[listener], remember=False)
    gauge = Gauge(app.stop_requested)
    app.run(gauge.look)
    health, stored = app.health_meter.health, EventLog(tmp_path).alerts()
    whole = [start_s for number, start_s in enumerate(source.round_starts_s)
             if seen[number] >= WHOLE * source.frames_in_round]  # fmt: skip
    lost = missed(listener.alerts, whole)
    early, late = gauge.memory_mb(0.1, 0.3), gauge.memory_mb(0.8)
    tell(
        f"{SECONDS:.0f} s, {listener.seen} frames ({listener.seen / SECONDS:.1f} fps), "
        f"{health.dropped} dropped, frame age p95 {health.frame_age_p95_ms:.0f} ms"
    )
    tell(f"memory at {MARKS} marks {gauge.marks} MB; median {early:.1f} → {late:.1f} MB")
    tell(f"threads {sorted(gauge.threads)}")
    tell(f"{len(listener.alerts)} alert transitions raised, {len(stored)} stored")
    complete = source.round_starts_s[:-1]
    for name, starts_s in (("played", complete), ("seen whole", whole)):
        absent = missed(listener.alerts, starts_s)
        tell(
            f"{len(starts_s)} rounds {name}: {len(PROMISED) * len(starts_s)} alerts expected, "
            f"{len(absent)} did not come{': ' if absent else ''}{', '.join(absent[:20])}"
        )
    assert late - early < GROWTH_MB
    assert len(gauge.threads) == 1
    assert listener.alerts, "the demo gives alerts in every round"
    assert [a.t_s for a in stored] == [a.t_s for a in listener.alerts]
    assert whole, "the machine was too busy to play a single round"
    assert not lost
