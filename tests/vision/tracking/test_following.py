"""Tracking by the face's own landmarks: the detector looks rarely, and a wrong track ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import TrackingConfig
from edge_pose.testing.faces import detection
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.tracking.driver_tracker import DriverTracker, Track

IMAGE = np.zeros((480, 640, 3), np.uint8)
Where = Callable[[float], float | None]


def _box(x: float, side: float = 180.0) -> Box:
    return Box(x1=x - side / 2, y1=240 - side / 2, x2=x + side / 2, y2=240 + side / 2)


class FollowedStory:
    """A face at ``shown(t)`` for the detector and at ``landmarks(t)`` for the face network, which
    is sure of it by ``presence(t)``; 30 frames a second."""

    def __init__(
        self,
        shown: Where,
        landmarks: Where | None = None,
        presence: Callable[[float], float] = lambda _: 0.95,
    ) -> None:
        self.shown, self.landmarks, self.presence = shown, landmarks or shown, presence
        self.looks: list[float] = []
        self.tracker = DriverTracker(self, TrackingConfig())
        self.frame, self.t_s = 0, 0.0

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        del image, within
        self.looks.append(self.t_s)
        x = self.shown(self.t_s)
        return [] if x is None else [detection(_box(x))]

    def until(self, t_s: float) -> Track | None:
        track = None
        while self.frame / 30 <= t_s:
            self.t_s = self.frame / 30
            track = self.tracker.update(IMAGE, self.t_s)
            x = self.landmarks(self.t_s)
            if track is not None and x is not None:
                self.tracker.follow(_box(x), self.presence(self.t_s), self.t_s)
            self.frame += 1
        return track


def test_a_followed_face_needs_the_detector_once_in_two_seconds() -> None:
    story = FollowedStory(lambda _: 300.0)
    story.until(10.0)
    assert 5 <= len(story.looks) <= 7


def test_the_box_goes_with_a_moving_head() -> None:
    story = FollowedStory(lambda t: 200.0 + 60.0 * t)
    track = story.until(3.0)
    assert track is not None
    assert abs(track.face.box.center[0] - 380.0) < 10.0
    assert len(story.looks) <= 3


def test_a_calm_heads_box_stands_still() -> None:
    """Landmarks tremble; the crop must not."""
    story = FollowedStory(lambda _: 300.0, lambda t: 300.0 + 2.0 * np.sin(40.0 * t))
    first = story.until(0.5)
    last = story.until(5.0)
    assert first is not None
    assert last is not None
    assert first.face.box == last.face.box


def test_a_face_that_vanishes_is_told_within_half_a_second() -> None:
    story = FollowedStory(
        lambda t: 300.0 if t < 2.0 else None, lambda _: 300.0, lambda t: 0.95 if t < 2.0 else 0.05
    )
    assert story.until(1.9) is not None
    assert story.until(2.5) is None


def test_a_profile_that_the_detector_misses_is_held() -> None:
    story = FollowedStory(lambda t: 300.0 if not 1.0 < t < 6.0 else None, lambda _: 300.0)
    for t in np.arange(0.5, 8.0, 0.5):
        assert story.until(float(t)) is not None


def test_what_only_landmarks_see_for_long_is_no_face() -> None:
    story = FollowedStory(lambda t: 300.0 if t < 1.0 else None, lambda _: 300.0)
    assert story.until(5.0) is not None
    assert story.until(14.0) is None


def test_landmarks_that_left_the_face_are_called_back() -> None:
    story = FollowedStory(
        lambda _: 300.0, lambda t: 300.0 + (0.0 if t < 1.0 else min(110.0, 60.0 * (t - 1.0)))
    )
    story.until(1.0)
    track = story.until(6.1)
    assert track is not None
    assert abs(track.face.box.center[0] - 300.0) < 100.0


def test_landmarks_that_jump_are_not_followed_and_asked_about() -> None:
    story = FollowedStory(lambda _: 300.0, lambda t: 300.0 if t < 1.0 else 600.0)
    story.until(0.95)
    looks = len(story.looks)
    track = story.until(1.5)
    assert track is not None
    assert abs(track.face.box.center[0] - 300.0) < 10.0
    assert len(story.looks) > looks


def test_a_face_that_its_landmarks_do_not_believe_goes_with_the_detector() -> None:
    """A mask or a hand: the network is not sure, the detector is."""
    story = FollowedStory(lambda t: 200.0 + 60.0 * t, presence=lambda _: 0.2)
    track = story.until(3.0)
    assert track is not None
    assert abs(track.face.box.center[0] - 380.0) < 10.0


def test_a_slow_camera_has_the_face_looked_for_at_each_frame() -> None:
    story = FollowedStory(lambda _: 300.0)
    for second in range(5):
        story.t_s = float(second)
        assert story.tracker.update(IMAGE, story.t_s) is not None
        story.tracker.follow(_box(300.0), 0.95, story.t_s)
    assert len(story.looks) == 5
