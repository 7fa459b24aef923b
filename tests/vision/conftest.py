"""What the vision tests share: a model whose answers are known, and pictures of faces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models import find
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.face.mesh import Landmarker

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def mean_colour() -> Path:
    """An int8 model written by hand: pose = (R, G, B, G, B, R) of the mean colour; spread = 1."""
    return DATA / "mean_colour.tflite"


@pytest.fixture(scope="session")
def portrait() -> NDArray[np.uint8]:
    """NASA's public-domain portrait of Eileen Collins, BGR, 512 × 512; face near (224, 116)."""
    skimage = pytest.importorskip("skimage.data", reason="needs scikit-image (the demo extra)")
    return np.ascontiguousarray(skimage.astronaut()[:, :, ::-1])


def _installed(name: str) -> Path:
    try:
        return find(name)
    except ModelError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def detector() -> BlazeFace:
    return BlazeFace(_installed("face_detection_short_range"))


@pytest.fixture(scope="session")
def landmarker() -> Landmarker:
    return Landmarker(_installed("face_landmark"))
