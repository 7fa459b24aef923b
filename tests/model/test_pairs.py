"""Pairs of one pose, statistics that stand still, processes that learn together."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from deploy.model.architectures.parts import norm, normed  # noqa: E402
from deploy.model.augment.example import Strength  # noqa: E402
from deploy.model.training.face_batches import Looks, face_batch  # noqa: E402
from deploy.model.training.face_loss import face_loss  # noqa: E402
from deploy.model.training.shelf import Draw, Shelf  # noqa: E402
from tests.deploy.test_lessons import lessons  # noqa: E402

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore")]


def shelf() -> Shelf:
    """Two parts of four pictures; in each the second and third are a pair."""
    pair = np.array([-1, 7, 7, -1], np.int32)
    parts = [replace(lessons(4), pair=pair), replace(lessons(4), pair=pair)]
    return Shelf(parts, (3, 160, 160), torch.device("cpu"))


def test_pairs_are_found_within_their_part() -> None:
    assert shelf().twins.tolist() == [[1, 2], [5, 6]]


def test_pairs_of_held_out_people_are_not_drawn() -> None:
    held = shelf()
    held.labels["split"][1:3] = 1
    first, second = Draw(held, {2: 1.0}).twins(20)
    levels = {int(image[0, 0, 0]) for image in torch.cat([first["image"], second["image"]])}
    assert levels == {10, 20}
    assert (first["image"][:, 0, 0, 0] != second["image"][:, 0, 0, 0]).all()


@pytest.mark.parametrize("beside", [True, False])
def test_a_pair_is_cut_and_turned_alike(beside: bool) -> None:
    torch.manual_seed(0)
    looks = Looks(beside=beside, pairs=6)
    batch = face_batch(Draw(shelf(), {2: 1.0}), 20, 112, Strength(photometry=False), looks)
    assert len(batch.image) == (40 if beside else 20)
    rotation, absent = batch.rotation[:20], batch.absent[:20]
    assert torch.equal(rotation[8:14], rotation[14:20])
    assert torch.equal(absent[8:14], absent[14:20])
    assert not torch.equal(rotation[2:8], rotation[8:14])


def test_the_pair_term_is_least_where_both_say_the_same() -> None:
    torch.manual_seed(0)
    looks = Looks(beside=False, pairs=4)
    batch = face_batch(Draw(shelf(), {2: 1.0}), 8, 112, Strength(), looks)
    found = {
        "pose": torch.tensor([[1.0, 0, 0, 0, 1.0, 0]]).repeat(8, 1),
        "spread": torch.zeros(8, 1),
        "landmarks": torch.zeros(8, 136),
        "landmark_spread": torch.zeros(8, 68),
        "flags": torch.zeros(8, 7),
    }
    alike = face_loss(found, batch, looks)["pair"]
    found["pose"][4:] = torch.tensor([0.0, 1.0, 0, -1.0, 0, 0])
    apart = face_loss(found, batch, looks)["pair"]
    assert alike < 1e-3
    assert apart > 0.3


def test_still_statistics_become_part_of_the_weights() -> None:
    torch.manual_seed(0)
    layer, normal = torch.nn.Conv2d(4, 6, 3, bias=False), norm(6)
    with torch.no_grad():
        for values in (normal.weight, normal.running_var):
            values.uniform_(0.5, 2.0)
        for values in (normal.bias, normal.running_mean):
            values.normal_()
    normal.eval()
    x = torch.randn(3, 4, 9, 9)
    wanted = normal(torch.nn.functional.conv2d(x, layer.weight, padding=1))
    ours = normed(x, layer, normal)
    assert torch.allclose(ours, wanted, atol=1e-5)
    learned = [layer.weight, normal.weight, normal.bias]
    for a, b in zip(
        torch.autograd.grad((ours**2).sum(), learned),
        torch.autograd.grad((wanted**2).sum(), learned),
        strict=True,
    ):
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-2)


def test_two_processes_learn_one_network(tmp_path: Path) -> None:
    lessons(6).save(tmp_path / "faces.npz")
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    told = [
        "face",
        "--device=cpu",
        "--alone",
        "--rendered=1",
        "--batch=2",
        "--images=12",
        "--pairs=1",
    ]
    folders = ["--lessons", str(tmp_path), "--out", str(tmp_path / "run")]
    learn = ["-m", "deploy.model.training.learn", *told, *folders]
    subprocess.run([*start, *learn], check=True, capture_output=True)
    checkpoint = torch.load(tmp_path / "run" / "checkpoint.pt")
    assert checkpoint["step"] == 3
