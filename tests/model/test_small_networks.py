"""The face and the eye network: twins, batches, losses, a short training, the int8 file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("keras")

from deploy.model.architectures.carry import carry  # noqa: E402
from deploy.model.architectures.eyes import eyes_twin  # noqa: E402
from deploy.model.architectures.eyes_torch import HEADS as EYE_HEADS  # noqa: E402
from deploy.model.architectures.eyes_torch import EyesNetwork  # noqa: E402
from deploy.model.architectures.face import face_twin  # noqa: E402
from deploy.model.architectures.face_torch import HEADS as FACE_HEADS  # noqa: E402
from deploy.model.architectures.face_torch import FaceNetwork  # noqa: E402
from deploy.model.architectures.parts import same  # noqa: E402
from deploy.model.augment.batch_light import disturb, disturb_strip, foreign  # noqa: E402
from deploy.model.augment.batch_warp import face_affine, moved, strip_affine, warp  # noqa: E402
from deploy.model.augment.example import Strength  # noqa: E402
from deploy.model.export.gaze_line import line_of  # noqa: E402
from deploy.model.export.lighter import faster, lighter  # noqa: E402
from deploy.model.export.mean_weights import mean_recipe, mean_state, mixed  # noqa: E402
from deploy.model.export.opcheck import report  # noqa: E402
from deploy.model.export.quantise import COPIES, quantised  # noqa: E402
from deploy.model.export.runner import Runner  # noqa: E402
from deploy.model.export.small_files import recipe_of  # noqa: E402
from deploy.model.training.eye_batches import mirrored_eyes  # noqa: E402
from deploy.model.training.face_loss import geodesic, rotation_from_6d  # noqa: E402
from deploy.model.training.learn import Run  # noqa: E402
from deploy.model.training.lesson_sets import FaceTask  # noqa: E402
from deploy.model.training.recipe import Recipe, rate_at  # noqa: E402
from tests.deploy.test_lessons import lessons  # noqa: E402

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore")]


def state_of(network: object) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in network.state_dict().items()}  # type: ignore[attr-defined]


def test_the_face_twin_says_the_same() -> None:
    network, twin = FaceNetwork().eval(), face_twin(112, 0.5)
    carry(state_of(network), twin)
    image = np.random.default_rng(0).uniform(-1, 1, (2, 112, 112, 3)).astype(np.float32)
    with torch.no_grad():
        ours = network(torch.from_numpy(image).permute(0, 3, 1, 2))
    theirs = twin(image, training=False)
    for name, values in ours.items():
        assert np.asarray(theirs[name]) == pytest.approx(values.numpy(), abs=1e-4)


def test_a_strided_filter_learns_as_the_library_says() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(6, 6, 3, 2, groups=6, bias=False)
    for height, width in ((18, 48), (9, 24), (7, 5)):
        given = torch.randn(2, 6, height, width)
        x = given.clone().requires_grad_()
        ours, wanted = same(x, layer, layer.weight), same(given, layer, layer.weight)
        assert torch.allclose(ours, wanted, atol=1e-6)
        (weight,) = torch.autograd.grad((ours**2).sum(), layer.weight)
        (truth,) = torch.autograd.grad((wanted**2).sum(), layer.weight)
        assert torch.allclose(weight, truth, atol=1e-3)


def test_the_line_of_gaze_is_found_and_yaw_is_not_shifted() -> None:
    rng = np.random.default_rng(0)
    found = rng.normal(0.2, 0.5, (4000, 2)).astype(np.float32)
    truth = found * [1.1, 0.8] + [0.0, 0.3] + rng.normal(0, 0.05, found.shape)
    gain, shift = line_of(found, truth.astype(np.float32))
    assert gain.tolist() == pytest.approx([1.1, 0.8], abs=0.02)
    assert shift.tolist() == pytest.approx([0.0, 0.3], abs=0.02)
    assert shift[0] == 0.0


def test_a_weight_without_a_place_is_told() -> None:
    state = state_of(EyesNetwork()) | {"layers.other.weight": np.zeros(1, np.float32)}
    with pytest.raises(ValueError, match="other"):
        carry(state, eyes_twin())


def test_the_eyes_file_is_int8_and_delegated_and_says_the_same(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, twin = EyesNetwork().eval(), eyes_twin()
    carry(state_of(network), twin)
    rng = np.random.default_rng(0)
    examples = {
        "strip": rng.uniform(-2.5, 2.5, (24, 54, 144, 1)).astype(np.float32),
        "head": rng.uniform(-1.5, 1.5, (24, 2)).astype(np.float32),
    }
    path = tmp_path / "eyes.tflite"
    path.write_bytes(faster(quantised(twin, examples, tuple(EYE_HEADS), ("gaze",)), examples))
    text, good = report(path)
    assert good, text
    found = Runner(path).run_all(examples)
    wanted = twin([examples["strip"], examples["head"]], training=False)
    mean = found["gaze"].reshape(24, COPIES, 2).mean(axis=1)
    assert np.abs(mean - np.asarray(wanted["gaze"])).mean() < 0.1 * np.asarray(wanted["gaze"]).std()


def test_the_face_file_made_lighter_is_int8_and_delegated_and_says_the_same(
    tmp_path: Path,
) -> None:
    twin = face_twin(112, 0.5)
    coarse = np.random.default_rng(0).uniform(-1, 1, (6, 14, 14, 3)).astype(np.float32)
    examples = {"image": coarse.repeat(8, axis=1).repeat(8, axis=2)}
    content = quantised(twin, examples, tuple(FACE_HEADS), ("pose",))
    plain, path = tmp_path / "plain.tflite", tmp_path / "face.tflite"
    plain.write_bytes(content)
    path.write_bytes(lighter(content, examples, "pose"))
    text, good = report(path)
    assert good, text
    wanted, found = Runner(plain).run_all(examples), Runner(path).run_all(examples)
    for name, values in wanted.items():
        step = Runner(path).step(name)
        assert np.abs(found[name] - values).max() < 0.05 * np.abs(values).max() + 4 * step


def test_rotations_from_six_numbers_are_rotations() -> None:
    rotation = rotation_from_6d(torch.randn(5, 6))
    assert (rotation @ rotation.transpose(1, 2)).numpy() == pytest.approx(
        np.stack([np.eye(3)] * 5), abs=1e-4
    )
    assert geodesic(rotation, rotation).max() < 1e-3


def test_a_crop_shows_the_box_in_its_middle() -> None:
    box = torch.tensor([[40.0, 40.0, 120.0, 120.0]])
    still = Strength(crop_scale=1.4, scale=0.0, shift=0.0)
    affine = face_affine(box, 112, still, torch.zeros(1))
    corners = moved(torch.tensor([[[39.5, 39.5], [119.5, 119.5]]]), affine)[0]
    assert corners.flatten().tolist() == pytest.approx([15.5, 15.5, 95.5, 95.5], abs=0.01)
    image = torch.zeros(1, 1, 160, 160)
    image[..., 40:120, 40:120] = 255.0
    crop = warp(image, affine, 112, 112)
    assert crop[0, 0, 20:92, 20:92].min() > 250
    assert crop[0, 0, :12].max() == 0


def test_a_strip_lies_level_on_the_corners() -> None:
    corners = torch.tensor([[[50.0, 60.0], [110.0, 80.0]]])
    at = moved(corners, strip_affine(corners, 36, 96, None))[0]
    assert at[:, 1].tolist() == pytest.approx([17.5, 17.5], abs=1e-3)
    assert at[:, 0].tolist() == pytest.approx([15.5, 79.5], abs=1e-3)


def test_twice_mirrored_is_the_same() -> None:
    rows = {
        name: torch.randn(3, count)
        for name, count in {"gaze": 2, "opening": 2, "closed": 2, "visible": 2, "iris": 4}.items()
    }
    again = mirrored_eyes(mirrored_eyes(rows))
    assert all(torch.equal(again[name], rows[name]) for name in rows)
    assert mirrored_eyes(rows)["iris"][0, 0] == -rows["iris"][0, 2]


def test_light_keeps_pictures_in_range() -> None:
    torch.manual_seed(0)
    for image, change in (
        (torch.rand(40, 3, 48, 48), disturb),
        (torch.rand(40, 1, 54, 144), disturb_strip),
        (torch.rand(40, 3, 48, 48), lambda x: foreign(x).clamp(0, 1)),
    ):
        seen = change(image)
        assert torch.isfinite(seen).all()
        assert seen.min() >= 0
        assert seen.max() <= 1


def test_the_rate_rises_and_falls() -> None:
    rates = [rate_at(done, 0.1) for done in (0.0, 0.05, 0.1, 0.5, 1.0)]
    assert rates[0] < rates[1] < rates[2] == pytest.approx(1.0)
    assert rates[3] > rates[4] == pytest.approx(0.01)


def test_a_run_ends_at_its_count_and_resumes(tmp_path: Path) -> None:
    lessons(6).save(tmp_path / "faces.npz")
    task = FaceTask(tmp_path, "", {"real": 0, "turned": 0, "rendered": 1}, torch.device("cpu"))
    recipe = Recipe(task="face", images=12, batch=4)
    (tmp_path / "run").mkdir()
    run = Run(recipe, task, tmp_path / "run", torch.device("cpu"))
    run.go()
    assert run.step == 3
    assert Run(recipe, task, tmp_path / "run", torch.device("cpu")).progress() >= 1.0
    assert (tmp_path / "run" / "average.pt").is_file()


def test_products_in_bfloat16_also_learn(tmp_path: Path) -> None:
    lessons(6).save(tmp_path / "faces.npz")
    task = FaceTask(tmp_path, "", {"real": 0, "turned": 0, "rendered": 1}, torch.device("cpu"))
    (tmp_path / "run").mkdir()
    recipe = Recipe(task="face", images=8, batch=4, alone=True, half=True)
    run = Run(recipe, task, tmp_path / "run", torch.device("cpu"))
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.go()
    after = run.network.state_dict()
    assert all(value.dtype != torch.bfloat16 for value in after.values())
    assert not torch.equal(before["layers.pose.weight"], after["layers.pose.weight"])


def test_a_frozen_layer_stays_and_pictures_come_alone(tmp_path: Path) -> None:
    lessons(6).save(tmp_path / "faces.npz")
    task = FaceTask(tmp_path, "", {"real": 0, "turned": 0, "rendered": 1}, torch.device("cpu"))
    recipe = Recipe(task="face", images=8, batch=4, alone=True, frozen="stem,stage0")
    (tmp_path / "run").mkdir()
    run = Run(recipe, task, tmp_path / "run", torch.device("cpu"))
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.go()
    assert len(task.batch(4).image) == 4
    changed = {n for n, value in run.network.state_dict().items() if not value.equal(before[n])}
    assert not any(name.startswith(("layers.stem", "layers.stage0")) for name in changed)
    assert "layers.stage1_block0_expand_conv.weight" in changed
    assert "layers.stage1_block0_expand_norm.running_mean" in changed


def test_a_card_tells_what_a_run_began_at_but_no_places(tmp_path: Path) -> None:
    for name, recipe in (("first", {"batch": 2}), ("second", {"weights": "", "batch": 4})):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    (tmp_path / "first" / "log.csv").write_text("step,images\n1,10\n2,20\n", encoding="utf-8")
    begun = {"weights": str(tmp_path / "first" / "average.pt")}
    (tmp_path / "second" / "recipe.json").write_text(json.dumps(begun), encoding="utf-8")
    told = recipe_of(tmp_path / "second" / "average.pt")
    assert told == {"weights": {"batch": 2, "seen": 20}}
    assert recipe_of(tmp_path / "none" / "average.pt") == {}


def test_the_mean_of_two_runs_lies_between_them_and_tells_their_seeds() -> None:
    first, second = EyesNetwork(), EyesNetwork()
    mean = mean_state([first.state_dict(), second.state_dict()])
    weight = "layers.gaze.weight"
    middle = (first.state_dict()[weight] + second.state_dict()[weight]) / 2
    assert torch.allclose(mean[weight], middle)
    EyesNetwork().load_state_dict(mean)
    nearer = mixed(first.state_dict(), second.state_dict(), 0.5)
    assert torch.allclose(nearer[weight], middle)
    start = mixed(first.state_dict(), second.state_dict(), 1.0)
    assert torch.allclose(start[weight], second.state_dict()[weight])
    told = mean_recipe([{"seed": 1, "seen": 5, "batch": 4}, {"seed": 2, "seen": 7, "batch": 4}])
    assert told == {"seed": [1, 2], "seen": 12, "batch": 4}
