"""The article's network in Keras: it builds faces as the fit does, and it learns."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from deploy.model.data.datasets import SIDE, Samples
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.testing.heads import Head, random_head
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.levenberg_marquardt import rodrigues
from edge_pose.vision.geometry import rotation_matrix

BASIS = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").chosen(identity=4, expression=3)

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


def test_its_face_layer_projects_as_the_fit_does() -> None:
    from deploy.model.morphable.network import START_SCALE, MorphableFace

    rng = np.random.default_rng(0)
    part = BASIS.chosen(IBUG_68)
    coefficients, turn = rng.normal(0, 1, (5, 7)), rng.normal(0, 0.7, (5, 3))
    camera = rng.normal(0, 0.2, (5, 3))
    points = np.asarray(MorphableFace(part.mean, part.modes)(coefficients, turn, camera))
    for i in range(5):
        turned = part.shape(coefficients[i]) @ rodrigues(turn[i]).T
        scale = START_SCALE * np.exp(camera[i, 0])
        expected = scale * turned[:, :2] * (1.0, -1.0) + camera[i, 1:]
        assert points[i] == pytest.approx(expected, abs=1e-4)


def test_reprojection_passes_over_unknown_landmarks() -> None:
    from deploy.model.morphable.network import reprojection

    truth, points = np.zeros((1, 68, 2), np.float32), np.zeros((1, 68, 2), np.float32)
    points[0, 3] = 5.0
    assert float(reprojection(truth, points)[0]) > 0.05
    truth[0, 3] = np.nan
    assert float(reprojection(truth, points)[0]) == 0.0


def test_it_learns_from_landmarks_alone_and_comes_back_from_its_file(tmp_path: Path) -> None:
    import keras

    from deploy.model.morphable.network import build, compiled, load, targets

    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    heads = [random_head(BASIS.chosen(IBUG_68), rng) for _ in range(16)]
    points = np.stack([head.seen(size_px=1.0, at=(0.0, 0.0))[:, :2] for head in heads])
    images = rng.uniform(-1, 1, (16, 32, 32, 3)).astype(np.float32)
    model = compiled(build(BASIS, size=32, width=0.35), learning_rate=3e-3)
    wanted = targets(points.astype(np.float32), BASIS)
    history = model.fit(images, wanted, epochs=8, batch_size=8, verbose=0).history["loss"]
    assert history[-1] < 0.9 * history[0]
    path = tmp_path / "network.keras"
    model.save(path)
    again = load(path)
    assert np.asarray(again(images)["points"]) == pytest.approx(
        np.asarray(model(images)["points"]), abs=1e-5
    )


def faces(count: int = 12) -> Samples:
    """Dark crops with a bright dot on each nose tip, and heads looking ahead."""
    images = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    points = np.zeros((count, 68, 3), np.float32)
    part = BASIS.chosen(IBUG_68)
    for i in range(count):
        head = Head(shape=part.mean, rotation=np.eye(3))
        points[i] = head.seen(size_px=80.0, at=(78.0 + i, 70.0))
        x, y = points[i, 30, :2].round().astype(int)
        images[i, y - 2 : y + 3, x - 2 : x + 3] = 255
    low, high = points[:, :, :2].min(axis=1), points[:, :, :2].max(axis=1)
    return Samples(
        images=images,
        rotation=np.repeat(np.eye(3, dtype=np.float32)[None], count, axis=0),
        box=np.concatenate([low, high], axis=1),
        points=points,
        weight=np.ones(count, np.float32),
        turned=np.zeros(count, bool),
        tag=np.full(count, ""),
    )


def test_batches_show_the_landmarks_where_they_are_in_the_picture() -> None:
    from deploy.model.augment.example import Strength
    from deploy.model.morphable import train_network

    rng = np.random.default_rng(0)
    still = Strength(rotate_deg=20.0, occlusion=False, photometry=False)
    feed = train_network.batches(faces(), BASIS, 64, 4, rng=rng, strength=still)
    for _, (images, wanted) in zip(range(6), feed, strict=False):
        assert images.shape == (4, 64, 64, 3)
        assert (images.min(), images.max()) == pytest.approx((-1.0, 1.0), abs=0.5)
        for image, points in zip(images, wanted["points"], strict=True):
            bright = np.argwhere(image[:, :, 0] > image.max() - 0.5).mean(axis=0)
            nose = (points[30, ::-1] + 1.0) * 32.0 - 0.5
            assert bright == pytest.approx(nose, abs=1.5)


def test_an_untrained_network_says_ahead_and_is_measured_by_the_labels() -> None:
    import keras

    from deploy.model.morphable.network import build
    from deploy.model.morphable.train_network import measured

    keras.utils.set_random_seed(0)
    samples = faces()
    errors = measured(build(BASIS, size=32, width=0.35), samples, 32)
    assert errors.count == len(samples)
    assert errors.geodesic < 0.1
    turned = dataclasses.replace(
        samples, rotation=np.repeat(rotation_matrix(30, 0, 0)[None], len(samples), axis=0)
    )
    assert measured(build(BASIS, size=32, width=0.35), turned, 32).yaw == pytest.approx(30, abs=0.1)
