"""Rendered pictures: the same bytes for the same number, and the truth lies on the picture."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import ROOT, SHARED
from numpy.typing import NDArray

pytestmark = [pytest.mark.heads, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PARTS = SHARED / "heads"
PLAIN = 12


@pytest.fixture(scope="module")
def studio() -> object:
    from deploy.heads.studio import Studio

    return Studio(PARTS, face_px=256)


def plain_plan(number: int) -> object:
    """A bare head that looks at the camera with open eyes, evenly lit."""
    from deploy.heads.light import sampled_light
    from deploy.heads.plan import planned
    from deploy.heads.turning import rotation_matrix

    plan = planned("faces", number)
    rng = np.random.default_rng(number)
    eyes = np.array([0.0, 0.0, -0.6])
    head = rotation_matrix(*rng.uniform([-20, -10, -10], [20, 10, 10]))
    posture = replace(
        plan.posture, head=head, torso=np.eye(3), cabin=np.eye(3), eyes_m=eyes, seat_m=eyes
    )
    light = replace(sampled_light(rng, eyes, "overcast"), tilt=(0.0, 0.0, 0.0), surround=0.8)
    wear = replace(plan.wear, glasses=None, headwear="", mask=False, held="")
    face = replace(
        plan.expression, actions={}, look=(0.0, 0.0), opening={"left": 1.0, "right": 1.0}
    )
    return replace(plan, posture=posture, light=light, wear=wear, expression=face)


def picture(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))


def test_two_runs_make_the_same_bytes_and_a_killed_one_goes_on(tmp_path: Path) -> None:
    for out in ("one", "two"):
        _make(tmp_path / out, 6)
    (tmp_path / "two/faces-001.csv").unlink()
    _make(tmp_path / "two", 6)
    one, two = (
        {p.name: p.read_bytes() for p in (tmp_path / out).iterdir()} for out in ("one", "two")
    )
    assert one == two
    assert len(one) == 6


def _make(out: Path, count: int, *more: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "deploy.heads", "make", "--parts", PARTS, "--out", out, "--faces",
         str(count), "--shard", "3", "--processes", "1", *more],
        cwd=ROOT, check=True, capture_output=True, timeout=600,
    )  # fmt: skip


def test_irises_and_mouth_corners_lie_where_the_truth_says(studio: object) -> None:
    """The dark disc's middle, and the strongest corner near each mouth corner, on plain heads."""
    irises, corners = [], []
    for number in range(PLAIN):
        shot = studio.taken(plain_plan(number))  # type: ignore[attr-defined]
        grey = picture(shot.jpeg)
        for part in "rl":
            truth = np.array([shot.labels[f"iris_{part}_x"], shot.labels[f"iris_{part}_y"]])
            irises.append(_dark_middle(grey, truth, float(shot.labels[f"iris_{part}_a"])) - truth)
        for corner in (48, 54):
            corners.append(_nearest_corner(grey, shot.points[corner]) - shot.points[corner])
    # At 256 px; half as much at the 128 px of a production.
    assert np.median(np.linalg.norm(irises, axis=1)) < 1.5
    assert np.median(np.linalg.norm(corners, axis=1)) < 3.0


def _dark_middle(
    grey: NDArray[np.uint8], near: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """The weighted middle of what is dark within an iris's reach."""
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    reach = np.hypot(x + 0.5 - near[0], y + 0.5 - near[1]) < 0.9 * radius
    values = grey[reach].astype(float)
    weight = np.clip(np.percentile(values, 60) - values, 0.0, None)
    return np.array(
        [np.average(x[reach] + 0.5, weights=weight), np.average(y[reach] + 0.5, weights=weight)]
    )


def _nearest_corner(grey: NDArray[np.uint8], near: NDArray[np.float32]) -> NDArray[np.float32]:
    mask = np.zeros_like(grey)
    cv2.circle(mask, (int(near[0]), int(near[1])), 7, 255, -1)
    found = cv2.goodFeaturesToTrack(grey, 3, 0.05, 2, mask=mask, blockSize=5)
    assert found is not None
    points = found.reshape(-1, 2) + 0.5
    return np.asarray(points[np.linalg.norm(points - near, axis=1).argmin()])


def test_a_ray_cluster_makes_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    _make(tmp_path / "here", 4)
    _make(tmp_path / "cluster", 4, "--ray", "local")
    here, cluster = (
        {p.name: p.read_bytes() for p in (tmp_path / out).iterdir()} for out in ("here", "cluster")
    )
    assert here == cluster


def test_gripping_hands_hold_the_rim_and_the_mesh_points_lie_on_the_skin(studio: object) -> None:
    from deploy.heads.plan import planned

    held = 0
    for number in range(30):
        plan = planned("faces", number)
        posed = studio.figure.posed(plan)  # type: ignore[attr-defined]
        away = np.linalg.norm(posed.mesh[:, None] - posed.shapes["body"][None], axis=2)
        assert away.min(axis=1).max() < 0.012
        for side, clock in plan.wheel.hands.items() if plan.wheel else ():
            hand = posed.shapes.get(f"grip_{side}")
            if clock is None or hand is None:
                continue
            rim = posed.shapes["wheel"]
            apart = np.linalg.norm(hand[::5, None] - rim[None], axis=2).min()
            held += apart < 0.012
    assert held >= 15
