"""The eye network in PyTorch: lids, irises and gaze from one grey strip of both eyes.

Its Keras twin for export is ``eyes.py``. A degree of gaze is a sixth of a millimetre at the iris, a
tenth of a strip's pixel: so the strip is as fine as cameras show it, and an earlier map, four times
as fine as the last, is read beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from deploy.model.architectures.parts import Parts, halved

HEIGHT, WIDTH = 54, 144
STEM, STEM_KERNEL, STEM_STRIDE = 16, 6, 3
LAST, TAP, HIDDEN = 160, 40, 96
TAPPED = 1
"""The block whose map is read beside the last."""
# (channels, expansion, stride)
BLOCKS = ((24, 3, 2), (24, 4, 1), (40, 4, 2), (40, 4, 1), (40, 4, 1), (56, 4, 1))
HEADS = {"gaze": 2, "gaze_spread": 1, "opening": 2, "closed": 2, "visible": 2, "iris": 4}


class EyesNetwork(Parts):
    """(N, 1, 54, 144) normalised grey and (N, 2) head yaw / 60, pitch / 60 → outputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.add_conv("stem", 1, STEM, STEM_KERNEL, STEM_STRIDE)
        before = STEM
        for i, (outputs, expansion, stride) in enumerate(BLOCKS):
            self.add_block(f"block{i}", before, outputs, expansion, stride)
            before = outputs
        self.add_pool("tap", BLOCKS[TAPPED][0], TAP, _map_after(1))
        self.add_pool("last", before, LAST, _map_after(2))
        self.add_dense("eyes_hidden", LAST + TAP, HIDDEN)
        self.add_dense("head_hidden", 2, HIDDEN)
        for name, count in HEADS.items():
            self.add_dense(name, HIDDEN, count)
        with torch.no_grad():
            self.layers["gaze_spread"].weight.zero_()

    def forward(self, strip: Tensor, head: Tensor) -> dict[str, Tensor]:
        x = self.conv(strip, "stem")
        for i in range(len(BLOCKS)):
            x = self.block(x, f"block{i}")
            if i == TAPPED:
                tap = self.pool(x, "tap")
        seen = self.layers["eyes_hidden"](torch.cat([self.pool(x, "last"), tap], dim=1).float())
        hidden = functional.relu6(seen + self.layers["head_hidden"](head))
        return {name: self.layers[name](hidden) for name in HEADS}


def _map_after(strides: int) -> tuple[int, int]:
    """Rows and columns of the map behind the stem and so many strides of 2."""
    return halved(HEIGHT // STEM_STRIDE, strides), halved(WIDTH // STEM_STRIDE, strides)
