"""Cloth over a head: hats, scarf and mask lie on the convex hull of what is below them.

A cloth does not follow the skin into every hollow: it spans from nose to chin and from brow to
crown. Seen from a centre inside, the hull's distance along d is the least h(n) / (n·d) over all
normals n, with h the support function (Rockafellar, "Convex Analysis", 1970).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.parts import Faces

_NORMALS = 700
_STEPS = 48

Covered = Callable[[Floats], Floats]
"""Of points (N, 3): above 0 where the cloth covers them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cloth:
    """A sheet in polar rings round ``pole``, seen from ``centre``; ``reach_rad``: how far from
    the pole it may go. It lies ``thick`` off the hull of the points below; its first ring is drawn
    in by ``hem`` of its distance."""

    centre: Floats
    pole: Floats
    thick: float
    reach_rad: float
    hem: float = 0.0
    around: int = 36
    rings: int = 12

    def faces(self) -> Faces:
        n = self.around
        return [
            [i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j]
            for i in range(self.rings - 1)
            for j in range(n)
        ]

    def drape(self, below: Floats, covered: Covered) -> Floats:
        """Vertices (rings × around, 3): each meridian from where the cover begins to its end."""
        reach = np.linspace(0.0, self.reach_rad, _STEPS)
        grid = self._directions(np.broadcast_to(reach[:, None], (_STEPS, self.around)))
        surface = self.centre + grid * hull_distance(below - self.centre, grid)[..., None]
        start, stop = _span(covered(surface.reshape(-1, 3)).reshape(_STEPS, -1), reach)
        share = np.linspace(0.0, 1.0, self.rings)[:, None]
        ways = self._directions(start + (stop - start) * share)
        distance = hull_distance(below - self.centre, ways) + self.thick
        distance[0] *= 1.0 - self.hem
        return np.asarray(self.centre + ways * distance[..., None]).reshape(-1, 3)

    def _directions(self, off_pole: Floats) -> Floats:
        """Unit vectors (rings, around, 3) at angles (rings, around) off the pole."""
        turn = np.linspace(0.0, 2.0 * np.pi, self.around, endpoint=False)
        first = np.cross(self.pole, [0.31, 0.13, 0.94] if abs(self.pole[2]) < 0.9 else [0, 1.0, 0])
        first /= np.linalg.norm(first)
        second = np.cross(self.pole, first)
        across = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second
        return np.asarray(
            np.cos(off_pole)[..., None] * self.pole + np.sin(off_pole)[..., None] * across
        )


def hull_distance(points: Floats, directions: Floats) -> Floats:
    """From the origin, inside the hull of points (N, 3), to its surface along (…, 3) units."""
    normals = _sphere(_NORMALS)
    support = (points @ normals.T).max(axis=0)
    cosine = directions.reshape(-1, 3) @ normals.T
    ratio = np.where(cosine > 0.08, support / np.maximum(cosine, 0.08), np.inf)
    return np.asarray(ratio.min(axis=1).reshape(directions.shape[:-1]))


def _span(cover: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """First and last covered angle of each meridian of values (steps, around)."""
    inside = cover > 0.0
    covered = inside.any(axis=0)
    first = np.where(covered, inside.argmax(axis=0), 0)
    last = np.where(covered, len(reach) - 1 - inside[::-1].argmax(axis=0), 0)
    return _crossing(cover, reach, first, -1), _crossing(cover, reach, last, 1)


def _crossing(cover: Floats, reach: Floats, edge: NDArray[np.intp], step: int) -> Floats:
    """Where the cover passes 0 between a meridian's outermost covered step and the next one."""
    meridian = np.arange(cover.shape[1])
    beyond = np.clip(edge + step, 0, len(reach) - 1)
    inner, outer = cover[edge, meridian], cover[beyond, meridian]
    crosses = (inner > 0.0) & (outer <= 0.0)
    share = np.where(crosses, inner / np.where(crosses, inner - outer, 1.0), 0.0)
    return np.asarray(reach[edge] + share * (reach[beyond] - reach[edge]))


def _sphere(count: int) -> Floats:
    """Directions spread evenly (Fibonacci)."""
    index = np.arange(count) + 0.5
    height, turn = 1.0 - 2.0 * index / count, np.pi * (1.0 + 5.0**0.5) * index
    width = np.sqrt(1.0 - height**2)
    return np.stack([width * np.cos(turn), height, width * np.sin(turn)], axis=1)
