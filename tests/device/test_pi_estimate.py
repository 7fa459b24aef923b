"""The arithmetic of the speed estimate for a Raspberry Pi 4B."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.device.pi_estimate import estimates, macs_of, own_error, per_run, table
from edge_pose.models.catalog import find

INSTRUCTIONS = {
    "mobilenet_v2_int8": 100e6,
    "mobilenet_v2_float32": 200e6,
    "face_int8": 10e6,
    "eyes_int8": 20e6,
    "face_landmark": 20e6,
    "frame": 50e6,
}


def test_counts_are_of_one_repetition() -> None:
    rows = [
        {"name": "net", "times": "4", "instructions": "400"},
        {"name": "frame", "times": "30", "instructions": "600"},
    ]
    assert per_run(rows) == {"net": 100.0, "frame": 20.0}


def test_times_follow_the_published_network_of_the_same_number_format() -> None:
    found = {e.name: e for e in estimates(INSTRUCTIONS, {"face_int8": 7})}
    assert found["mobilenet_v2_int8"].four_cores_ms == pytest.approx(17.0)
    assert found["face_int8"].four_cores_ms == pytest.approx(1.7)
    assert found["face_int8"].one_core_ms == pytest.approx(6.8)
    assert found["face_int8"].macs == 7
    assert found["face_landmark"].four_cores_ms == pytest.approx(4.6)


def test_a_frame_is_its_networks_and_a_rest_on_one_core() -> None:
    frame = estimates(INSTRUCTIONS, {})[-1]
    rest = (50 - 10 - 20) * 46 / 200 * 4  # the mesh is no part of a frame
    assert frame.name == "frame"
    assert frame.four_cores_ms == pytest.approx(1.7 + 3.4 + rest)
    assert frame.one_core_ms == pytest.approx(4 * (1.7 + 3.4) + rest)


def test_the_method_judges_itself_by_the_float_network() -> None:
    assert own_error(INSTRUCTIONS) == pytest.approx(34 / 46)


def test_the_table_has_a_line_for_each() -> None:
    text = table(estimates(INSTRUCTIONS, {"face_int8": 25_500_000}))
    assert "| face_int8 | 10.0 | 25.5 | 0.100 | 1.7 | 588 | 6.8 | 147 |" in text
    assert "| frame | 50.0 |  | 0.500 | 23.5 | 43 | 38.8 | 26 |" in text


def test_macs_of_our_own_network_are_tens_of_millions() -> None:
    path: Path = find("head_pose_int8")
    assert 20e6 < macs_of(path) < 200e6
