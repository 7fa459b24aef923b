"""The mean of several looks: as exact as geometry says, and the same in the mirror."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.models import find
from edge_pose.models.catalog import FACE
from edge_pose.values import Box
from edge_pose.vision.face.face_network import FaceNetwork, FaceReading
from edge_pose.vision.face.ibug import MIRRORED
from edge_pose.vision.face.several_looks import PLACES, SeveralLooks
from edge_pose.vision.geometry import geodesic_deg, mean_rotation, rotation_matrix

FACE_BOX = Box(x1=182, y1=75, x2=264, y2=163)


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    return FaceNetwork(find(FACE["research"].name))


class Recorder:
    """Passes on to a network and keeps what it was asked."""

    def __init__(self, network: FaceNetwork) -> None:
        self._network, self.found = network, list[FaceReading]()

    def read(self, image: NDArray[np.uint8], box: Box, turn_deg: float = 0.0) -> FaceReading:
        self.found.append(self._network.read(image, box, turn_deg))
        return self.found[-1]


def test_the_mirrored_picture_gives_the_mirrored_face(
    network: FaceNetwork, portrait: NDArray[np.uint8]
) -> None:
    """One look differs by degrees; the mean holds both pictures' looks, so it cannot."""
    width = portrait.shape[1]
    face = SeveralLooks(network).read(portrait, FACE_BOX)
    box = Box(x1=width - FACE_BOX.x2, y1=FACE_BOX.y1, x2=width - FACE_BOX.x1, y2=FACE_BOX.y2)
    other = SeveralLooks(network).read(np.ascontiguousarray(portrait[:, ::-1]), box)
    assert other.pose.yaw_deg == pytest.approx(-face.pose.yaw_deg, abs=0.01)
    assert other.pose.pitch_deg == pytest.approx(face.pose.pitch_deg, abs=0.01)
    assert other.pose.roll_deg == pytest.approx(-face.pose.roll_deg, abs=0.01)
    back = other.points[MIRRORED] * (-1.0, 1.0) + (width, 0.0)
    assert back == pytest.approx(face.points, abs=0.01)
    assert other.flags.eye_left_visible == pytest.approx(face.flags.eye_right_visible, abs=1e-4)


def test_the_mean_lies_among_the_looks(network: FaceNetwork, portrait: NDArray[np.uint8]) -> None:
    recorder = Recorder(network)
    face = SeveralLooks(recorder).read(portrait, FACE_BOX)
    pitches = [look.pose.pitch_deg for look in recorder.found]
    assert len(pitches) == 2 * len(PLACES)
    assert min(pitches) < face.pose.pitch_deg < max(pitches)
    assert face.box.iou(FACE_BOX) > 0.6


def test_the_mean_rotation_lies_in_the_middle() -> None:
    turns = [rotation_matrix(yaw, 5.0, 3.0) for yaw in (-10.0, 0.0, 10.0)]
    assert geodesic_deg(mean_rotation(turns), turns[1]) == pytest.approx(0.0, abs=1e-6)
