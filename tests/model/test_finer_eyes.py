"""A finer strip and an earlier map change nothing that the eye network said before."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from deploy.model.architectures.eyes_torch import (  # noqa: E402
    HEIGHT,
    LAST,
    STEM,
    WIDTH,
    EyesNetwork,
)
from deploy.model.architectures.parts import same  # noqa: E402
from deploy.model.training.finer_eyes import finer, spread  # noqa: E402

pytestmark = pytest.mark.model


def _coarser(fine: torch.Tensor) -> torch.Tensor:
    """Pixels half as large again, each the mean of what it covers."""
    halves = fine.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return functional.avg_pool2d(halves, 3)


def test_the_first_filter_says_of_finer_pixels_what_it_said_of_coarser_ones() -> None:
    torch.manual_seed(0)
    fine, weight = torch.rand(2, 1, HEIGHT, WIDTH), torch.randn(STEM, 1, 3, 3)
    before = torch.nn.Conv2d(1, STEM, 3, 2, bias=False)
    stem = EyesNetwork().layers["stem_conv"]
    wanted = same(_coarser(fine), before, weight)
    found = same(fine, stem, spread(weight))
    assert found.shape == wanted.shape
    inside = (..., slice(1, -1), slice(1, -1))
    assert torch.allclose(found[inside], wanted[inside], atol=1e-5)


def test_the_earlier_map_has_no_say_at_first() -> None:
    torch.manual_seed(0)
    network = EyesNetwork().eval()
    before = {name: value for name, value in network.state_dict().items() if "tap" not in name}
    before["layers.eyes_hidden.weight"] = before["layers.eyes_hidden.weight"][:, :LAST]
    before["layers.stem_conv.weight"] = torch.randn(STEM, 1, 3, 3)
    network.load_state_dict(finer(before, network))
    strip, head = torch.randn(3, 1, HEIGHT, WIDTH), torch.zeros(3, 2)
    first = network(strip, head)
    network.layers["tap_conv"].weight.data.normal_()
    assert torch.equal(network(strip, head)["gaze"], first["gaze"])
