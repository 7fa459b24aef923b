"""Several processes that learn one network, each with pictures of its own: gradients are averaged.

    torchrun --nproc-per-node 2 -m deploy.model.training.learn face …

On a processor this is quicker than threads: those wait for each other at every operation, processes
once a step.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, distributed


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """``rank``: which of ``count`` processes this is."""

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this one judges, tells and saves for all."""
        return self.rank == 0

    @torch.no_grad()
    def average(self, values: Sequence[Tensor]) -> None:
        """Puts everybody's mean in the place of each value."""
        if self.count == 1:
            return
        flat = torch.cat([value.flatten() for value in values])
        distributed.all_reduce(flat)
        flat /= self.count
        parts = flat.split([value.numel() for value in values])
        for value, part in zip(values, parts, strict=True):
            value.copy_(part.view_as(value))


ALONE = Peers()


def joined() -> Peers:
    """The others that ``torchrun`` started with this process; alone without it."""
    if not distributed.is_torchelastic_launched():
        return ALONE
    if not distributed.is_initialized():
        distributed.init_process_group("gloo")
    return Peers(rank=int(os.environ["RANK"]), count=distributed.get_world_size())
