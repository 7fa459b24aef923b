"""Rendered drives with exact truth, played through the real program: picture to alert.

``drives/NAME.mp4`` with ``NAME_truth.csv`` (each frame) and ``NAME_expected.csv`` (the alerts and
when what they are about begins), made by ``make heads-drive``.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.monitor import MonitorConfig
from edge_pose.config.root import Config
from edge_pose.pipeline import Pipeline, Result

DRIVES = Path(__file__).parent / "drives"
NAMES = ("asleep", "phone", "night", "sunglasses", "tunnel")
HFOV_DEG = {"tunnel": 62.0}
OTHER_HFOV_DEG = 46.0
LATE_S = 0.5
# Behind dark glasses a turn to the mirror shows the eyes for some frames: usable time counts twice.
LIMITED_LATE_S = 1.0
AFTER_S: dict[str, Callable[[MonitorConfig], float]] = {
    "fatigue.microsleep": lambda monitor: monitor.closures.microsleep_s,
    "fatigue.sleep": lambda monitor: monitor.closures.sleep_s,
    "fatigue.yawn": lambda monitor: monitor.yawns.hold_s,
    "distraction.glance": lambda monitor: monitor.glances.long_s,
    "distraction.down": lambda monitor: monitor.glances.down_s,
    "monitor.limited": lambda monitor: monitor.presence.limited_s,
}
# A yawn with a yawn's shape is told sooner.
SOONER_S: dict[str, Callable[[MonitorConfig], float]] = {
    "fatigue.yawn": lambda monitor: monitor.yawns.shaped_s,
}
# A look into the lap is a long glance too, told at 3.0 s where the lap's own limit is 3.5 s.
AS_GOOD = {"distraction.down": ("distraction.down", "distraction.glance")}
NEEDS_THE_EYE_NETWORK = {
    ("asleep", "fatigue.microsleep"), ("asleep", "fatigue.sleep"), ("phone", "distraction.down"),
    ("phone", "distraction.glance"), ("night", "fatigue.yawn"), ("tunnel", "fatigue.microsleep"),
    ("sunglasses", "monitor.limited"),
}  # fmt: skip


@functools.cache
def _played(name: str) -> tuple[Result, ...]:
    """Every frame of a drive through perception and monitor; each drive is played once."""
    clip = {
        "source": f"file:{DRIVES / name}.mp4",
        "fast": True,
        "hfov_deg": HFOV_DEG.get(name, OTHER_HFOV_DEG),
    }
    config = Config.model_validate({"camera": clip})
    results = []
    with open_source(config.camera, SystemClock()) as source:
        pipeline = Pipeline(config)
        while (frame := source.read()) is not None:
            result = pipeline.step(frame)
            results.append(
                Result(observation=result.observation, state=result.state, alerts=result.alerts)
            )
        pipeline.close()
    return tuple(results)


def _told(name: str) -> set[tuple[str, float]]:
    """(kind, when) of every step of every episode."""
    alerts = [alert for result in _played(name) for alert in result.alerts]
    steps = {(str(step.kind), step.t_s) for alert in alerts for step in alert.steps}
    return steps | {(str(alert.kind), alert.t_alert_s) for alert in alerts}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _expected() -> list[tuple[str, str, float]]:
    return [
        (name, row["kind"], float(row["begins_s"]))
        for name in NAMES
        for row in _table(DRIVES / f"{name}_expected.csv")
    ]


@pytest.mark.parametrize(("name", "kind", "begins_s"), _expected())
def test_the_scripts_alert_comes_in_time(name: str, kind: str, begins_s: float) -> None:
    if Config().pose.landmarks == "mesh" and (name, kind) in NEEDS_THE_EYE_NETWORK:
        pytest.xfail("the face mesh reads no gaze, and no lids of a sunk head")
    monitor = Config().monitor
    due_s = begins_s + AFTER_S[kind](monitor)
    first_s = begins_s + SOONER_S.get(kind, AFTER_S[kind])(monitor)
    told = [t_s for found, t_s in _told(name) if found in AS_GOOD.get(kind, (kind,))]
    assert told, f"{kind} is due at {due_s:.1f} s; told were {sorted(_told(name))}"
    late_s = LIMITED_LATE_S if kind == "monitor.limited" else LATE_S
    assert any(first_s - late_s <= t_s <= due_s + late_s for t_s in told)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_warned_while_attentive(name: str) -> None:
    """A blink, a glance into the mirror or over the shoulder, a yawn are no reason to."""
    begins = {kind: begins_s for of, kind, begins_s in _expected() if of == name}
    allowed = {found for kind in begins for found in AS_GOOD.get(kind, (kind,))}
    silent = {"monitor.calibrating", "fatigue.droop", "driver.unresponsive"}
    assert not {kind for kind, _ in _told(name)} - allowed - silent
    early = [(k, t_s) for k, t_s in _told(name) if k in allowed and t_s < min(begins.values())]
    assert not early


@pytest.mark.parametrize("name", NAMES)
def test_the_head_is_read_as_it_was_held(name: str) -> None:
    truth = _table(DRIVES / f"{name}_truth.csv")
    results = _played(name)
    assert len(truth) == len(results)
    apart = [
        (
            float(row["cam_yaw"]) - result.observation.pose_cam.yaw_deg,
            float(row["cam_pitch"]) - result.observation.pose_cam.pitch_deg,
        )
        for row, result in zip(truth, results, strict=True)
        if result.observation.pose_cam is not None
    ]
    assert len(apart) > 0.97 * len(truth)
    yaw, pitch = np.abs(np.array(apart)).mean(axis=0)
    assert yaw < 4.0
    assert pitch < 6.0
