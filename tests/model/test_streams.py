"""Residual streams evened out before int8: the same function, channels of one size."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("default")]

from deploy.model.architectures import architecture  # noqa: E402
from deploy.model.base.predict import predict  # noqa: E402
from deploy.model.export.convert import image_examples  # noqa: E402
from deploy.model.export.peaks import peaks_of  # noqa: E402
from deploy.model.export.streams import MOST, equalise_streams, streams  # noqa: E402


def _uneven(name: str) -> keras.Model:
    """A network whose channels differ in size."""
    network = architecture(name).build(64, 0.35)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.3, 2.0, w.shape) for w in layer.get_weights()])
    return network


@pytest.mark.parametrize("name", ["mobilenetv2-6d", "mobilenetv2-stages", "mobilenetv2-coord"])
def test_a_network_with_even_streams_says_the_same(name: str) -> None:
    network = _uneven(name)
    crops = np.random.default_rng(1).integers(0, 256, (4, 64, 64, 3), np.uint8)
    before = predict(network, crops)
    equalise_streams(network, image_examples(crops))
    after = predict(network, crops)
    for key, wanted in before.items():
        assert after[key] == pytest.approx(wanted, rel=1e-3, abs=1e-3)


def test_every_channel_of_a_stream_reaches_as_far() -> None:
    network = _uneven("mobilenetv2-stages")
    crops = np.random.default_rng(1).integers(0, 256, (4, 64, 64, 3), np.uint8)
    examples = image_examples(crops)

    def unevenness() -> list[float]:
        out = []
        for stream in streams(network):
            peaks = peaks_of(network, stream.maps, examples)
            reached = np.max([peaks[name] for name in stream.maps], axis=0)
            out.append(float(reached.max() / reached.min()))
        return out

    before = unevenness()
    equalise_streams(network, examples)
    assert len(before) == 7, "one stream a stage"
    assert max(before) > 1.5
    wanted = [max(1.0, ratio / MOST) for ratio in before]
    assert unevenness() == pytest.approx(wanted, rel=1e-2)


def test_what_an_attention_reads_is_left_alone() -> None:
    """It is no convolution: dividing its weights by channel is not the same."""
    plain, attentive = _uneven("mobilenetv2-6d"), _uneven("mobilenetv2-coord")
    assert len(streams(attentive)) < len(streams(plain))
