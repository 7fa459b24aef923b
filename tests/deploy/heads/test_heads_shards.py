"""Files: the same bytes each time, and no gap after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from deploy.heads.develop import jpeg
from deploy.heads.labels import COLUMNS, Row
from deploy.heads.production import Order, produce
from deploy.heads.reader import levelled_strip, read
from deploy.heads.shards import Shard, Shot, write_shard


def shot(number: int) -> Shot:
    rng = np.random.default_rng(number)
    labels: Row = {
        c: "" if c in ("light", "glasses", "head", "occ", "hair", "skin") else float(number)
        for c in COLUMNS
    }
    picture = rng.integers(0, 255, (32, 32, 3), np.uint8)
    points = rng.uniform(0, 32, (68, 2)).astype(np.float32)
    return Shot(
        number=number, jpeg=jpeg(picture, 90), labels=labels, points=points, mesh=points + 1.0,
        depths_m=np.full(68, -0.6, np.float32), visible=np.ones(68, bool),
    )  # fmt: skip


def spread(order: Order, missing: list[Shard]) -> Iterator[Shard]:
    for shard in missing:
        write_shard(order.out, shard, [shot(n) for n in shard.numbers])
        yield shard


def order(out: Path) -> Order:
    return Order(parts=out, out=out, pictures={"faces": 25, "eyes": 12}, shard_size=10)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_production_that_was_killed_goes_on_without_a_gap(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    produce(order(whole), spread, lambda _: None)

    def killed(wanted: Order, missing: list[Shard]) -> Iterator[Shard]:
        for count, shard in enumerate(missing):
            if count == 2:  # the table is written last: this shard is not there yet
                write_shard(wanted.out, shard, [shot(n) for n in shard.numbers])
                (wanted.out / f"{shard.name}.csv").unlink()
                raise KeyboardInterrupt
            yield from spread(wanted, [shard])

    with pytest.raises(KeyboardInterrupt):
        produce(order(broken), killed, lambda _: None)
    assert len(order(broken).open_shards()) == 3
    produce(order(broken), spread, lambda _: None)
    assert contents(broken) == contents(whole)
    assert not order(broken).open_shards()


def test_progress_tells_what_is_left(tmp_path: Path) -> None:
    told: list[str] = []
    produce(order(tmp_path), spread, told.append)
    assert told[0].startswith("37 pictures, 0 there, 37 to make")
    assert "37 of 37" in told[-1]
    assert "0 min left" in told[-1]


def test_subjects_take_turns(tmp_path: Path) -> None:
    names = [shard.name for shard in order(tmp_path).open_shards()]
    assert names == ["faces-000", "eyes-000", "faces-001", "eyes-001", "faces-002"]


def test_the_reader_gives_back_what_was_written(tmp_path: Path) -> None:
    produce(order(tmp_path), spread, lambda _: None)
    found = list(read(tmp_path, "faces"))
    assert [r.number("number") for r in found] == list(range(25))
    np.testing.assert_array_equal(found[7].points, shot(7).points)
    np.testing.assert_array_equal(found[7].mesh, shot(7).mesh)
    expected = cv2.imdecode(np.frombuffer(shot(7).jpeg, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(found[7].image, expected)
    assert found[7].visible.all()


def test_a_strip_is_level_and_centred_on_the_eyes() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    corners = np.array([[30.0, 60.0], [70.0, 40.0]], np.float32)
    strip, warp = levelled_strip(picture, corners, (96, 36))
    moved = corners @ warp[:, :2].T + warp[:, 2]
    assert strip.shape == (36, 96, 3)
    np.testing.assert_allclose(moved.mean(axis=0), [48.0, 18.0], atol=1e-4)
    assert moved[0, 1] == pytest.approx(moved[1, 1], abs=1e-4)
    assert moved[1, 0] - moved[0, 0] == pytest.approx(64.0, abs=1e-3)
