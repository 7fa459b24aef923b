"""The truth is that of the geometry: mirrored with it, signed by the convention."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plain_driver import driver, in_the_mirror

from deploy.heads.camera import eye_strip, face_crop, whole_view
from deploy.heads.figure import Eye
from deploy.heads.labels import COLUMNS, iris_ellipse, lenses_hide, mirrored, row
from deploy.heads.wear import Glasses

ALL_SEEN = np.ones(68, bool)


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize("subject", ["face", "strip"])
def test_a_mirrored_driver_has_mirrored_labels(number: int, subject: str) -> None:
    plan, posed = driver(number)
    other_plan, other = in_the_mirror(plan, posed)
    cut = (
        (lambda p: face_crop(p, 128)) if subject == "face" else (lambda p: eye_strip(p, (144, 64)))
    )
    crop, other_crop = cut(posed.landmarks), cut(other.landmarks)
    here = mirrored(row(plan, posed, crop, ALL_SEEN), crop.size[0])
    there = row(other_plan, other, other_crop, ALL_SEEN)
    for column, value in here.items():
        if "angle" in column:
            assert np.cos(np.radians(2 * (float(value) - float(there[column])))) > 1 - 1e-6, column
        elif isinstance(value, float):
            assert value == pytest.approx(there[column], abs=1e-6), column
        else:
            assert value == there[column], column


def test_every_column_is_filled() -> None:
    plan, posed = driver()
    found = row(plan, posed, face_crop(posed.landmarks, 128), ALL_SEEN)
    assert set(found) | {"file"} == set(COLUMNS)


def test_head_and_gaze_add_up_to_the_line_of_sight() -> None:
    plan, posed = driver(5)
    found = row(plan, posed, face_crop(posed.landmarks, 128), ALL_SEEN)
    sight = posed.target - (posed.eyes["left"].centre + posed.eyes["right"].centre) / 2.0
    assert np.sign(-sight[0]) == np.sign(found["gaze_cam_yaw"])
    assert np.sign(sight[1]) == np.sign(found["gaze_cam_pitch"])


def test_an_eye_is_hidden_by_dark_lenses_and_by_what_covers_its_lids() -> None:
    plan, posed = driver()
    crop = face_crop(posed.landmarks, 128)
    plan = replace(plan, wear=replace(plan.wear, glasses=None))
    covered = ALL_SEEN.copy()
    covered[36:42] = False
    found = row(plan, posed, crop, covered)
    assert (found["eye_r_visible"], found["eye_l_visible"]) == (0, 1)
    dark = replace(plan, wear=replace(plan.wear, glasses=_glasses(0.05)))
    found = row(dark, posed, crop, ALL_SEEN)
    assert (found["eye_r_visible"], found["eye_l_visible"], found["dark_glasses"]) == (0, 0, 1)


@pytest.mark.parametrize(("kind", "hidden"), [("day", True), ("nir", False)])
def test_what_a_lens_hides_depends_on_the_light(kind: str, hidden: bool) -> None:
    plan, _ = driver()
    lens = replace(_glasses(0.05), passes_ir=0.8)
    light = replace(plan.light, kind=kind)
    assert lenses_hide(replace(plan, light=light, wear=replace(plan.wear, glasses=lens))) == hidden


def _glasses(passes: float) -> Glasses:
    return Glasses(
        kind="sun", half_width=0.25, half_height=0.2, power=1.0, thick=0.01, colour=(0, 0, 0),
        tint=(1, 1, 1), passes=passes, passes_ir=passes, shine=1.0,
    )  # fmt: skip


def test_an_iris_seen_frontally_is_a_circle_and_from_the_side_an_ellipse() -> None:
    crop = whole_view(10.0, (640, 480))
    centre = np.array([0.0, 0.0, -0.6])
    ahead = iris_ellipse(Eye(centre=centre, radius_m=0.012, turn=np.eye(3)), crop)
    assert ahead.a == pytest.approx(ahead.b, rel=1e-3)
    turned = np.array([[0.5, 0, -(0.75**0.5)], [0, 1, 0], [0.75**0.5, 0, 0.5]])
    side = iris_ellipse(Eye(centre=centre, radius_m=0.012, turn=turned), crop)
    assert side.b / side.a == pytest.approx(0.5, abs=0.03)
    assert abs(side.angle) == pytest.approx(90.0, abs=1.0)
    assert side.x < 320.0, "an eye turned to image left has its iris there"
