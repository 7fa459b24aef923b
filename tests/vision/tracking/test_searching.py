"""Faces too small for a look at the whole image are found by a closer one, while nobody is held."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_pose.config.vision import TrackingConfig
from edge_pose.testing.faces import detection
from edge_pose.values import Box
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.tracking.driver_tracker import DriverTracker, Track
from edge_pose.vision.tracking.search_squares import SearchSquares, squares_of

IMAGE = np.zeros((720, 1280, 3), np.uint8)
_SEEN_FROM = 0.11
"""Of the longer side of what is looked at."""


def _box(x: float, side: float, y: float = 340.0) -> Box:
    return Box(x1=x - side / 2, y1=y - side / 2, x2=x + side / 2, y2=y + side / 2)


class ShortSighted:
    """A detector that misses faces that are small in what it looks at."""

    def __init__(self, shown: Callable[[float], Sequence[Box]]) -> None:
        self.shown, self.now, self.looks = shown, 0.0, 0

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        self.looks += 1
        area = within or Box(x1=0, y1=0, x2=image.shape[1], y2=image.shape[0])
        least = _SEEN_FROM * max(area.width, area.height)
        return [
            detection(box)
            for box in self.shown(self.now)
            if box.side >= least and area.x1 <= box.x1 and box.x2 <= area.x2
        ]

    def tracks(self, until_s: float, fps: float = 30.0) -> list[Track | None]:
        tracker, tracks = DriverTracker(self, TrackingConfig()), []
        for frame in range(int(until_s * fps)):
            self.now = frame / fps
            track = tracker.update(IMAGE, self.now)
            if track is not None and (shown := self.shown(self.now)):
                near = min(shown, key=lambda box: math.dist(box.center, track.face.box.center))
                tracker.follow(near, 0.95, self.now)
            tracks.append(track)
        return tracks


@pytest.mark.parametrize("x", [100.0, 400.0, 640.0, 900.0, 1200.0])
def test_a_small_face_is_found_wherever_it_is_and_held(x: float) -> None:
    detector = ShortSighted(lambda _: [_box(x, 90.0)])
    tracks = detector.tracks(10.0)
    assert all(track is not None for track in tracks[6:])
    assert detector.looks < 60, "found, it is followed by its landmarks: 300 frames"


def test_a_small_driver_who_was_lost_is_found_where_they_were() -> None:
    detector = ShortSighted(lambda t: [] if 2.0 <= t < 4.0 else [_box(620.0, 70.0 + 30 * (t < 2))])
    first, *_, last = detector.tracks(5.0)[5:]
    assert first is not None
    assert last is not None
    assert first.driver == last.driver


def test_a_passenger_in_the_back_does_not_stand_in_for_a_driver_who_is_gone() -> None:
    detector = ShortSighted(lambda t: [_box(640.0, 170.0) if t < 1.0 else _box(640.0, 90.0, 540.0)])
    seen = detector.tracks(30.0)
    assert seen[20] is not None
    assert seen[-1] is None


@pytest.mark.parametrize("driver_x", [200.0, 1080.0])
def test_the_driver_is_who_is_larger_not_who_is_met_first(driver_x: float) -> None:
    passenger = _box(1280.0 - driver_x, 80.0)
    detector = ShortSighted(lambda _: [passenger, _box(driver_x, 130.0)])
    found = next(track for track in detector.tracks(1.0) if track is not None)
    assert found.face.box.center[0] == driver_x


def test_a_driver_who_sits_up_takes_over_from_a_passenger_found_before() -> None:
    passenger, driver = _box(300.0, 80.0), _box(900.0, 130.0)
    detector = ShortSighted(lambda t: [passenger] if t < 2.0 else [passenger, driver])
    tracks = detector.tracks(8.0)
    early, late = tracks[45], tracks[-1]
    assert early is not None
    assert early.face.box.side == 80.0
    assert late is not None
    assert late.face.box.side == 130.0


@given(st.integers(120, 4000), st.integers(120, 4000), st.floats(0, 1), st.floats(0, 1))
def test_squares_lie_in_the_image_and_one_of_them_holds_any_small_face(
    width: int, height: int, across: float, down: float
) -> None:
    turns, side = squares_of(width, height), 0.15 * min(width, height)
    x, y = across * (width - side), down * (height - side)
    assert all(
        -1e-6 <= s.x1 < s.x2 <= width + 1e-6 and -1e-6 <= s.y1 < s.y2 <= height + 1e-6
        for s in turns
    )
    edge = 1e-6 * max(width, height)
    assert any(
        s.x1 - edge <= x
        and x + side <= s.x2 + edge
        and s.y1 - edge <= y
        and y + side <= s.y2 + edge
        for s in turns
    )


def test_every_square_has_its_turn() -> None:
    squares = SearchSquares()
    every = squares_of(1280, 720)
    turns = [squares.next(1280, 720) for _ in range(2 * len(every))]
    assert len(every) == 6
    assert all(turns.count(square) == 2 for square in every)


@pytest.mark.parametrize("x", [200, 640, 1000])
def test_the_shipped_detector_finds_a_face_of_80_pixels_in_a_wide_picture(
    detector: BlazeFace, portrait: NDArray[np.uint8], x: int
) -> None:
    """The portrait's face is 88 pixels high, at (223, 119)."""
    scene = np.full((720, 1280, 3), 90, np.uint8)
    part = cv2.resize(portrait[20:300, 90:370], None, fx=80 / 88, fy=80 / 88)
    side = len(part)
    scene[300 : 300 + side, x - side // 2 : x - side // 2 + side] = part
    tracker = DriverTracker(detector, TrackingConfig())
    tracks = [tracker.update(scene, frame / 30) for frame in range(6)]
    found = tracks[-1]
    assert found is not None
    assert found.face.box.center[0] == pytest.approx(x - side // 2 + 133 * 80 / 88, abs=20)
