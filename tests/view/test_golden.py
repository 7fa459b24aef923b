"""The overlay looks as it was last looked at: golden pictures of every state at three sizes.

Made anew with ``EDGE_POSE_GOLDEN=write pytest tests/view/test_golden.py``; then look at them.
"""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_pose.config.view import OverlayConfig
from edge_pose.testing.scenes import story_scenes
from edge_pose.view.drawing.brush import Canvas
from edge_pose.view.drawing.overlay import Overlay

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(320, 240), (640, 480), (1920, 1080)]
STATES = sorted(story_scenes())
MEAN_MOST = 0.8
"""Grey levels; another state's picture differs by more (see the last test)."""
FAR, FAR_SHARE_MOST = 48, 0.004


def drawn(state: str, size: tuple[int, int], **look: object) -> Canvas:
    return Overlay(OverlayConfig.model_validate(look)).draw(story_scenes(size)[state])


def differs(picture: Canvas, golden: Canvas) -> str | None:
    """What is wrong, or None. OpenCV's releases round lines differently by a shade."""
    if picture.shape != golden.shape:
        return f"{picture.shape} instead of {golden.shape}"
    apart = np.abs(picture.astype(np.int16) - golden.astype(np.int16)).max(axis=2)
    mean, far = float(apart.mean()), float((apart > FAR).mean())
    if mean > MEAN_MOST or far > FAR_SHARE_MOST:
        return f"mean difference {mean:.2f}, {100 * far:.2f} % of pixels far off"
    return None


def check(picture: Canvas, name: str) -> None:
    path = GOLDEN / f"{name}.png"
    if picture.shape[0] > 720:  # kept at half size, for a small repository
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    if os.environ.get("EDGE_POSE_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    golden = cv2.imread(str(path))
    assert golden is not None, f"{path.name} is missing; see the head of this file"
    wrong = differs(picture, np.asarray(golden, np.uint8))
    assert wrong is None, f"{name}: {wrong}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", STATES)
def test_every_state_at_every_size(state: str, size: tuple[int, int]) -> None:
    check(drawn(state, size), f"{state}-{size[0]}")


@pytest.mark.parametrize("state", ["glance", "microsleep"])
def test_privacy_shows_a_drawn_head(state: str) -> None:
    check(drawn(state, (640, 480), privacy=True), f"{state}-private")


def test_night_palette() -> None:
    check(drawn("attentive", (640, 480), palette="night"), "attentive-night")


def test_the_comparison_tells_states_apart() -> None:
    small = (320, 240)
    pictures = {state: drawn(state, small) for state in STATES}
    for one in STATES:
        for other in STATES:
            same = differs(pictures[one], pictures[other]) is None
            assert same == (one == other), f"{one} and {other}"
