"""Weights of the eye network before, for strips of 96 × 36 pixels, made those of this one.

    python -m deploy.model.training.finer_eyes BEFORE/average.pt --out RUN/average.pt

The strip shows the same part of the face in half as many pixels again: the first filter is spread
over them by the share of each that its old pixels cover, all maps behind it stay as large. The
earlier map that is read now begins with no say. So the network begins by saying what it said.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from deploy.model.architectures.eyes_torch import (
    LAST,
    STEM_KERNEL,
    STEM_STRIDE,
    EyesNetwork,
)

BEFORE_STRIDE = 2
_BEGIN = (STEM_KERNEL - STEM_STRIDE) // 2
"""Pixels of the new filter that lie before the first of the old one: Keras's padding."""


def finer(before: dict[str, Tensor], network: EyesNetwork) -> dict[str, Tensor]:
    """A state for ``network`` from one of strips of 96 × 36."""
    state = dict[str, Tensor](network.state_dict())
    for name, value in before.items():
        if name == "layers.stem_conv.weight":
            state[name] = spread(value)
        elif name == "layers.eyes_hidden.weight":
            state[name] = torch.zeros_like(state[name])
            state[name][:, :LAST] = value
        else:
            state[name] = value
    return state


def spread(weight: Tensor) -> Tensor:
    """(N, 1, 3, 3) of the old pixels → (N, 1, K, K) of the new ones."""
    share = _covered(weight.shape[2])
    return torch.einsum("ik,nckl,jl->ncij", share, weight, share)


def _covered(taps: int) -> Tensor:
    """(K, taps): the part of each old pixel that a new one makes up."""
    ratio = STEM_STRIDE / BEFORE_STRIDE
    new = torch.arange(STEM_KERNEL)[:, None] - float(_BEGIN)
    old = torch.arange(taps)[None] * ratio
    length = torch.minimum(new + 1, old + ratio) - torch.maximum(new, old)
    return length.clamp(min=0.0) / ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(finer(torch.load(args.before), EyesNetwork()), args.out)


if __name__ == "__main__":
    main()
