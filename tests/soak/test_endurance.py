"""One hour at the camera's pace: nothing grows, no alert is lost."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rig import EndlessDemo, Listener, config, resident_mb

from edge_pose.app import App
from edge_pose.sinks.store_query import EventLog

SECONDS = float(os.environ.get("EDGE_POSE_SOAK_S", "3600"))
GROWTH_MB = 8.0


@pytest.mark.soak
def test_an_hour_without_growth_or_loss(tmp_path: Path, tell: Callable[[str], None]) -> None:
    source, listener = EndlessDemo(), Listener()
    app = App(config(tmp_path), source=source, outlets=[listener], remember=False)
    began, samples, next_s = time.monotonic(), [], 0.0

    def attend() -> None:
        nonlocal next_s
        passed = time.monotonic() - began
        if passed >= next_s:
            samples.append((passed, resident_mb(), threading.active_count()))
            next_s += max(1.0, SECONDS / 120.0)
        if passed >= SECONDS:
            app.stop_requested.set()

    app.run(attend)
    health = app.vitals.health
    early = [memory for passed, memory, _ in samples if SECONDS * 0.1 <= passed < SECONDS * 0.3]
    late = [memory for passed, memory, _ in samples if passed >= SECONDS * 0.8]
    threads = [count for passed, _, count in samples if passed >= SECONDS * 0.1]
    growth = statistics.median(late) - statistics.median(early)
    stored = EventLog(tmp_path).alerts()
    tell(
        f"{SECONDS:.0f} s, {source.rounds} rounds of the demo, {listener.seen} frames, "
        f"{health.dropped} dropped, frame age p95 {health.frame_age_p95_ms:.0f} ms, memory "
        f"{statistics.median(early):.0f} → {statistics.median(late):.0f} MB, threads "
        f"{min(threads)}–{max(threads)}, {len(listener.alerts)} alerts, {len(stored)} stored"
    )
    assert growth < GROWTH_MB
    assert max(threads) == min(threads)
    assert listener.alerts, "the demo gives alerts in every round"
    assert len(stored) == len(listener.alerts)
