"""The events in a labelled hour are found in time; nothing grows. Quiet hours: see simulation."""

from __future__ import annotations

import random
import tracemalloc

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.testing.drive import (
    AHEAD,
    Look,
    asleep,
    attentive,
    distracted,
    drive,
    hidden,
    looking,
    watch,
)
from edge_pose.values import AlertKind

A = attentive()


EVENTS: list[tuple[AlertKind, float, list[tuple[float, Look]]]] = [
    (AlertKind.GLANCE, 3.0, [(4.0, distracted())]),
    (AlertKind.DOWN, 3.5, [(4.5, looking(pitch_deg=-30))]),
    (AlertKind.MICROSLEEP, 1.0, [(1.6, asleep())]),
    (AlertKind.SLEEP, 3.0, [(3.8, asleep())]),
    (AlertKind.REPEATED, 14.0, [(2.0, distracted()), (1.0, A)] * 5),
    (AlertKind.ABSENT, 9.0, [(12.0, hidden())]),
]


def test_a_labelled_hour_is_told_in_time() -> None:
    """Thirty events, two minutes apart, among mirror glances and blinks."""
    chance = random.Random(7)
    story: list[tuple[float, Look]] = []
    labels: list[tuple[AlertKind, float]] = []
    mirror = looking(yaw_deg=-35.0)
    for kind, after_s, event in [*EVENTS] * 5:
        story += [(chance.uniform(20, 40), A), (0.9, mirror), (8, A), (0.2, asleep()), (60, A)]
        labels.append((kind, sum(seconds for seconds, _ in story) + after_s))
        story += event
    record = watch(drive(story, hz=10, jitter=0.5, drop=0.05, noise_deg=2.0, blinks_s=5.3))
    found = [any(abs(t - due) <= 0.5 for t in record.told(kind)) for kind, due in labels]
    assert len(labels) == 30
    assert sum(found) >= 0.95 * len(labels)
    strange = [e for e in record.episodes if e.kind not in {kind for kind, _, _ in EVENTS}]
    assert not [e for e in strange if e.kind is not AlertKind.DROWSY], strange


def test_memory_does_not_grow() -> None:
    monitor = Monitor(MonitorConfig(), neutral=AHEAD)
    observations = list(drive([(60, A), (4, distracted()), (2, asleep())] * 4, hz=10))
    span = observations[-1].t_s + 0.1
    held = []
    tracemalloc.start()
    for turn in range(4):
        for observation in drive(
            [(60, A), (4, distracted()), (2, asleep())] * 4, hz=10, start_s=turn * span
        ):
            monitor.update(observation)
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[-1] - held[1] < 20_000
