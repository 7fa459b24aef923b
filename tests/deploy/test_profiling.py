"""Face profiling: the picture and its labels turn together, and nothing tears."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.model.base.angles import PITCH_DEG
from deploy.model.data.mesh import AXES, EARS, OVAL, build_mesh
from deploy.model.data.profile_check import measured_rotation
from deploy.model.data.profile_pool import MAX_TURN_DEG, target, write_pool
from deploy.model.data.profile_sources import Label, alignment, choose, read_sources, upright_deg
from deploy.model.data.profiling import Face, profile
from deploy.model.data.render import render
from edge_pose.values import Box
from edge_pose.vision.geometry import euler_angles, geodesic_deg, rotation_matrix

SIZE = 160
NOSE = 1


def shell() -> np.ndarray:
    """A face-like shell in head axes: 468 points on half an ellipsoid, oval and ears in place."""
    n = np.arange(468)
    radius, angle = 0.92 * np.sqrt((n + 0.5) / 468), n * 2.39996
    flat = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    turn = np.pi / 2 - np.arange(len(OVAL)) * 2 * np.pi / len(OVAL)
    flat[list(OVAL)] = np.column_stack([np.cos(turn), np.sin(turn)])
    flat[NOSE] = 0.0
    z = 0.9 * np.sqrt(np.maximum(0.0, 1.0 - (flat**2).sum(axis=1)))
    return np.column_stack([flat * [30.0, 40.0], z * 35.0])


def make_face(rotation: np.ndarray, image: np.ndarray | None = None) -> Face:
    points = (shell() @ rotation.T) * AXES + [80.0, 80.0, 0.0]
    if image is None:
        image = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3)).astype(np.uint8)
    flat = points[:, :2]
    box = np.concatenate([flat.min(axis=0), flat.max(axis=0)])
    return Face(image=image, landmarks=points.astype(np.float32), rotation=rotation, box=box)


def smooth_picture() -> np.ndarray:
    y, x = np.mgrid[:SIZE, :SIZE]
    return np.dstack([x, y, (x + y) // 2]).astype(np.uint8)


angles = st.tuples(
    st.floats(-80, 80, allow_nan=False), st.floats(-40, 40, allow_nan=False), st.floats(-20, 20)
)


def test_turning_by_nothing_changes_nothing() -> None:
    face = make_face(rotation_matrix(12, -5, 3), smooth_picture())
    same = profile(face, face.rotation)
    difference = np.abs(same.image.astype(int) - face.image.astype(int))
    assert difference.max() <= 3
    np.testing.assert_allclose(same.landmarks, face.landmarks, atol=1e-3)
    np.testing.assert_allclose(same.box, face.box, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(angles)
def test_landmarks_turn_exactly_as_the_label_says(angle: tuple[float, float, float]) -> None:
    face = make_face(rotation_matrix(10, 4, -6))
    wanted = rotation_matrix(*angle)
    turned = profile(face, wanted)
    before, after = (
        (f.landmarks.astype(float) * AXES) - (f.landmarks.astype(float) * AXES).mean(axis=0)
        for f in (face, turned)
    )
    assert geodesic_deg(alignment(before, after) @ face.rotation, wanted) < 0.1


@settings(max_examples=25, deadline=None)
@given(angles)
def test_the_box_keeps_its_place_and_size(angle: tuple[float, float, float]) -> None:
    face = make_face(rotation_matrix(0, 0, 0))
    box = profile(face, rotation_matrix(*angle)).box
    assert max(box[2:] - box[:2]) == pytest.approx(max(face.box[2:] - face.box[:2]))
    np.testing.assert_allclose((box[:2] + box[2:]) / 2, (face.box[:2] + face.box[2:]) / 2)


@settings(max_examples=15, deadline=None)
@given(angles)
def test_nothing_tears(angle: tuple[float, float, float]) -> None:
    grey = np.full((SIZE, SIZE, 3), 117, np.uint8)
    turned = profile(make_face(rotation_matrix(0, 0, 0), grey), rotation_matrix(*angle))
    assert (turned.image == 117).all()


def test_the_frame_of_the_picture_stays() -> None:
    face = make_face(rotation_matrix(0, 0, 0), smooth_picture())
    turned = profile(face, rotation_matrix(60, 20, 0))
    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        moved = np.abs(turned.image[edge].astype(int) - face.image[edge].astype(int))
        assert moved.max() <= 8
    assert np.abs(turned.image.astype(int) - face.image.astype(int)).max() > 20


def test_a_spot_on_the_face_goes_where_its_landmark_goes() -> None:
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    face = make_face(rotation_matrix(0, 0, 0), picture)
    x, y = face.landmarks[NOSE, :2].round().astype(int)
    picture[y - 2 : y + 3, x - 2 : x + 3] = 255
    turned = profile(face, rotation_matrix(40, 0, 0))
    rows, columns = np.nonzero(turned.image[..., 0] > 100)
    spot = np.array([columns.mean(), rows.mean()])
    assert turned.landmarks[NOSE, 0] < face.landmarks[NOSE, 0] - 10  # yaw > 0: to image left
    assert np.linalg.norm(spot - turned.landmarks[NOSE, :2]) < 2.5


def test_the_nearer_triangle_hides_the_farther() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, 4:] = 200
    source = np.array([[0, 0], [0, 7], [3, 3], [5, 0], [5, 7], [7, 3]], float)
    same = np.array([[0, 0], [0, 7], [7, 3]], float)
    triangles = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
    for bright_depth, expected in ((1.0, 200), (-1.0, 0)):
        depth = np.array([0.0] * 3 + [bright_depth] * 3)
        moved = np.column_stack([np.concatenate([same, same]), depth])
        assert render(picture, source, moved, triangles)[3, 2, 0] == expected


def test_rings_lie_behind_the_face_and_the_border_follows_nothing() -> None:
    face = make_face(rotation_matrix(0, 0, 0))
    mesh = build_mesh(face.landmarks.astype(float), face.rotation, (SIZE, SIZE))
    ears = mesh.points[list(EARS), 2].mean()
    assert (mesh.points[468:, 2] < ears).all()
    assert (mesh.follow[-len(OVAL) :] == 0).all()
    assert mesh.source.min() >= 0
    assert mesh.source.max() <= SIZE - 1


def label(yaw: float, *, pitch: float = 0.0, file: str = "a.tar/1.jpg") -> Label:
    return Label(
        file=file,
        group="g",
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=3.0,
        disagreement_deg=1.0,
        box=Box(x1=40, y1=40, x2=120, y2=120),
    )


@given(st.floats(-75, 75), st.floats(-40, 40), st.integers(0, 1000))
def test_targets_stay_within_reach(yaw: float, pitch: float, seed: int) -> None:
    source = label(yaw, pitch=pitch)
    wanted = target(source, np.random.default_rng(seed))
    assert geodesic_deg(source.rotation, wanted) <= MAX_TURN_DEG


def test_most_targets_lie_farther_out_on_the_same_side() -> None:
    rng = np.random.default_rng(0)
    yaws = np.array([euler_angles(target(label(-35.0), rng))[0] for _ in range(300)])
    assert (yaws < -35.0).mean() > 0.5
    assert (yaws < 0).all()
    assert yaws.min() < -75.0


def test_medium_poses_are_the_preferred_sources() -> None:
    labels = [label(float(yaw), file=f"a.tar/{yaw}.jpg") for yaw in range(-60, 61, 2)]
    chosen = choose(labels, 200, np.random.default_rng(0))
    yaws = np.abs([one.yaw_deg for one in chosen])
    assert len(chosen) == 200
    assert (yaws >= 15).mean() > 0.7


def test_only_clean_training_faces_become_sources(tmp_path) -> None:
    rows = [
        "good.tar/1.jpg,web,g1,,train,20,0,0,1.5,40,40,120,120,200",
        "good.tar/2.jpg,web,g1,,val,20,0,0,1.5,40,40,120,120,200",
        "good.tar/3.jpg,web,g1,,train,20,0,0,9.0,40,40,120,120,200",
        "good.tar/4.jpg,masks,,masked=1,train,20,0,0,1.5,40,40,120,120,200",
        "good.tar/5.jpg,web,g1,,train,20,0,0,1.5,40,40,120,120,40",
    ]
    head = "file,source,group,tags,split,yaw_deg,pitch_deg,roll_deg,disagreement_deg,"
    text = "\n".join([head + "x1,y1,x2,y2,source_px", *rows])
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    sources = read_sources(tmp_path)
    assert [source.file for source in sources] == ["good.tar/1.jpg"]
    assert sources[0].pitch_deg == pytest.approx(PITCH_DEG)  # the label says 0


def test_a_pool_holds_what_its_labels_say(tmp_path) -> None:
    pairs = [(label(20.0), make_face(rotation_matrix(20, 0, 3))) for _ in range(3)]
    write_pool(pairs, tmp_path / "pool", seed=4)
    images = np.load(tmp_path / "pool" / "images.npy", mmap_mode="r")
    with np.load(tmp_path / "pool" / "labels.npz") as table:
        rotation, spread = table["rotation"], table["angles"]
        assert table["landmarks"].shape == (3, 468, 3)
    assert images.shape == (3, SIZE, SIZE, 3)
    for one, angle in zip(rotation, spread, strict=True):
        assert geodesic_deg(rotation_matrix(*angle.tolist()), one.astype(float)) < 0.1
    assert not (tmp_path / "pool.part").exists()


class OneMesh:
    """Finds the same landmarks in every image."""

    def __init__(self, points: np.ndarray) -> None:
        self.points, self.score = points, 1.0

    def locate(self, *_: object) -> OneMesh:
        return self


def test_the_check_reads_the_angle_that_a_mesh_shows() -> None:
    shown = rotation_matrix(50, 0, 0)
    claimed = profile(make_face(rotation_matrix(0, 0, 0)), rotation_matrix(60, 0, 0))
    finder = OneMesh(make_face(shown).landmarks)
    found = measured_rotation(
        finder,  # type: ignore[arg-type]
        claimed.image,
        Box(x1=40, y1=40, x2=120, y2=120),
        claimed.rotation,
        claimed.landmarks,
    )
    assert found is not None
    assert euler_angles(found)[0] == pytest.approx(50.0, abs=0.1)


def test_the_lean_of_the_crown_is_roll_for_a_frontal_face() -> None:
    assert upright_deg(rotation_matrix(0, 0, 17)) == pytest.approx(17)
