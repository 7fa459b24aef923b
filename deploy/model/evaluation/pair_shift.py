"""What turns the head's angle between two pictures of one head that differ in gaze, lids, speech.

    python -m deploy.model.evaluation.pair_shift --face FILE faces-0.csv faces-1.csv

Beside it stands how far the angle turns on one and the same picture when its box moves a little or
its pixels are noisy: what is no more than that is the network's roughness, not the face's doing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import geodesic_deg
from deploy.model.evaluation.rendered_eyes import Picture, Row, pictures
from deploy.model.labels.rendered_lessons import boxes_of
from edge_pose.values import Box
from edge_pose.vision.face.face_network import FaceNetwork
from edge_pose.vision.geometry import rotation_matrix

Floats = NDArray[np.floating]
MOVED = 0.02
"""How far the box moves, SD, share of its longer side: two pixels of the network's input."""
NOISE = 4.0
"""Grey levels, SD."""
CAUSES = ("gaze_head_yaw", "gaze_head_pitch", "open_r", "open_l", "jaw", "mouth_gap")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shift:
    """Degrees by which the angle turned: ``pair`` to the other picture, ``moved`` and ``noisy`` on
    the first; ``turn`` (2,) yaw and pitch of the other less the first; ``changes`` of ``CAUSES``,
    the other less the first."""

    pair: float
    moved: float
    noisy: float
    turn: Floats
    changes: Floats


def shifts(network: FaceNetwork, table: Path, rng: np.random.Generator) -> Iterator[Shift]:
    """One of every pair of a table."""
    first: tuple[Row, Picture, Floats] | None = None
    for row, image, points in pictures(table):
        box = np.asarray(boxes_of(points[None])[0], np.float64)
        if row["pair"] in ("", "-1"):
            continue
        if first is not None and first[0]["pair"] == row["pair"]:
            yield _shift(network, first, (row, image, box), rng)
        first = row, image, box


def _shift(
    network: FaceNetwork,
    first: tuple[Row, Picture, Floats],
    other: tuple[Row, Picture, Floats],
    rng: np.random.Generator,
) -> Shift:
    (row, image, box), (after, image_after, box_after) = first, other
    side = float(max(box[2] - box[0], box[3] - box[1]))
    noise = rng.normal(0.0, NOISE, image.shape)
    noisy = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
    start, end = _angles(network, image, box), _angles(network, image_after, box_after)
    step = np.tile(rng.normal(0.0, MOVED * side, 2), 2)
    return Shift(
        pair=_apart(start, end),
        moved=_apart(start, _angles(network, image, box + step)),
        noisy=_apart(start, _angles(network, noisy, box)),
        turn=(end - start)[:2],
        changes=np.array([_number(after, name) - _number(row, name) for name in CAUSES]),
    )


def _angles(network: FaceNetwork, image: Picture, box: Floats) -> Floats:
    x1, y1, x2, y2 = (float(value) for value in box)
    pose = network.read(image, Box(x1=x1, y1=y1, x2=x2, y2=y2)).pose
    return np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg])


def _apart(a: Floats, b: Floats) -> float:
    one, two = (rotation_matrix(*(float(x) for x in angles)) for angles in (a, b))
    return float(geodesic_deg(one[None], two[None])[0])


def _number(row: Row, name: str) -> float:
    return float(row[name] or 0.0)


def explained(seen: Sequence[Shift]) -> tuple[float, float]:
    """The share of the variance of yaw's and of pitch's turn that ``CAUSES`` explain linearly."""
    changes = np.stack([one.changes for one in seen])
    turns = np.stack([one.turn for one in seen])
    fitted = changes @ np.linalg.lstsq(changes, turns, rcond=None)[0]
    yaw, pitch = 1.0 - ((turns - fitted) ** 2).sum(axis=0) / (turns**2).sum(axis=0)
    return float(yaw), float(pitch)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--face", type=Path, required=True)
    args = parser.parse_args()
    network, rng = FaceNetwork(args.face), np.random.default_rng(0)
    seen = [one for table in args.tables for one in shifts(network, table, rng)]
    for name in ("pair", "moved", "noisy"):
        values = [getattr(one, name) for one in seen]
        print(f"{name}: mean {np.mean(values):.2f}°, median {np.median(values):.2f}°")
    yaw, pitch = explained(seen)
    print(f"{len(seen)} pairs; gaze, lids and mouth explain {yaw:.0%} of yaw, {pitch:.0%} of pitch")


if __name__ == "__main__":
    main()
