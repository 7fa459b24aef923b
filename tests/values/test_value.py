"""Values are frozen for the type checker, and at run time in Python's development mode: there a
drive and frames of the demo go through the whole program, and nothing writes to a value."""

from __future__ import annotations

import subprocess
import sys

from edge_pose.values import Box, Gaze

FROZEN = """
from dataclasses import FrozenInstanceError
from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.loader import load
from edge_pose.pipeline import Pipeline
from edge_pose.testing.drive import asleep, attentive, drive, looking, watch

story = [(40, attentive()), (5, looking(yaw_deg=45.0)), (8, attentive()), (8, asleep())]
assert watch(drive(story)).worst == 3

config = load(None, ['camera.source="demo:"', "camera.fast=true"])
pipeline = Pipeline(config)
with open_source(config.camera, SystemClock()) as source:
    results = [pipeline.step(source.read()) for _ in range(12)]
assert results[-1].observation.gaze is not None
try:
    results[-1].state.level = 2
except FrozenInstanceError:
    print("nothing wrote")
"""


def test_nothing_writes_to_a_value() -> None:
    words = [sys.executable, "-X", "dev", "-c", FROZEN]
    told = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert told.stdout.strip() == "nothing wrote", told.stderr


def test_equal_values_are_one_key() -> None:
    assert {Gaze(yaw_deg=1.0, pitch_deg=2.0), Gaze(yaw_deg=1.0, pitch_deg=2.0)} == {
        Gaze(yaw_deg=1.0, pitch_deg=2.0)
    }
    box = Box(x1=0.0, y1=0.0, x2=2.0, y2=2.0)
    assert box == Box(x1=0.0, y1=0.0, x2=2.0, y2=2.0)
