"""Who the driver is, and that it stays that person: stories with a scripted detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.config.vision import TrackingConfig
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.tracking.driver_choice import choose_driver
from edge_pose.vision.tracking.driver_tracker import DriverTracker, Track

IMAGE = np.zeros((480, 640, 3), np.uint8)
Script = Callable[[float], Sequence[Box]]


def _box(x: float, y: float = 240, side: float = 180) -> Box:
    return Box(x1=x - side / 2, y1=y - side / 2, x2=x + side / 2, y2=y + side / 2)


def _face(box: Box, score: float = 0.9) -> Detection:
    return Detection(
        box=box, score=score, keypoints=FaceKeypoints(points=np.zeros((6, 2), np.float32))
    )


class ScriptedDetector:
    """Shows the faces of a story at the time that the test says."""

    def __init__(self, script: Script) -> None:
        self.script, self.now, self.looks = script, 0.0, 0

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        del image
        self.looks += 1
        seen = [box for box in self.script(self.now) if within is None or _inside(box, within)]
        return [_face(box) for box in seen]


def _inside(box: Box, area: Box) -> bool:
    x, y = box.center
    return area.x1 <= x <= area.x2 and area.y1 <= y <= area.y2


class Story:
    """Runs a script through a tracker at 30 frames a second."""

    def __init__(self, script: Script, **settings: object) -> None:
        self.detector = ScriptedDetector(script)
        self.tracker = DriverTracker(self.detector, TrackingConfig(**settings))  # type: ignore[arg-type]
        self.frame = 0

    def until(self, t_s: float) -> Track | None:
        track = None
        while self.frame / 30 <= t_s:
            self.detector.now = self.frame / 30
            track = self.tracker.update(IMAGE, self.frame / 30)
            self.frame += 1
        return track


def _where(track: Track | None) -> float | None:
    return None if track is None else track.face.box.center[0]


@pytest.mark.parametrize(
    ("faces", "seat", "chosen"),
    [
        ([_box(100, side=90), _box(500, side=200)], "any", 500),
        ([_box(100, side=190), _box(300, side=180)], "any", 300),
        ([_box(100, side=90), _box(500, side=200)], "left", 100),
        ([_box(500, side=200)], "left", None),
        ([], "any", None),
    ],
    ids=["largest", "near tie: central", "seat side", "nobody in the seat", "nobody"],
)
def test_the_choice_of_the_driver(faces: list[Box], seat: str, chosen: float | None) -> None:
    found = choose_driver([_face(box) for box in faces], (640, 480), seat=seat, near_tie=0.7)
    assert (None if found is None else found.box.center[0]) == chosen


def test_a_still_driver_costs_one_look_in_four_frames() -> None:
    story = Story(lambda _: [_box(320)])
    assert story.until(10.0) is not None
    assert story.detector.looks == pytest.approx(10 / 0.12, rel=0.15)


def test_the_box_follows_a_leaning_driver() -> None:
    story = Story(lambda t: [_box(320 - 60 * t)])
    assert _where(story.until(3.0)) == pytest.approx(320 - 180, abs=60 * 0.15)


def test_a_doubt_brings_a_look_at_the_next_frame() -> None:
    story = Story(lambda _: [_box(320)])
    story.until(1.0)
    before = story.detector.looks
    story.tracker.doubt()
    story.until(1.0 + 1 / 30)
    assert story.detector.looks == before + 1


def test_one_missed_look_is_bridged_and_a_lost_face_is_told_within_0_4_s() -> None:
    story = Story(lambda t: [] if 2.0 <= t < 2.1 or t > 4.0 else [_box(320)])
    for tenth in range(18, 40):
        assert story.until(tenth / 10) is not None
    assert story.until(4.45) is None


def test_a_passenger_does_not_stand_in_for_a_driver_who_looks_away() -> None:
    driver, passenger = _box(200), _box(480, side=150)
    story = Story(lambda t: [passenger] if 2.0 < t < 8.0 else [passenger, driver])
    assert _where(story.until(1.9)) == 200
    assert story.until(7.9) is None
    back = story.until(8.5)
    assert _where(back) == 200
    assert back is not None
    assert back.driver == 1


def test_a_passenger_close_by_is_known_and_not_taken() -> None:
    driver, passenger = _box(260), _box(400, side=140)
    story = Story(lambda t: [passenger] if t > 2.0 else [passenger, driver])
    assert _where(story.until(1.9)) == 260
    assert story.until(6.0) is None


def test_after_long_enough_anyone_may_be_the_new_driver() -> None:
    story = Story(lambda t: [_box(160)] if t < 2.0 else [_box(500)])
    story.until(1.0)
    track = story.until(13.0)
    assert _where(track) == 500
    assert track is not None
    assert track.driver == 2


@pytest.mark.parametrize("away_s", [5.0, 15.0, 25.0])
def test_a_driver_who_sits_up_again_is_held_again_though_a_passenger_was_meanwhile(
    away_s: float,
) -> None:
    """Slumped out of view for more than ten seconds: the passenger was watched from then on."""
    back_s = 60.0 + away_s

    def script(t_s: float) -> list[Box]:
        driver = [_box(250)] if not 60.0 <= t_s < back_s else []
        return [*driver, _box(520, side=170)]

    story = Story(script)
    assert _where(story.until(59.0)) == 250
    story.until(back_s - 0.1)
    assert _where(story.until(back_s + 3.0)) == 250
    assert _where(story.until(back_s + 60.0)) == 250


def test_whoever_took_over_is_not_given_up_for_the_first_one() -> None:
    def script(t_s: float) -> list[Box]:
        return [_box(250, side=100)] if t_s < 60.0 else [_box(250, side=100), _box(520)]

    story = Story(script)
    story.until(60.0)
    assert {_where(story.until(70.0 + second)) for second in range(30)} == {520}


def test_someone_clearly_larger_takes_over_after_a_while() -> None:
    small, large = _box(160, side=110), _box(420, side=220)
    story = Story(lambda t: [small] if t < 2.0 else [small, large])
    assert _where(story.until(4.5)) == 160
    track = story.until(6.0)
    assert _where(track) == 420


def test_crossing_faces_of_similar_size_do_not_swap_the_driver() -> None:
    story = Story(lambda t: [_box(320), _box(900 - 120 * t, y=200, side=170)])
    for half in range(1, 12):
        track = story.until(half / 2)
        assert track is not None
        assert _where(track) == pytest.approx(320, abs=90)
        assert track.driver == 1


def test_a_small_face_is_looked_for_in_its_surroundings() -> None:
    wide: list[bool] = []

    class Watching(ScriptedDetector):
        def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
            wide.append(within is None)
            return super().detect(image, within)

    story = Story(lambda _: [_box(320, side=60)])
    story.detector = Watching(story.detector.script)
    story.tracker = DriverTracker(story.detector, TrackingConfig())
    story.until(5.0)
    assert 4 <= sum(wide) <= 7
    assert len(wide) > 30


def test_a_clock_that_jumps_back_starts_no_blind_time() -> None:
    story = Story(lambda _: [_box(320)])
    story.until(5.0)
    story.frame = 0
    before = story.detector.looks
    assert story.until(0.5) is not None
    assert story.detector.looks > before + 2
