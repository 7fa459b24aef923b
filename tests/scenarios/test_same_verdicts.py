"""The same drive gives the same verdicts: at every rate, for every eye, on either side."""

from __future__ import annotations

from dataclasses import replace

import pytest
from natural import Now, during, natural

from edge_pose.testing.drive import (
    AHEAD,
    Record,
    Story,
    asleep,
    attentive,
    distracted,
    drive,
    looking,
    watch,
    yawning,
)
from edge_pose.values import AlertKind, Observation

A, D = attentive(), distracted()
EVENTFUL: Story = [
    (20, A), (3.6, D), (15, A), (4.2, looking(pitch_deg=-30)), (15, A), (6.6, asleep()), (20, A),
    *[(2.0, D), (1.0, A)] * 6, (20, A), (4, yawning()), (10, A), (12, D), (20, A),
]  # fmt: skip


def verdicts(record: Record) -> list[tuple[str, int, float]]:
    """Every kind and level of every episode, and when it was reached."""
    return [
        (str(step.kind), int(step.level), step.t_s) for e in record.episodes for step in e.steps
    ]


@pytest.mark.parametrize("hz", [5, 7, 10, 15, 30])
def test_no_alert_moves_by_more_than_one_frame(hz: int) -> None:
    exact = verdicts(watch(drive(EVENTFUL, hz=60)))
    told = verdicts(watch(drive(EVENTFUL, hz=hz)))
    assert [v[:2] for v in told] == [v[:2] for v in exact]
    for (kind, _, got), (_, _, due) in zip(told, exact, strict=True):
        # Drowsiness rises with the time shut, whose start is seen up to half a frame off, too.
        frames = 1.5 if kind == AlertKind.DROWSY else 1.0
        assert got == pytest.approx(due, abs=frames / hz + 0.04), kind


def script(t: float, now: Now) -> None:
    """Looks to both sides and down, a squint, sleep."""
    now.yaw = 44.0 * during(t, 30.0, 34.5) - 48.0 * during(t, 50.0, 54.5)
    now.pitch = -28.0 * during(t, 70.0, 75.0)
    if 85.0 <= t < 95.0:
        now.eyes = 0.5
    now.shut = 105.0 <= t < 112.0


def mirrored(o: Observation) -> Observation:
    pose = o.pose and replace(o.pose, yaw_deg=-o.pose.yaw_deg, roll_deg=-o.pose.roll_deg)
    box = o.box and replace(o.box, x1=640.0 - o.box.x2, x2=640.0 - o.box.x1)
    return replace(o, pose=pose, box=box)


@pytest.mark.parametrize("hz", [5.0, 15.0, 30.0])
def test_the_mirrored_drive_gets_the_same_verdicts(hz: float) -> None:
    plain = list(natural(script, 130.0, hz))
    assert verdicts(watch(plain, neutral=AHEAD)) == verdicts(
        watch(map(mirrored, plain), neutral=AHEAD)
    )


@pytest.mark.parametrize("hz", [10.0, 30.0])
def test_eyes_of_every_width_get_the_same_verdicts(hz: float) -> None:
    usual = verdicts(watch(natural(script, 130.0, hz), neutral=AHEAD))
    for scale in (0.6, 0.75, 1.15, 1.3):
        told = verdicts(watch(natural(script, 130.0, hz, scale=scale), neutral=AHEAD))
        assert [v[:2] for v in told] == [v[:2] for v in usual], scale
        for (kind, _, got), (_, _, due) in zip(told, usual, strict=True):
            assert got == pytest.approx(due, abs=0.2), (kind, scale)


def test_a_day_keeps_no_more_than_an_hour() -> None:
    """What the monitor holds does not grow with the drive: counted, not timed."""
    import tracemalloc

    from edge_pose.config.monitor import MonitorConfig
    from edge_pose.monitor import Monitor

    monitor, held, t_s = Monitor(MonitorConfig(), neutral=AHEAD), [], 0.0
    block = list(natural(script, 60.0, 5.0, sight=True))
    tracemalloc.start()
    for turn in range(24):
        for o in block:
            monitor.update(replace(o, t_s=t_s + o.t_s))
        t_s += 3600.0 / 2.0
        if turn in (11, 23):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 40_000
