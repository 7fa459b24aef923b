"""Finds where the face mesh's 68 points lie on the skin: the table of mesh_points.py.

Every picture's driver is posed again without rendering. Of many places on the triangles round a
landmark the one is taken that lies nearest to the mesh's point over all pictures, on both sides of
the face alike.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import BODY, LANDMARKS, MIRROR, Floats
from deploy.heads.camera import face_crop
from deploy.heads.estimates import MeshProduct
from deploy.heads.expression import moved_face
from deploy.heads.figure import Figure
from deploy.heads.people import MEAN_ADULT
from deploy.heads.plan import planned
from deploy.heads.posture import Skeleton
from deploy.heads.reader import Rendered, read

_STEPS = 3
"""Places along a triangle's side."""
_REACH_DM, _CONTOUR_DM, _CONTOUR = 0.16, 0.35, 17
_MOST = 0.15
"""Of the eyes' distance: what is farther off counts no more than this."""
_HALF_CROP_PIXEL = 0.5 * 1.6 / 192.0
"""Of the face's longer side: the mesh network counts from its crop's corner, its reader from the
middle of the first pixel."""
_MAX_YAW_DEG, _MAX_PITCH_DEG, _OPEN = 40.0, 35.0, 0.6

Mixture = dict[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """``corners`` (P, 3) vertices, ``shares`` (P, 3)."""

    corners: NDArray[np.intp]
    shares: Floats

    def mixture(self, place: int) -> Mixture:
        pairs = zip(self.corners[place].tolist(), self.shares[place].tolist(), strict=True)
        return {vertex: round(share, 3) for vertex, share in pairs if share > 0.0}

    def on(self, pixels: Floats) -> Floats:
        return np.asarray((pixels[self.corners] * self.shares[:, :, None]).sum(axis=1))


def write_definition(figure: Figure, folder: Path, out: Path) -> None:
    """The table from all faces of a folder that the mesh can read."""
    mean = figure.people.built(MEAN_ADULT)
    triangles = figure.model.used[figure.corners]
    places = [_places_near(mean, triangles, k) for k in range(len(LANDMARKS))]
    misses = _misses(figure, [r for r in read(folder, "faces") if _readable(r)], places)
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["landmark", *(f"{name}_{k}" for k in "abc" for name in ("vertex", "share"))]
        )
        for k, mixture in enumerate(_nearest(mean, places, misses)):
            cells = list(mixture.items()) + [(next(iter(mixture)), 0.0)] * (3 - len(mixture))
            writer.writerow([k, *(x for pair in cells for x in (pair[0], f"{pair[1]:.3f}"))])


def _places_near(mean: Floats, triangles: NDArray[np.intp], landmark: int) -> _Places:
    reach = _CONTOUR_DM if landmark < _CONTOUR else _REACH_DM
    middle = mean[triangles].mean(axis=1)
    near = np.linalg.norm(middle - mean[LANDMARKS[landmark]], axis=1) < reach
    grid = np.array(
        [
            (i, j, _STEPS - i - j)
            for i in range(_STEPS + 1)
            for j in range(_STEPS + 1 - i)
        ]
    ) / float(_STEPS)  # fmt: skip
    return _Places(
        np.repeat(triangles[near], len(grid), axis=0), np.tile(grid, (int(near.sum()), 1))
    )


def _readable(rendered: Rendered) -> bool:
    bare = rendered.number("mask") == 0 and not rendered.text("occ")
    clear = rendered.text("glasses") != "sun" and rendered.text("head") != "scarf"
    opened = min(rendered.number("open_r"), rendered.number("open_l")) > _OPEN
    frontal = abs(rendered.number("yaw_deg")) < _MAX_YAW_DEG
    return bare and clear and opened and frontal and (
        abs(rendered.number("pitch_deg")) < _MAX_PITCH_DEG
    )  # fmt: skip


def _misses(figure: Figure, faces: list[Rendered], places: list[_Places]) -> list[Floats]:
    """For each landmark the mean distance (P,) of each place from the mesh's point."""
    product, total = MeshProduct(), [np.zeros(len(p.corners)) for p in places]
    for rendered in faces:
        x1, y1, x2, y2 = rendered.box
        mesh = product.face(rendered).points - _HALF_CROP_PIXEL * max(x2 - x1, y2 - y1)
        number, identity = int(rendered.number("number")), int(rendered.number("identity"))
        pixels = _body_pixels(figure, number, identity)
        eyes = float(np.linalg.norm(pixels[LANDMARKS[36]] - pixels[LANDMARKS[45]]))
        for k, place in enumerate(places):
            away = np.linalg.norm(place.on(pixels) - mesh[k], axis=1)
            total[k] += np.minimum(away / eyes, _MOST) / len(faces)
    return total


def _body_pixels(figure: Figure, number: int, identity: int) -> Floats:
    """(V, 2) of all skin vertices in a numbered face picture."""
    plan = planned("faces", number, identity - planned("faces", number).identity)
    person = figure.people.person(plan.identity)
    moved = moved_face(figure.model, person.neutral, person.to_zero, plan.expression)
    body = Skeleton(moved.vertices, person.to_zero, plan.posture).bent(moved.vertices[:BODY])
    return face_crop(body[LANDMARKS], 128).project(body)


def _nearest(mean: Floats, places: list[_Places], misses: list[Floats]) -> list[Mixture]:
    found: list[Mixture] = [{} for _ in places]
    opposite = {
        int(vertex): _opposite(mean, int(vertex))
        for vertex in np.unique(np.concatenate([place.corners.ravel() for place in places]))
    }
    for k, other in enumerate(MIRROR.tolist()):
        if other == k:
            found[k] = places[k].mixture(int(misses[k].argmin()))
        if other <= k:
            continue
        twins = {
            frozenset(places[other].mixture(i).items()): float(miss)
            for i, miss in enumerate(misses[other])
        }
        best = float("inf")
        for i, miss in enumerate(misses[k].tolist()):
            mixture = places[k].mixture(i)
            twin = {opposite[vertex]: share for vertex, share in mixture.items()}
            both = miss + twins.get(frozenset(twin.items()), float("inf"))
            if both < best:
                best, found[k], found[other] = both, mixture, twin
    return found


def _opposite(mean: Floats, vertex: int) -> int:
    """The vertex on the other side of the (symmetric) mean face."""
    mirrored = mean[vertex] * [-1.0, 1.0, 1.0]
    return int(np.linalg.norm(mean[:BODY] - mirrored, axis=1).argmin())
