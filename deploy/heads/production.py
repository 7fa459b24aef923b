"""Makes shards until all are there: one process a core, or a Ray cluster, by the same path."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from deploy.heads.plan import Subject
from deploy.heads.shards import Shard, shards, write_shard

SHARD_SIZE = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made: pictures of each subject, where, from which parts."""

    parts: Path
    out: Path
    pictures: dict[Subject, int]
    first_number: int = 0
    first_identity: int = 0
    shard_size: int = SHARD_SIZE

    def open_shards(self) -> list[Shard]:
        """Shards still to be made, subjects by turns."""
        each = [
            [
                shard
                for shard in shards(subject, count, self.shard_size, self.first_number)
                if not shard.done(self.out)
            ]
            for subject, count in self.pictures.items()
        ]
        return [shard for shard in chain.from_iterable(zip_longest(*each)) if shard is not None]


Spread = Callable[[Order, list[Shard]], Iterable[Shard]]
"""Makes shards somewhere and yields each when its files are there."""


def produce(order: Order, spread: Spread, tell: Callable[[str], None] = print) -> None:
    """Make what is missing of an order, and say how long the rest takes."""
    missing = order.open_shards()
    wanted = sum(order.pictures.values())
    todo = sum(shard.count for shard in missing)
    tell(f"{wanted} pictures, {wanted - todo} there, {todo} to make in {order.out}")
    started, made = time.monotonic(), 0
    for shard in spread(order, missing):
        made += shard.count
        tell(f"{shard.name}: {_progress(made, todo, time.monotonic() - started)}")


def _progress(made: int, todo: int, spent_s: float) -> str:
    each_s = spent_s / max(made, 1)
    left_min = each_s * (todo - made) / 60.0
    return f"{made} of {todo}, {each_s:.2f} s each, {left_min:.0f} min left"


def here(processes: int) -> Spread:
    """On this machine."""

    def spread(order: Order, missing: list[Shard]) -> Iterator[Shard]:
        if processes == 1:
            for shard in missing:
                yield make(order, shard)
            return
        context = multiprocessing.get_context("spawn")  # Blender does not survive a fork
        with context.Pool(processes) as pool:
            yield from pool.imap_unordered(_make_pair, [(order, shard) for shard in missing])

    return spread


def _make_pair(work: tuple[Order, Shard]) -> Shard:
    return make(*work)


_studios: dict[Path, object] = {}


def make(order: Order, shard: Shard) -> Shard:
    """Render one shard in this process and write its files."""
    from deploy.heads.studio import Studio

    studio = _studios.get(order.parts)
    if not isinstance(studio, Studio):
        studio = Studio(order.parts, first_identity=order.first_identity)
        _studios[order.parts] = studio
    write_shard(order.out, shard, studio.shard(shard))
    return shard
