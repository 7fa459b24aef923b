"""Lessons on the device that trains: pictures as bytes, labels as tensors, drawn by odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deploy.model.data.lessons import RENDERED, TURNED, Lessons

_NO_LABELS = ("blob", "start")


class Shelf:
    """Lessons with pictures of one size. ``labels``: tensors by field name; ``twins`` (K, 2): the
    rows of each pair."""

    def __init__(
        self, parts: Sequence[Lessons], shape: tuple[int, int, int], device: torch.device
    ) -> None:
        """``shape``: channels, height, width of the pictures."""
        channels, height, width = shape
        starts = np.cumsum([0, *(len(part) for part in parts)])
        pictures = np.empty((starts[-1], *shape), np.uint8)
        for part, start in zip(parts, starts, strict=False):
            pictures[start : start + len(part)] = part.pictures(height, width, channels)
        self.images = torch.from_numpy(pictures).to(device)
        names = [field.name for field in fields(Lessons) if field.name not in _NO_LABELS]
        self.labels = {
            name: torch.from_numpy(np.concatenate([getattr(p, name) for p in parts])).to(device)
            for name in names
        }
        self.twins = torch.from_numpy(_twins([part.pair for part in parts])).to(device)
        self.device = device

    @classmethod
    def read(
        cls, paths: Sequence[Path], shape: tuple[int, int, int], device: torch.device
    ) -> Shelf:
        """Of packed files."""
        return cls([Lessons.load(path) for path in paths], shape, device)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def yaw_deg(self) -> Tensor:
        return torch.rad2deg(torch.asin((-self.labels["rotation"][:, 0, 2]).clamp(-1, 1)))

    def rows(self, split: int, chosen: Tensor | None = None) -> Tensor:
        """Row numbers of a split, of those ``chosen`` (N,) bool."""
        keep = self.labels["split"] == split
        return (keep if chosen is None else keep & chosen).nonzero()[:, 0]

    def take(self, rows: Tensor) -> dict[str, Tensor]:
        """Pictures (``image``, uint8) and labels of rows."""
        return {"image": self.images[rows]} | {name: x[rows] for name, x in self.labels.items()}


def _twins(pairs: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
    """Pairs are numbered within their part, and their pictures follow one another."""
    found = [np.empty((0, 2), np.int64)]
    start = 0
    for numbers in pairs:
        first = np.flatnonzero((numbers[:-1] >= 0) & (numbers[:-1] == numbers[1:])) + start
        found.append(np.stack([first, first + 1], axis=1))
        start += len(numbers)
    return np.concatenate(found)


class Draw:
    """Rows of a shelf's training split in given shares of its origins; large real poses more
    often."""

    def __init__(self, shelf: Shelf, shares: dict[int, float]) -> None:
        self.shelf = shelf
        origin = shelf.labels["origin"]
        kinds = {kind: shelf.rows(0, origin == kind) for kind in shares}
        kinds = {kind: rows for kind, rows in kinds.items() if len(rows)}
        whole = sum(shares[kind] for kind in kinds)
        self._parts = [
            (rows, shares[kind] / whole, self._odds(kind, rows)) for kind, rows in kinds.items()
        ]
        self._twins = shelf.twins[shelf.labels["split"][shelf.twins[:, 0]] == 0]

    def _odds(self, kind: int, rows: Tensor) -> Tensor:
        odds = torch.ones(len(rows), device=rows.device)
        if kind not in (TURNED, RENDERED):
            yaw = self.shelf.yaw_deg[rows].abs()
            for least, odd in ((20.0, 1.4), (30.0, 2.5), (45.0, 4.0)):
                odds[yaw >= least] = odd
        return odds

    def batch(self, count: int) -> dict[str, Tensor]:
        """``count`` rows in random order."""
        chosen = list[Tensor]()
        for i, (rows, share, odds) in enumerate(self._parts):
            last = i == len(self._parts) - 1
            part = count - sum(len(c) for c in chosen) if last else round(count * share)
            if part > 0:
                chosen.append(rows[torch.multinomial(odds, part, replacement=True)])
        order = torch.cat(chosen)
        return self.shelf.take(order[torch.randperm(count, device=order.device)])

    def twins(self, count: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """``count`` pairs, either first: their first pictures and their second; fewer where no
        pair is held."""
        if not len(self._twins):
            return self.shelf.take(self._twins[:, 0]), self.shelf.take(self._twins[:, 0])
        device = self._twins.device
        chosen = self._twins[torch.randint(len(self._twins), (count,), device=device)]
        back = torch.rand(count, 1, device=device) < 0.5
        first, second = torch.where(back, chosen.flip(1), chosen).unbind(1)
        return self.shelf.take(first), self.shelf.take(second)
