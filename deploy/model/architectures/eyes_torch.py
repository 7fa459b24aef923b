"""The eye network in PyTorch: lids, irises and gaze from one grey strip of both eyes.

Its Keras twin for export is ``eyes.py``.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from deploy.model.architectures.parts import Parts, halved

HEIGHT, WIDTH = 36, 96
STEM, LAST, HIDDEN = 16, 160, 96
# (channels, expansion, stride)
BLOCKS = ((24, 3, 2), (24, 4, 1), (40, 4, 2), (40, 4, 1), (40, 4, 1), (56, 4, 1))
HEADS = {"gaze": 2, "gaze_spread": 1, "opening": 2, "closed": 2, "visible": 2, "iris": 4}


class EyesNetwork(Parts):
    """(N, 1, 36, 96) normalised grey and (N, 2) head yaw / 60, pitch / 60 → outputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.add_conv("stem", 1, STEM, 3, 2)
        before = STEM
        for i, (outputs, expansion, stride) in enumerate(BLOCKS):
            self.add_block(f"block{i}", before, outputs, expansion, stride)
            before = outputs
        self.add_pool("last", before, LAST, (halved(HEIGHT, 3), halved(WIDTH, 3)))
        self.add_dense("eyes_hidden", LAST, HIDDEN)
        self.add_dense("head_hidden", 2, HIDDEN)
        for name, count in HEADS.items():
            self.add_dense(name, HIDDEN, count)
        with torch.no_grad():
            self.layers["gaze_spread"].weight.zero_()

    def forward(self, strip: Tensor, head: Tensor) -> dict[str, Tensor]:
        x = self.conv(strip, "stem")
        for i in range(len(BLOCKS)):
            x = self.block(x, f"block{i}")
        seen = self.layers["eyes_hidden"](self.pool(x, "last").float())
        hidden = functional.relu6(seen + self.layers["head_hidden"](head))
        return {name: self.layers[name](hidden) for name in HEADS}
