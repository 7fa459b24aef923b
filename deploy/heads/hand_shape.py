"""The base mesh's right hand and forearm as a piece of its own, flat or closed round a bar.

Axes of the hand: fingers along +y, the palm faces +z, the thumb lies at +x; metres, the origin
between the knuckles. A left hand is its mirror image in x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from deploy.heads.anatomy import Floats
from deploy.heads.head_model import HeadModel
from deploy.heads.parts import Faces
from deploy.heads.turning import rotation_between, rotation_of_vectors, rotation_vector

_DM = 0.1
_WRIST, _ELBOW = slice(14470, 14478), slice(14478, 14486)
_FINGERS = (
    (14414, 14358, 14350, 14294), (14406, 14366, 14342, 14302), (14398, 14374, 14334, 14310),
    (14390, 14382, 14326, 14318),
)  # fmt: skip
_THUMB = (14446, 14438, 14430, 14422)
"""First vertices of the joints (eight each) from knuckle to tip: index, middle, ring, little."""
_JOINT = 8
_KEPT_FOREARM = 0.13
"""How much of the forearm is kept, m from the wrist; a sleeve covers the rest."""
_SOFT_M = 0.008
_CLOSED, _CLOSED_THUMB = (0.9, 1.2, 0.8), (0.0, 0.2, 0.5)
"""Bends of a closed hand's joints in radians, from the knuckle on."""
GRIPPED: Floats = np.array([0.0, 0.008, 0.027])
"""Where the axis of a gripped bar is (along x), m."""


class HandShape:
    """``flat`` and ``closed``: vertices (N, 3); ``forearm`` (3,): from the wrist to the elbow."""

    def __init__(self, model: HeadModel) -> None:
        wrist, elbow = (model.vertices[part].mean(axis=0) for part in (_WRIST, _ELBOW))
        knuckles = np.array([_joint(model, finger[0]) for finger in _FINGERS])
        axes = _axes(wrist, knuckles)
        origin = knuckles.mean(axis=0)
        used = self._cut(model, wrist, elbow)
        self.flat = (model.vertices[used] - origin) @ axes.T * _DM
        self.wrist = (wrist - origin) @ axes.T * _DM
        self.forearm = (elbow - wrist) @ axes.T * _DM
        self.closed = self._closed(lambda first: (_joint(model, first) - origin) @ axes.T * _DM)

    def _cut(self, model: HeadModel, wrist: Floats, elbow: Floats) -> list[int]:
        """The vertices of hand and lower forearm; sets the faces."""
        up = (elbow - wrist) / np.linalg.norm(elbow - wrist)
        place = model.vertices - wrist
        near = (np.linalg.norm(place, axis=1) < 3.0) & (place @ up < _KEPT_FOREARM / _DM)
        kept = [i for i, face in enumerate(model.body_faces) if all(near[k] for k in face)]
        used = sorted({k for i in kept for k in model.body_faces[i]})
        where = {vertex: i for i, vertex in enumerate(used)}
        self.faces: Faces = [[where[k] for k in model.body_faces[i]] for i in kept]
        return used

    def _closed(self, joint: Callable[[int], Floats]) -> Floats:
        chains = [np.array([joint(first) for first in chain]) for chain in (*_FINGERS, _THUMB)]
        owner = np.array([_distance(self.flat, chain) for chain in chains]).argmin(axis=0)
        points: Floats = self.flat.copy()
        for k, chain in enumerate(chains):
            mine = owner == k
            bends = _CLOSED_THUMB if k == len(_FINGERS) else _CLOSED
            points[mine] = _curled(self.flat[mine], chain, bends)
        return points

    def aimed(self, points: Floats, elbow: Floats) -> Floats:
        """The forearm bent at the wrist so that it leads to ``elbow`` (3,), hand axes."""
        turn = rotation_vector(rotation_between(self.forearm, elbow - self.wrist))
        up = self.forearm / np.linalg.norm(self.forearm)
        share = _eased(((points - self.wrist) @ up + 0.01) / 0.05)
        turns = rotation_of_vectors(share[:, None] * turn)
        return np.asarray(self.wrist + np.einsum("nij,nj->ni", turns, points - self.wrist))


def _axes(wrist: Floats, knuckles: Floats) -> Floats:
    """Rows: across to the thumb, along the fingers, out of the palm."""
    along = knuckles.mean(axis=0) - wrist
    along /= np.linalg.norm(along)
    across = knuckles[0] - knuckles[-1]
    across -= (across @ along) * along
    across /= np.linalg.norm(across)
    return np.stack([across, along, np.cross(across, along)])


def _joint(model: HeadModel, first: int) -> Floats:
    return np.asarray(model.vertices[first : first + _JOINT].mean(axis=0))


def _curled(points: Floats, chain: Floats, bends: Sequence[float]) -> Floats:
    """A finger bent at its joints, from the last to the first, towards the palm."""
    moved = points.copy()
    for j in range(len(bends) - 1, -1, -1):
        way = (chain[j + 1] - chain[j]) / np.linalg.norm(chain[j + 1] - chain[j])
        axis = np.cross(way, [0.0, 0.0, 1.0])
        axis /= np.linalg.norm(axis)
        share = _eased(((points - chain[j]) @ way + _SOFT_M) / (2.0 * _SOFT_M))
        turns = rotation_of_vectors((share * bends[j])[:, None] * axis)
        moved = chain[j] + np.einsum("nij,nj->ni", turns, moved - chain[j])
    return moved


def _distance(points: Floats, chain: Floats) -> Floats:
    """(N,) from points to a line through (M, 3)."""
    each = []
    for start, end in pairwise(chain):
        way = end - start
        share = np.clip((points - start) @ way / (way @ way), 0.0, 1.0)
        each.append(np.linalg.norm(points - start - share[:, None] * way, axis=1))
    return np.asarray(np.min(each, axis=0))


def _eased(share: Floats) -> Floats:
    clipped = np.clip(share, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3.0 - 2.0 * clipped))
