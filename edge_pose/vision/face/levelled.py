"""Reads a face upright, however far its head leans: the network knows heads up to about 45°."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.face_network import FaceReading, FaceSource
from edge_pose.vision.geometry import rolled

_LEANS_DEG, _UPRIGHT_DEG = 35.0, 25.0
"""A head that leans by more is read in a turned square, until it leans by less than the second."""
_STEP_DEG = 15.0
"""The square turns by whole steps: it stands still while the head nearly does."""
_UNSURE_DEG = 7.0
"""Expected error from which a face may be one that leans. Upright photos expect 2.4° on average,
heads that lean by 40, 50 and 60° read plainly 4.6, 7.0 and 11.2°."""
_TRIES_DEG = (60.0, -60.0)
_SURER = 0.7
_EVERY = 8
"""An unsure face is tried in turned squares once in so many reads."""


class LevelledFace:
    """Turns the square with the head, for one face at a time. A new face that reads badly is looked
    at leaning to either side as well, and the surest look counts."""

    def __init__(self, network: FaceSource) -> None:
        self._network = network
        self._turn_deg, self._unsure = 0.0, 0

    def read(self, image: NDArray[np.uint8], box: Box, turn_deg: float = 0.0) -> FaceReading:
        """See ``FaceSource``. ``turn_deg``: beside what the head asks for."""
        face = self._network.read(image, box, self._turn_deg + turn_deg)
        if _std(face) < _UNSURE_DEG:
            self._unsure = 0
        else:
            self._unsure += 1
            if self._unsure % _EVERY == 1:
                face = self._surest(image, box, face)
        self._turn_deg = self._next(face)
        return face

    def forget(self) -> None:
        """The next face is another one."""
        self._turn_deg, self._unsure = 0.0, 0

    def _surest(self, image: NDArray[np.uint8], box: Box, plain: FaceReading) -> FaceReading:
        tries = (self._network.read(image, box, turn) for turn in _TRIES_DEG)
        best = min(tries, key=_std)
        clear = _std(best) < _SURER * _std(plain) and best.flags.face >= plain.flags.face
        return best if clear else plain

    def _next(self, face: FaceReading) -> float:
        if _std(face) >= 2.0 * _UNSURE_DEG:  # its roll says nothing
            return 0.0
        roll = face.pose.roll_deg
        limit = _UPRIGHT_DEG if self._turn_deg else _LEANS_DEG
        if abs(roll) < limit:
            return 0.0
        if abs(roll - self._turn_deg) <= _STEP_DEG:
            return self._turn_deg or _whole(roll)
        return _whole(roll)


def upright(pose: HeadPose) -> HeadPose:
    """The pose as a picture turned with the head shows it, where the head leans far: how far it is
    turned aside and down in its own axes, which eyes and mouth are judged by."""
    return rolled(pose, -pose.roll_deg) if abs(pose.roll_deg) > _LEANS_DEG else pose


def _whole(roll_deg: float) -> float:
    return _STEP_DEG * round(roll_deg / _STEP_DEG)


def _std(face: FaceReading) -> float:
    return face.pose.std_deg if face.pose.std_deg is not None else 0.0
