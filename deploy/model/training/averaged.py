"""Weights averaged along a run: less noise than any one step's."""

from __future__ import annotations

import copy

import torch
from torch import nn

EVERY = 4
"""Steps between two that are taken in."""


class Averaged:
    """``network``: the mean so far, for judging; ``half_life``: share of the whole run."""

    def __init__(self, network: nn.Module, half_life: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self._half_life = half_life

    @torch.no_grad()
    def take(self, network: nn.Module, step: int, done: float) -> None:
        """Takes in the weights after a step, at that share of the run; early ones fade sooner."""
        if step % EVERY:
            return
        steps = step / max(done, 1e-6)
        half_life = max(1.0, min(self._half_life * steps, step / 8))
        keep = 0.5 ** (EVERY / half_life)
        mine, theirs = self.network.state_dict(), network.state_dict()
        means = [value for value in mine.values() if value.is_floating_point()]
        news = [theirs[name] for name, value in mine.items() if value.is_floating_point()]
        torch._foreach_lerp_(means, news, 1.0 - keep)
