"""Every architecture builds, takes the common loss, and says how its pose is to be read."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("default")]
keras = pytest.importorskip("keras")

from keras import ops  # noqa: E402

from deploy.model.architectures import architecture, names  # noqa: E402
from deploy.model.architectures.macs import macs  # noqa: E402
from deploy.model.base.predict import predict  # noqa: E402
from deploy.model.export.convert import image_examples  # noqa: E402
from deploy.model.export.equalise import equalise  # noqa: E402
from deploy.model.training.losses import mirror_loss, pose_loss  # noqa: E402
from deploy.model.training.start import begin, freeze, graft, transplant  # noqa: E402

LIGHT = [name for name in names() if name not in ("resnet50-angles", "mobilevit-xxs")]


def _targets(count: int) -> dict[str, object]:
    return {
        "rotation": ops.convert_to_tensor(np.stack([np.eye(3, dtype=np.float32)] * count)),
        "points": ops.zeros((count, 68, 3)),
        **{name: ops.ones((count,)) for name in ("weight", "seen")},
        "absent": ops.zeros((count,)),
    }


@pytest.mark.parametrize("name", LIGHT)
def test_an_untrained_network_sees_a_frontal_face(name: str) -> None:
    entry = architecture(name)
    network = entry.build(64, 0.35)
    outputs = network(ops.zeros((2, 64, 64, 3)))
    assert outputs["pose"].shape[1] == {"rotation6d": 6, "angles": 3}[entry.head]
    assert float(pose_loss(_targets(2), outputs)) < 8.0
    assert 1e6 < macs(network) < 3e7


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match="mobilenetv2-6d"):
        architecture("vgg")


def test_published_weights_fit_the_trunk() -> None:
    network = architecture("mobilenetv2-6d").build(64, 0.35)
    donor = keras.applications.MobileNetV2(
        alpha=0.35, include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    assert transplant(donor, network) == 102
    image = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype(np.float32)
    ours = keras.Model(network.inputs, network.get_layer("stage6_block0_project_norm").output)
    theirs = keras.Model(donor.inputs, donor.get_layer("block_16_project_BN").output)
    found, wanted = (ops.convert_to_numpy(model(image)) for model in (ours, theirs))
    assert found == pytest.approx(wanted, abs=1e-3)


def test_freezing_leaves_the_last_blocks_and_the_heads() -> None:
    network = architecture("mobilenetv2-6d").build(64, 0.35)
    every = len(network.trainable_variables)
    freeze(network, "last-3")
    free = {variable.path.split("/")[0] for variable in network.trainable_variables}
    assert len(network.trainable_variables) < every
    assert "pose" in free
    assert "stage5_block1_expand_conv" in free
    assert "stage5_block0_expand_conv" not in free
    freeze(network, "base")
    assert "stage6_block0_project_conv" not in {
        variable.path.split("/")[0] for variable in network.trainable_variables
    }


def test_missing_start_weights_say_what_was_expected() -> None:
    network = architecture("mobilenetv2-6d").build(64, 0.35)
    with pytest.raises(FileNotFoundError, match=r"average\.npz"):
        begin(network, "nowhere.npz", 0.35)
    with pytest.raises(ValueError, match="widths"):
        begin(network, "imagenet", 0.4)


def test_the_mirror_loss_is_nothing_for_a_symmetric_answer() -> None:
    pose = ops.convert_to_tensor([[0.3, -0.1, 0.2]])
    mirrored = ops.convert_to_tensor([[-0.3, -0.1, -0.2]])
    assert float(mirror_loss(pose, mirrored)) < 1e-3
    assert float(mirror_loss(pose, pose)) > 0.3


@pytest.mark.parametrize("name", ["mobilenetv2-6d", "mobilenetv2-stages", "fusion"])
def test_even_channels_change_no_result(name: str) -> None:
    network = architecture(name).build(64, 0.35)
    rng = np.random.default_rng(0)
    for layer in network.layers:  # an untrained normalisation would hide a wrong fold
        if layer.name.endswith("norm"):
            layer.set_weights([rng.uniform(0.5, 2.0, w.shape) for w in layer.get_weights()])
    crops = rng.integers(0, 256, (4, 64, 64, 3), np.uint8)
    before = predict(network, crops)
    equalise(network, image_examples(crops))
    after = predict(network, crops)
    for key in ("pose", "spread"):
        assert after[key] == pytest.approx(before[key], rel=1e-3, abs=1e-3)


def test_a_grafted_network_begins_by_saying_what_its_donor_said() -> None:
    donor = architecture("mobilenetv2-6d").build(64, 0.35)
    network = architecture("mobilenetv2-stages").build(64, 0.35)
    assert {name.split("_")[0] for name in graft(donor, network)} == {"tap0", "tap1"}
    crops = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    wanted, found = predict(donor, crops), predict(network, crops)
    assert found["pose"] == pytest.approx(wanted["pose"], abs=1e-5)


def test_what_does_not_fit_is_no_graft() -> None:
    donor = architecture("mobilenetv2-6d").build(64, 0.5)
    with pytest.raises(ValueError, match="do not begin"):
        graft(donor, architecture("mobilenetv2-stages").build(64, 0.35))
