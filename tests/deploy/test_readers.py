"""Readers of published data sets, on small files of the true format made here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from deploy.model.data.datasets import SIDE, MissingData
from deploy.model.data.readers import READERS, BadLabel, read
from deploy.model.data.readers.biwi import read_biwi, read_pose
from deploy.model.data.readers.own_photos import read_own
from deploy.model.data.readers.photos import Photo, as_samples, published_filter, published_margin
from deploy.model.data.readers.wflw import _INNER, read_wflw
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import euler_angles, geodesic_deg, rotation_matrix


class Faces:
    """A detector that always finds the same boxes."""

    def __init__(self, *boxes: Box) -> None:
        self._found = [
            Detection(
                box=box, score=0.9, keypoints=FaceKeypoints(points=np.zeros((6, 2), np.float32))
            )
            for box in boxes
        ]

    def detect(self, image: np.ndarray, within: Box | None = None) -> list[Detection]:
        del image, within
        return self._found


FACE = Box(x1=300, y1=200, x2=380, y2=300)


def picture(path: Path, width: int = 450, height: int = 450) -> Path:
    y, x = np.mgrid[:height, :width]
    image = np.dstack([x * 255 // width, y * 255 // height, np.full_like(x, 9)]).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)
    return path


def pose_para(yaw: float, pitch: float, roll: float) -> np.ndarray:
    angles = np.radians([pitch, yaw, roll])
    return np.concatenate([angles, [100.0, 120.0, -60.0, 0.001]])[None].astype(np.float32)


def landmarks(count: int = 68) -> np.ndarray:
    """Points in a box from (150, 160) to (250, 290)."""
    points = np.random.default_rng(1).uniform([150, 160], [250, 290], (count, 2))
    points[0], points[1] = (150, 160), (250, 290)
    return points.T


@pytest.fixture
def save_mat() -> Callable[..., None]:
    savemat = pytest.importorskip("scipy.io").savemat

    def save(path: Path, **arrays: np.ndarray) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        savemat(path, arrays)

    return save


@pytest.mark.model
def test_300w_lp_angles_box_and_origin(tmp_path: Path, save_mat: Callable[..., None]) -> None:
    for name, yaw in (("AFW/AFW_1_0", 20.0), ("AFW_Flip/AFW_1_3", -70.0), ("HELEN/H_0", 120.0)):
        picture(tmp_path / f"{name}.jpg")
        save_mat(tmp_path / f"{name}.mat", Pose_Para=pose_para(yaw, -10, 5), pt2d=landmarks())
    save_mat(tmp_path / "HELEN/H_0.mat", Pose_Para=pose_para(20, -100, 5), pt2d=landmarks())
    samples = read("300w-lp", tmp_path, cache=tmp_path / "cache")
    assert len(samples) == 2  # a pitch of -100 degrees is outside the protocol
    np.testing.assert_allclose(
        euler_angles(samples.rotation[0].astype(float)), [20, -10, 5], atol=1e-3
    )
    assert samples.turned.tolist() == [False, True]
    width, height = samples.box[0][2:] - samples.box[0][:2]
    assert height == pytest.approx(SIDE / 2)
    assert width / height == pytest.approx(100 / 130)
    np.testing.assert_allclose((samples.box[0][:2] + samples.box[0][2:]) / 2, SIDE / 2, atol=0.5)
    blue = int(samples.images[0][SIDE // 2, SIDE // 2, 2])  # RGB: the column ramp is in blue
    assert blue == pytest.approx(200 * 255 // 450, abs=3)


@pytest.mark.model
def test_aflw2000_takes_the_68_points_not_the_21(
    tmp_path: Path, save_mat: Callable[..., None]
) -> None:
    picture(tmp_path / "image00002.jpg")
    save_mat(
        tmp_path / "image00002.mat",
        Pose_Para=pose_para(-30, 12, -4),
        pt2d=-np.ones((2, 21)),
        pt3d_68=np.vstack([landmarks(), np.zeros(68)]),
    )
    samples = read("aflw2000", tmp_path, cache=tmp_path / "cache")
    np.testing.assert_allclose(
        euler_angles(samples.rotation[0].astype(float)), [-30, 12, -4], atol=1e-3
    )
    assert samples.box[0][3] - samples.box[0][1] == pytest.approx(SIDE / 2)


@pytest.mark.model
def test_a_mat_file_without_pose_or_not_a_mat_file_says_so(
    tmp_path: Path, save_mat: Callable[..., None]
) -> None:
    picture(tmp_path / "image1.jpg")
    save_mat(tmp_path / "image1.mat", pt2d=landmarks())
    with pytest.raises(BadLabel, match=r"image1\.mat: no Pose_Para"):
        read("aflw2000", tmp_path, cache=tmp_path / "cache")
    (tmp_path / "image1.mat").write_bytes(b"nothing of the kind")
    with pytest.raises(BadLabel, match="not a MATLAB"):
        read("aflw2000", tmp_path, cache=tmp_path / "cache")


def biwi_pose(path: Path, rotation: np.ndarray, centre: tuple[float, float, float]) -> None:
    rows = "\n".join(" ".join(f"{v:.6f}" for v in row) + " " for row in rotation)
    path.write_text(rows + "\n\n" + " ".join(f"{v:.3f}" for v in centre) + "\n", encoding="ascii")


def published_biwi_angles(rotation: np.ndarray) -> tuple[float, float, float]:
    """Yaw, pitch, roll as the published comparisons compute them from the file's matrix."""
    turned = rotation.T
    yaw = -np.arctan2(-turned[2, 0], np.hypot(turned[2, 1], turned[2, 2]))
    pitch = np.arctan2(turned[2, 1], turned[2, 2])
    roll = -np.arctan2(turned[1, 0], turned[0, 0])
    return tuple(np.degrees([yaw, pitch, roll]).tolist())


def test_biwi_angles_are_those_of_the_published_comparisons(tmp_path: Path) -> None:
    for seed in range(5):
        turn = cv2.Rodrigues(np.random.default_rng(seed).uniform(-0.7, 0.7, 3))[0]
        biwi_pose(tmp_path / "p.txt", turn, (0, 0, 900))
        rotation, _ = read_pose(tmp_path / "p.txt")
        np.testing.assert_allclose(euler_angles(rotation), published_biwi_angles(turn), atol=1e-3)


def test_biwi_takes_the_face_where_the_head_is(tmp_path: Path) -> None:
    for name in ("01/frame_00003", "01/frame_00004"):
        picture(tmp_path / f"{name}_rgb.png", 640, 480)
    near = ((FACE.center[0] - 320) / 517.679 * 900, (FACE.center[1] - 240.5) / 517.679 * 900, 900)
    biwi_pose(tmp_path / "01/frame_00003_pose.txt", np.eye(3), near)
    biwi_pose(tmp_path / "01/frame_00004_pose.txt", np.eye(3), (-400, 0, 900))
    other = Box(x1=500, y1=10, x2=600, y2=130)
    photos = read_biwi(tmp_path, Faces(other, FACE))
    assert [(photo.path.name, photo.box) for photo in photos] == [("frame_00003_rgb.png", FACE)]


def test_a_biwi_pose_of_the_wrong_length_or_missing_is_named(tmp_path: Path) -> None:
    picture(tmp_path / "01/frame_00003_rgb.png", 64, 48)
    with pytest.raises(BadLabel, match=r"frame_00003_pose\.txt: missing"):
        read_biwi(tmp_path, Faces(FACE))
    (tmp_path / "01/frame_00003_pose.txt").write_text("1 0 0\n0 1 0\n")
    with pytest.raises(BadLabel, match="got 6"):
        read_biwi(tmp_path, Faces(FACE))


def face_basis() -> FaceBasis:
    """A bumpy plate as a face of 468 vertices, in mm."""
    rng = np.random.default_rng(3)
    mean = rng.uniform([-70, -90, -40], [70, 60, 40], (468, 3))
    modes = rng.normal(size=(468, 3, 2)) * 0.5
    return FaceBasis(mean=mean, modes=modes, identity=1, noise_mm=np.ones((468, 3)))


def wflw_line(rotation: np.ndarray, name: str) -> str:
    turned = face_basis().mean[IBUG_68[17:]] @ rotation.T
    points = np.tile(np.array([[200.0, 200.0]]), (98, 1))
    points[_INNER] = turned[:, :2] * [1.0, -1.0] + [200.0, 200.0]
    numbers = " ".join(f"{v:.3f}" for v in points.ravel())
    return f"{numbers} 100 100 300 300 0 0 0 0 0 0 {name}"


def wflw_list(folder: Path, *lines: str) -> Path:
    path = folder / "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_train.txt"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_wflw_poses_are_fitted_to_the_inner_landmarks(tmp_path: Path) -> None:
    wanted = rotation_matrix(25, -8, 10)
    bad = wflw_line(wanted, "0--Parade/b.jpg").split()
    bad[:196] = [str(v) for v in np.random.default_rng(0).uniform(0, 400, 196)]
    wflw_list(tmp_path, wflw_line(wanted, "0--Parade/a 1.jpg"), " ".join(bad))
    photos = read_wflw(tmp_path, face_basis())
    assert [str(p.path.relative_to(tmp_path)) for p in photos] == ["WFLW_images/0--Parade/a 1.jpg"]
    assert geodesic_deg(photos[0].rotation, wanted) < 2.0


def test_a_damaged_wflw_line_is_named(tmp_path: Path) -> None:
    wflw_list(tmp_path, "1 2 3 name.jpg")
    with pytest.raises(BadLabel, match="line 1: expected 98 points"):
        read_wflw(tmp_path, face_basis())


def own_csv(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_photos_with_and_without_a_box(tmp_path: Path) -> None:
    picture(tmp_path / "photos/a.jpg")
    rows = "photos/a.jpg,10,-5,2,100,100,200,220\nphotos/a.jpg,-40,0,0,,,,\n"
    path = own_csv(tmp_path, "file,yaw_deg,pitch_deg,roll_deg,x1,y1,x2,y2\n" + rows)
    small = Box(x1=0, y1=0, x2=10, y2=10)
    photos = read_own(path, Faces(small, FACE))
    assert [photo.box for photo in photos] == [Box(x1=100, y1=100, x2=200, y2=220), FACE]
    np.testing.assert_allclose(euler_angles(photos[0].rotation), [10, -5, 2], atol=1e-6)


def test_an_own_photo_without_a_face_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture(tmp_path / "a.jpg")
    path = own_csv(tmp_path, "file,yaw_deg,pitch_deg,roll_deg\na.jpg,1,2,3\n")
    assert read_own(path, Faces()) == []
    assert "line 2: no face found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("file,yaw_deg\na.jpg,1\n", BadLabel, "no column pitch_deg, roll_deg"),
        ("file,yaw_deg,pitch_deg,roll_deg\na.jpg,one,2,3\n", BadLabel, "line 2: angles"),
        ("file,yaw_deg,pitch_deg,roll_deg\nb.jpg,1,2,3\n", MissingData, "line 2"),
        (
            "file,yaw_deg,pitch_deg,roll_deg,x1,y1,x2,y2\na.jpg,1,2,3,9,9,5,5\n",
            BadLabel,
            "the box has no area",
        ),
    ],
)
def test_a_wrong_own_table_says_what_is_wrong(
    tmp_path: Path, text: str, error: type[Exception], message: str
) -> None:
    picture(tmp_path / "a.jpg")
    with pytest.raises(error, match=message):
        read_own(own_csv(tmp_path, text), Faces(FACE))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("300w-lp", "AFW, HELEN"), ("aflw2000", "AFLW2000-3D.zip"), ("own", "a CSV with file")],
)
def test_a_missing_folder_says_what_was_expected_there(
    tmp_path: Path, name: str, expected: str
) -> None:
    if name == "own":
        with pytest.raises(MissingData, match=expected):
            read_own(tmp_path / "none.csv", Faces())
        return
    with pytest.raises(MissingData, match=expected):
        read(name, tmp_path / "none", cache=tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingData, match=expected):
        read(name, tmp_path / "empty", cache=tmp_path)


def test_missing_biwi_and_wflw_name_their_parts(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="folders 01 to 24"):
        read_biwi(tmp_path / "none", Faces())
    with pytest.raises(MissingData, match="WFLW_images"):
        read_wflw(tmp_path, face_basis())


def test_an_unknown_reader_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="300w-lp"):
        read("300W", tmp_path, cache=tmp_path)
    assert set(READERS) >= {"300w-lp", "aflw2000", "biwi", "wflw-train", "own"}


def photo(path: Path, yaw: float = 0.0) -> Photo:
    return Photo(path=path, rotation=rotation_matrix(yaw, 0, 0), box=FACE, tag="t")


def test_the_published_filter_is_99_degrees() -> None:
    tilted = Photo(path=Path("a"), rotation=rotation_matrix(0, 98, 0), box=FACE, tag="")
    beyond = Photo(path=Path("b"), rotation=rotation_matrix(0, 0, 100), box=FACE, tag="")
    assert published_filter([tilted, beyond]) == [tilted]


def test_the_published_margin_grows_most_at_the_top() -> None:
    grown = published_margin(Box(x1=0, y1=0, x2=100, y2=100), 0.2)
    assert (grown.x1, grown.y1, grown.x2, grown.y2) == pytest.approx((-12, -40, 112, 112))


def test_margin_boxes_are_cut_wider(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 640, 480)
    plain = as_samples([photo(tmp_path / "a.png")], tmp_path / "cache")
    wide = as_samples([photo(tmp_path / "a.png")], tmp_path / "cache", margin=0.3)
    assert plain.images[0].min(axis=(0, 1))[2] > wide.images[0].min(axis=(0, 1))[2]


def test_an_unreadable_photo_is_left_out_and_crops_are_kept(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    good = picture(tmp_path / "a.png", 640, 480)
    photos = [photo(tmp_path / "bad.jpg", 10.0), photo(good, 20.0)]
    first = as_samples(photos, tmp_path / "cache")
    assert len(first) == len(first.images) == 1
    assert first.yaw_deg[0] == pytest.approx(20.0, abs=1e-3)
    good.unlink()
    again = as_samples(photos, tmp_path / "cache")
    np.testing.assert_array_equal(first.images[0], again.images[0])
