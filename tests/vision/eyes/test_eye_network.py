"""The shipped eye networks: open eyes, the mirror, and files that do not fit."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models import find
from edge_pose.models.catalog import EYES
from edge_pose.values import HeadPose
from edge_pose.vision.eyes.eye_network import EyeNetwork
from edge_pose.vision.eyes.strip import cut_strip, strip_to_image

AHEAD = HeadPose(yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)
EYES_AT = ((196.0, 110.0), (246.0, 106.0))
"""Outer eye corners of the portrait, by eye."""


@pytest.fixture(scope="module", params=sorted(EYES))
def network(request: pytest.FixtureRequest) -> EyeNetwork:
    return EyeNetwork(find(EYES[request.param].name))


def _strip(network: EyeNetwork, portrait: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As large as this network's card asks for."""
    size = (network.card.input.width, network.card.input.height)
    to_image = strip_to_image(*EYES_AT, width=size[0], height=size[1])
    return cut_strip(portrait, to_image, size)


def test_open_eyes_are_open_and_seen(network: EyeNetwork, portrait: NDArray[np.uint8]) -> None:
    eyes = network.read_strip(_strip(network, portrait), AHEAD)
    assert min(eyes.visible) > 0.5
    assert max(eyes.shut) < 0.3
    assert min(eyes.opening) > 0.5
    assert abs(eyes.yaw_deg) < 25.0
    assert 0.5 < eyes.std_deg < 20.0


def test_the_mirror_negates_yaw_and_swaps_the_eyes(
    network: EyeNetwork, portrait: NDArray[np.uint8]
) -> None:
    strip = _strip(network, portrait)
    head = HeadPose(yaw_deg=8.0, pitch_deg=-3.0, roll_deg=0.0)
    eyes = network.read_strip(strip, head)
    mirror = np.ascontiguousarray(strip[:, ::-1])
    other = network.read_strip(mirror, HeadPose(yaw_deg=-8.0, pitch_deg=-3.0, roll_deg=0.0))
    assert other.yaw_deg == pytest.approx(-eyes.yaw_deg, abs=3.0)
    assert other.pitch_deg == pytest.approx(eyes.pitch_deg, abs=3.0)
    assert other.opening == pytest.approx(eyes.opening[::-1], abs=0.15)
    assert other.visible == pytest.approx(eyes.visible[::-1], abs=0.2)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    source = find("face_detector_int8")
    path = tmp_path / source.name
    shutil.copy(source, path)
    card = (
        source.with_suffix(".json")
        .read_text("utf-8")
        .replace('"input": {\n  "size": 128\n }', '"input": {}')
    )
    path.with_suffix(".json").write_text(card, encoding="utf-8")
    with pytest.raises(ModelError, match="input `strip`"):
        EyeNetwork(path)
