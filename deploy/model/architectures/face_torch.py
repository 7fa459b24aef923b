"""The face network in PyTorch: pose, landmarks and what is seen of a face, from one crop.

A MobileNetV2 of three read-out stages; its Keras twin for export is ``face.py``.
"""

from __future__ import annotations

import torch
from torch import Tensor

from deploy.model.architectures.parts import Parts, halved

# (expansion, channels, blocks, stride of the first), as mobilenet.STAGES
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
STEM, LAST, TAP = 32, 960, 96
TAPS = {"stage2_block2": (0, 3), "stage4_block2": (1, 4)}
"""The last blocks of 1/8 and 1/16 of the image's size: number of the tap, strides before it."""
FLAGS = ("face", "eye_left_visible", "eye_right_visible", "glasses", "dark_glasses", "mask", "hand")
HEADS = {"pose": 6, "spread": 1, "landmarks": 136, "landmark_spread": 68, "flags": len(FLAGS)}


def channels(count: int, width: float) -> int:
    """A multiple of 8, never more than 10 % below the exact number (as in the paper's code)."""
    rounded = max(8, int(count * width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * count * width else rounded


class FaceNetwork(Parts):
    """(N, 3, S, S) from -1 to 1 → outputs by name, see ``HEADS``."""

    def __init__(self, size: int = 112, width: float = 0.5) -> None:
        super().__init__()
        self.size, self.width = size, width
        before = channels(STEM, width)
        self.add_conv("stem", 3, before, 3, 2)
        for name, inputs, outputs, expansion, stride in self.blocks():
            self.add_block(name, inputs, outputs, expansion, stride)
            if name in TAPS:
                tap, strides = TAPS[name]
                side = halved(size, strides)
                self.add_pool(f"tap{tap}", outputs, TAP, (side, side))
            before = outputs
        side = halved(size, 5)
        self.add_pool("last", before, LAST, (side, side))
        for name, count in HEADS.items():
            self.add_dense(name, LAST + 2 * TAP, count)
        self._begin()

    def blocks(self) -> list[tuple[str, int, int, int, int]]:
        """Name, channels in and out, expansion and stride of every block."""
        out, before = [], channels(STEM, self.width)
        for stage, (expansion, count, blocks, stride) in enumerate(STAGES):
            after = channels(count, self.width)
            for block in range(blocks):
                step = stride if block == 0 else 1
                out.append((f"stage{stage}_block{block}", before, after, expansion, step))
                before = after
        return out

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        features = self.features(x).float()
        return {name: self.layers[name](features) for name in HEADS}

    def features(self, x: Tensor) -> Tensor:
        x = self.conv(x, "stem")
        taps = []
        for name, *_ in self.blocks():
            x = self.block(x, name)
            if name in TAPS:
                taps.append(self.pool(x, f"tap{TAPS[name][0]}"))
        return torch.cat([self.pool(x, "last"), *taps], dim=1)

    def _begin(self) -> None:
        """Training starts at a frontal face of which nothing is known."""
        with torch.no_grad():
            for name in ("spread", "landmark_spread"):
                self.layers[name].weight.zero_()
            for name in ("pose", "landmarks", "flags"):
                self.layers[name].weight.mul_(0.1)
            self.layers["pose"].bias.copy_(torch.tensor([1.0, 0, 0, 0, 1.0, 0]))
