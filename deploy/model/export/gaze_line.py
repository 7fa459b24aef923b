"""The eye network's gaze made the expected angle, by one line an axis folded into its last layer.

A network that is unsure leans towards the usual angles, teachers have errors of their own. What a
driver monitor compares with its limits is an expectation, so the line is that of least squares from
what is said to what is labelled, not one that gives both the same deviation: the latter said 1.2 ×
of every look down and erred by 0.2° more on rendered people.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from deploy.model.data.lessons import REAL
from deploy.model.export.held_out import ENOUGH, Floats
from deploy.model.training.eye_batches import GAZE_SCALE_DEG, clean_strips
from deploy.model.training.shelf import Shelf

TRUSTED = 0.3
"""Weight of a teacher's label from which it judges."""


def calibrate_gaze(twin: Any, held: Shelf) -> None:
    """Changes ``twin`` by the line that validation photos ask for; without enough of them, not."""
    chosen = (held.labels["origin"] == REAL) & (held.labels["gaze_weight"] > TRUSTED)
    if int(chosen.sum()) < ENOUGH:
        return
    rows = held.take(chosen.nonzero()[:, 0])
    strip, head = clean_strips(rows)
    found = _both_ways(twin, strip.permute(0, 2, 3, 1).numpy(), head.numpy())
    gain, shift = line_of(found, rows["gaze"].numpy() / GAZE_SCALE_DEG)
    layer = twin.get_layer("gaze")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * gain, bias * gain + shift])
    print(f"gaze × {gain.round(3).tolist()} + {(shift * GAZE_SCALE_DEG).round(2).tolist()}°")


def _both_ways(twin: Any, strip: Floats, head: Floats) -> Floats:
    """Gaze (N, 2), the mean of strip and mirror image, as the device reads it."""
    signs = np.array([-1.0, 1.0], np.float32)
    plain = twin.predict([strip, head], 128, verbose=0)["gaze"]
    other = twin.predict([strip[:, :, ::-1], head * signs], 128, verbose=0)["gaze"]
    return np.asarray((plain + other * signs) / 2)


def line_of(found: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Gain and shift (2,) that lead from what is found (N, 2) to the truth with least squares; yaw
    (the first) has no shift: to the left and to the right are the same."""
    centre = np.array([0.0, found[:, 1].mean()], np.float32)
    goal = np.array([0.0, truth[:, 1].mean()], np.float32)
    apart = found - centre
    gain = (apart * (truth - goal)).sum(axis=0) / (apart**2).sum(axis=0)
    return gain.astype(np.float32), (goal - centre * gain).astype(np.float32)
