"""What the overlay promises besides its looks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose.config.view import OverlayConfig
from edge_pose.testing.scenes import episode, face_box, picture, scene, story_scenes
from edge_pose.values import Box, EyeState, Gaze, HeadPose
from edge_pose.view.drawing.brush import Canvas
from edge_pose.view.drawing.face import confidence, seen_pose
from edge_pose.view.drawing.gizmo import rotation
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.drawing.palette import DAY, NIGHT, choose
from edge_pose.vision.geometry import rotation_matrix

angles = st.floats(-180, 180)


def overlay(**look: object) -> Overlay:
    return Overlay(OverlayConfig.model_validate(look))


def stage(image: Canvas) -> Canvas:
    """The part between banner and dock."""
    return image[image.shape[0] * 2 // 10 : image.shape[0] * 7 // 10]


def changed_columns(drawn: Canvas, ground: Canvas) -> float:
    """Mean column of what was drawn over the ground, as a share of the width."""
    apart = np.abs(drawn.astype(int) - ground.astype(int)).sum(axis=2) > 60
    return float(np.nonzero(apart)[1].mean() / drawn.shape[1])


def test_the_frame_is_never_written_to() -> None:
    before = picture().copy()
    for look in ({}, {"mirrored": True}, {"privacy": True}, {"palette": "night"}):
        for each in story_scenes().values():
            overlay(**look).draw(each)
    assert np.array_equal(picture(), before)


def test_drawing_into_a_given_canvas_gives_the_same_picture() -> None:
    given_canvas = np.full((480, 640, 3), 77, np.uint8)
    fresh = overlay().draw(scene())
    assert overlay().draw(scene(), given_canvas) is given_canvas
    assert np.array_equal(fresh, given_canvas)


def test_the_same_scene_gives_the_same_picture() -> None:
    assert np.array_equal(overlay().draw(scene()), overlay().draw(scene()))


def test_privacy_leaves_no_trace_of_the_camera_picture() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    for each in story_scenes().values():
        filmed = replace(each, frame=replace(each.frame, image=noise))
        private = overlay(privacy=True, palette="day")
        assert np.array_equal(private.draw(each), overlay(privacy=True, palette="day").draw(filmed))


def test_a_mirrored_view_puts_the_face_on_the_other_side() -> None:
    plain = overlay(palette="day").draw(scene())
    mirrored = overlay(palette="day", mirrored=True).draw(scene())
    side = changed_columns(stage(plain), stage(picture()))
    other = changed_columns(stage(mirrored), stage(np.ascontiguousarray(picture()[:, ::-1])))
    assert side + other == pytest.approx(1.0, abs=0.01)
    assert abs(side - other) > 0.01


@pytest.mark.parametrize(("yaw_deg", "side"), [(45.0, -1), (-45.0, 1)])
def test_the_gaze_cone_points_where_the_nose_points(yaw_deg: float, side: int) -> None:
    """yaw > 0: nose to image left."""
    drawn = overlay(palette="day").draw(scene(yaw_deg=yaw_deg))
    centre = face_box().center[0] / 640
    assert (changed_columns(stage(drawn), stage(picture())) - centre) * side > 0.02


def test_the_box_tightens_with_confidence() -> None:
    def width(score: float) -> int:
        still = scene(score=score, std_deg=0.0)
        blank = replace(still, observation=replace(still.observation, pose=None, pose_cam=None))
        ahead = replace(blank, state=replace(blank.state, pose=None))
        drawn = overlay(palette="day").draw(ahead)
        apart = np.abs(stage(drawn).astype(int) - stage(picture()).astype(int)).sum(axis=2) > 60
        columns = np.nonzero(apart)[1]
        return int(columns.max() - columns.min())

    assert width(0.95) < width(0.7) < width(0.4)


@given(yaw=angles, pitch=angles, roll=angles)
def test_the_head_turns_by_the_projects_convention(yaw: float, pitch: float, roll: float) -> None:
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    assert np.allclose(rotation(pose), rotation_matrix(yaw, pitch, roll))


@given(score=st.none() | st.floats(-1, 2), std=st.none() | st.floats(0, 200))
def test_confidence_is_a_share(score: float | None, std: float | None) -> None:
    observation = scene().observation
    pose = HeadPose(yaw_deg=0, pitch_deg=0, roll_deg=0, std_deg=std)
    assert 0.0 <= confidence(replace(observation, score=score, pose=pose)) <= 1.0


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 900),
    height=st.integers(1, 700),
    corner=st.tuples(st.floats(-500, 900), st.floats(-500, 900)),
    side=st.floats(0.5, 2000),
    turn=st.tuples(angles, angles, angles),
    share=st.none() | st.floats(-1, 2),
    private=st.booleans(),
)
def test_nothing_breaks_the_drawing(
    width: int,
    height: int,
    corner: tuple[float, float],
    side: float,
    turn: tuple[float, float, float],
    share: float | None,
    private: bool,
) -> None:
    pose = HeadPose(yaw_deg=turn[0], pitch_deg=turn[1], roll_deg=turn[2])
    x, y = corner
    base = scene((width, height), perclos=share, level=2, episodes=(episode(reason="x" * 200),))
    odd = replace(
        base,
        observation=replace(
            base.observation, box=Box(x1=x, y1=y, x2=x + side, y2=y + side), pose=pose
        ),
        state=replace(base.state, pose=pose, eyes=EyeState(left=share, right=None, mouth=share)),
    )
    assert overlay(privacy=private).draw(odd).shape == (height, width, 3)


def test_the_shown_pose_undoes_the_ray_correction() -> None:
    still = scene(yaw_deg=20.0)
    corrected = HeadPose(yaw_deg=30.0, pitch_deg=3.0, roll_deg=2.0)
    smooth = replace(corrected, yaw_deg=31.0)
    shifted = replace(
        still,
        observation=replace(still.observation, pose_cam=corrected),
        state=replace(still.state, pose=smooth),
    )
    shown = seen_pose(shifted)
    assert shown is not None
    assert shown.yaw_deg == pytest.approx(21.0)


def test_auto_palette_follows_the_light_without_flicker() -> None:
    assert choose("auto", 30.0, DAY) is NIGHT
    assert choose("auto", 120.0, NIGHT) is DAY
    assert choose("auto", 70.0, DAY) is DAY
    assert choose("auto", 70.0, NIGHT) is NIGHT
    assert choose("auto", None, NIGHT) is NIGHT
    assert choose("day", 5.0, NIGHT) is DAY
    assert choose("night", 250.0, DAY) is NIGHT


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance of a (blue, green, red) colour, by WCAG 2."""
    linear = [
        v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4
        for v in (c / 255 for c in colour)
    ]
    return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=lambda p: p.name)
def test_words_stand_out(palette: object) -> None:
    """WCAG AA: 4.5 for text."""
    look = palette
    assert look in (DAY, NIGHT)
    for ink in (look.ink, look.soft):
        assert contrast(ink, look.panel) >= 4.5
    for tone in (*look.levels, look.quiet):
        assert contrast(tone.ink, tone.fill) >= 4.5


@pytest.mark.parametrize("palette", [DAY, NIGHT], ids=lambda p: p.name)
def test_levels_can_be_told_apart_by_lightness(palette: object) -> None:
    """Colour blindness leaves lightness: neighbours differ, as a Lab L* difference."""
    look = palette
    assert look in (DAY, NIGHT)
    fills = np.array([[tone.fill for tone in look.levels[1:]]], np.uint8)
    lightness = cv2.cvtColor(fills, cv2.COLOR_BGR2LAB)[0, :, 0].astype(float) * 100 / 255
    assert all(abs(a - b) >= 12 for a, b in pairwise(lightness))


@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (1080, 1920), (640, 480), (640, 360)])
def test_gauges_have_the_room_they_are_drawn_for_or_are_fewer(size: tuple[int, int]) -> None:
    layout = Layout(*size)
    assert layout.compact or layout.column[1] >= 0.99 * layout.scale * 620
    assert layout.stage[3] > 0.4 * size[1]


def test_bare_pictures_carry_no_banner_and_no_gauges() -> None:
    alarm = scene(episodes=(episode(),))
    bare = Overlay(OverlayConfig(palette="day", face=False)).draw(alarm, bare=True)
    assert np.array_equal(bare, alarm.frame.image)


def test_nothing_lies_over_the_eyes_of_a_sleeping_driver() -> None:
    """Around the eyes the picture is the camera's own."""
    config = OverlayConfig(palette="day")
    asleep = scene(lids="closed")
    drawn = Overlay(config).draw(asleep, bare=True)
    box = asleep.observation.box
    assert box is not None
    eyes = np.s_[round(box.y1 + 0.2 * box.height) : round(box.y1 + 0.55 * box.height),
                 round(box.x1 + 0.1 * box.width) : round(box.x2 - 0.1 * box.width)]  # fmt: skip
    assert np.array_equal(drawn[eyes], asleep.frame.image[eyes])
    awake = Overlay(config).draw(scene(lids="open"), bare=True)
    assert not np.array_equal(awake[eyes], asleep.frame.image[eyes])


def test_the_beam_follows_the_eyes_where_they_tell_the_line_of_sight() -> None:
    config = OverlayConfig(palette="day")
    by_head = Overlay(config).draw(scene(), bare=True)
    left = Overlay(config).draw(scene(gaze=Gaze(yaw_deg=35.0, pitch_deg=0.0)), bare=True)
    right = Overlay(config).draw(scene(gaze=Gaze(yaw_deg=-35.0, pitch_deg=0.0)), bare=True)
    changed = [np.abs(one.astype(int) - by_head).sum(axis=(0, 2)) for one in (left, right)]
    columns = np.arange(by_head.shape[1])
    centres = [float((c * columns).sum() / c.sum()) for c in changed]
    assert centres[0] < centres[1], "yaw above 0 looks to the picture's left"
