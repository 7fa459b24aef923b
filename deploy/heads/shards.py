"""Files of a production: every shard a tar of JPEGs, a table of labels, an array of points.

A shard is there when its table is: the table is written last and by renaming, so a production
that was killed starts again at the first shard without one and leaves no gap.
"""

from __future__ import annotations

import csv
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.labels import COLUMNS, Row, text
from deploy.heads.plan import Subject


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """One finished picture. ``points`` and ``mesh`` (68, 2) pixels, ``depths_m`` (68,) camera z,
    ``visible`` (68,)."""

    number: int
    jpeg: bytes
    labels: Row
    points: NDArray[np.float32]
    mesh: NDArray[np.float32]
    depths_m: NDArray[np.float32]
    visible: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Pictures ``first`` to ``first + count`` of one subject."""

    subject: Subject
    index: int
    first: int
    count: int

    @property
    def name(self) -> str:
        return f"{self.subject}-{self.index:03d}"

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.count)

    def done(self, folder: Path) -> bool:
        return (folder / f"{self.name}.csv").is_file()


def shards(subject: Subject, pictures: int, size: int, start: int = 0) -> list[Shard]:
    """The shards of ``pictures`` pictures from ``start`` on, ``size`` in each but the last."""
    return [
        Shard(subject=subject, index=k, first=start + first, count=min(size, pictures - first))
        for k, first in enumerate(range(0, pictures, size))
    ]


def write_shard(folder: Path, shard: Shard, shots: list[Shot]) -> None:
    """All three files, the table last."""
    folder.mkdir(parents=True, exist_ok=True)
    _whole(folder / f"{shard.name}.tar", _tar(shots))
    _whole(folder / f"{shard.name}_points.npz", _points(shots))
    _whole(folder / f"{shard.name}.csv", _table(shard, shots))


def _tar(shots: list[Shot]) -> bytes:
    """Without times or owners: the same pictures give the same bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for shot in shots:
            member = tarfile.TarInfo(f"{shot.number:06d}.jpg")
            member.size = len(shot.jpeg)
            tar.addfile(member, io.BytesIO(shot.jpeg))
    return out.getvalue()


def _points(shots: list[Shot]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(
        out,
        px=np.stack([shot.points for shot in shots]),
        mesh_px=np.stack([shot.mesh for shot in shots]),
        z_m=np.stack([shot.depths_m for shot in shots]),
        visible=np.stack([shot.visible for shot in shots]),
    )
    return out.getvalue()


def _table(shard: Shard, shots: list[Shot]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for shot in shots:
        file = f"{shard.name}.tar/{shot.number:06d}.jpg"
        writer.writerow([text((shot.labels | {"file": file})[column]) for column in COLUMNS])
    return out.getvalue().encode()


def _whole(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all."""
    part = path.with_suffix(path.suffix + f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
