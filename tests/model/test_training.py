"""A tiny model from made-up pictures to a checked int8 file, interrupted on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("default")]
pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from deploy.model.base.accuracy import accuracy  # noqa: E402
from deploy.model.base.angles import geodesic_deg, rotations_from_6d, rotations_from_euler  # noqa: E402
from deploy.model.base.estimates import estimate, open_model  # noqa: E402
from deploy.model.base.predict import predict  # noqa: E402
from deploy.model.base.weights import read_values  # noqa: E402
from deploy.model.data.datasets import Samples  # noqa: E402
from deploy.model.export.centre import centre  # noqa: E402
from deploy.model.export.export import export, finished, trained  # noqa: E402
from deploy.model.export.opcheck import operators, report  # noqa: E402
from deploy.model.training.train import Recipe, train  # noqa: E402
from edge_pose.models.card import read_card  # noqa: E402
from edge_pose.vision.face.pose_network import HeadPoseModel  # noqa: E402

RECIPE = Recipe(width=0.35, size=64, images=64, epoch=16, batch=8, warm_up=8)


def _samples(count: int) -> Samples:
    rng = np.random.default_rng(3)
    angles = rng.uniform(-30, 30, (count, 3))
    return Samples(
        images=rng.integers(0, 256, (count, 160, 160, 3), np.uint8),
        rotation=rotations_from_euler(angles).astype(np.float32),
        box=np.tile(np.array([40, 40, 120, 120], np.float32), (count, 1)),
        points=rng.uniform(40, 120, (count, 68, 3)).astype(np.float32),
        weight=np.ones(count, np.float32),
        turned=np.zeros(count, bool),
        tag=np.full(count, "made up"),
    )


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training of four epochs, broken off after two and taken up again."""
    folder = tmp_path_factory.mktemp("run")
    samples = _samples(16)
    train(RECIPE, [samples], samples, folder, stop_after=2)
    train(RECIPE, [samples], samples, folder)
    return folder


@pytest.fixture(scope="module")
def model_file(run_folder: Path) -> Path:
    out = run_folder / "tiny_int8.tflite"
    export(run_folder, [_samples(16)], _samples(16), out)
    return out


def test_training_goes_on_where_it_was_interrupted(run_folder: Path) -> None:
    rows = (run_folder / "log.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", "1", "2", "3", "4"]
    assert int(read_values(run_folder / "checkpoint.npz")["epoch"][0][0]) == 4


def test_a_resumed_optimizer_has_counted_every_step(run_folder: Path) -> None:
    counter = read_values(run_folder / "checkpoint.npz")["optimizer"][0]
    assert int(counter) == 8


def test_int8_says_nearly_what_the_float_network_says(run_folder: Path, model_file: Path) -> None:
    network, _ = finished(run_folder, _samples(16))
    crops = _samples(16).images[:, 48:112, 48:112]
    wanted = rotations_from_6d(predict(network, crops)["pose"])
    found = estimate(open_model(model_file), crops).rotation
    assert accuracy(found, wanted).mean < 3.0


def test_every_operator_is_int8_and_delegated(model_file: Path) -> None:
    text, good = report(model_file)
    assert good, text
    assert len(operators(model_file)) == 65


def test_the_check_fails_on_a_float_model(run_folder: Path) -> None:
    from deploy.model.export.convert import to_tflite

    path = run_folder / "float.tflite"
    path.write_bytes(to_tflite(trained(run_folder)[0], "float32"))
    assert not report(path)[1]


def test_the_runtime_takes_the_file_by_its_card(model_file: Path) -> None:
    card = read_card(model_file)
    assert (card.input.size, card.head) == (64, "rotation6d")
    pose = HeadPoseModel(model_file).read(np.zeros((64, 64, 3), np.uint8))
    assert pose.std_deg is not None
    assert pose.std_deg > 0
    assert json.loads(model_file.with_suffix(".json").read_text("utf-8"))["licence"]


def test_the_recipe_decides_what_training_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Seen(Exception):
        pass

    def feed(*_: object, **options: object) -> None:
        raise Seen(options)

    monkeypatch.setattr("deploy.model.training.train.Feed", feed)
    recipe = replace(RECIPE, style=0.3, seed=7)
    with pytest.raises(Seen) as caught:
        train(recipe, [_samples(8)], _samples(8), tmp_path)
    options = caught.value.args[0]
    assert (options["strength"].style, options["seed"], options["size"]) == (0.3, 7, 64)


def test_centring_takes_out_a_constant_turn(run_folder: Path) -> None:
    network, _ = trained(run_folder)
    crops = np.ascontiguousarray(_samples(16).images[:, 48:112, 48:112])
    before = rotations_from_6d(predict(network, crops)["pose"])
    off = rotations_from_euler(np.array([[3.0, -5.0, 2.0]]))[0]
    centre(network, crops, off @ before)
    after = rotations_from_6d(predict(network, crops)["pose"])
    assert geodesic_deg(after, off @ before).max() < 0.05
