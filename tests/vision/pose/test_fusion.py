"""The hybrid: an average that lies between, leans to the surer one, and survives a missing mesh."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.values import HeadPose
from edge_pose.vision.geometry import geodesic_deg, rotation_matrix
from edge_pose.vision.pose.fusion import Trust, fit_weight, fused

angles = st.builds(
    HeadPose,
    yaw_deg=st.floats(-85.0, 85.0),
    pitch_deg=st.floats(-60.0, 60.0),
    roll_deg=st.floats(-60.0, 60.0),
    std_deg=st.floats(0.5, 40.0),
)


def apart(one: HeadPose, two: HeadPose) -> float:
    a, b = (rotation_matrix(p.yaw_deg, p.pitch_deg, p.roll_deg) for p in (one, two))
    return geodesic_deg(a, b)


@given(network=angles, fit=angles)
def test_the_average_lies_on_the_way_from_one_to_the_other(
    network: HeadPose, fit: HeadPose
) -> None:
    average = fused(network, fit, Trust())
    whole = apart(network, fit)
    assert apart(network, average) + apart(average, fit) == pytest.approx(whole, abs=0.01)


@given(network=angles, fit=angles)
def test_the_surer_one_counts_more(network: HeadPose, fit: HeadPose) -> None:
    average = fused(network, fit, Trust(fit_factor=1.0))
    assert network.std_deg is not None
    assert fit.std_deg is not None
    if network.std_deg < fit.std_deg:
        assert apart(network, average) <= apart(average, fit) + 1e-3
    assert average.std_deg is not None
    assert average.std_deg <= max(network.std_deg, fit.std_deg) + 1e-6


@given(one=st.floats(0.0, 90.0), two=st.floats(0.0, 90.0), sharpness=st.floats(0.5, 8.0))
def test_the_weight_is_a_share(one: float, two: float, sharpness: float) -> None:
    assert 0.0 <= fit_weight(one, two, Trust(sharpness=sharpness)) <= 1.0


def test_equal_trust_meets_in_the_middle() -> None:
    network = HeadPose(yaw_deg=10.0, pitch_deg=0.0, roll_deg=0.0, std_deg=3.0)
    fit = HeadPose(yaw_deg=20.0, pitch_deg=0.0, roll_deg=0.0, std_deg=3.0)
    average = fused(network, fit, Trust(fit_factor=1.0))
    assert average.yaw_deg == pytest.approx(15.0)


def test_a_network_without_a_spread_is_still_averaged() -> None:
    network = HeadPose(yaw_deg=10.0, pitch_deg=0.0, roll_deg=0.0)
    fit = HeadPose(yaw_deg=12.0, pitch_deg=0.0, roll_deg=0.0, std_deg=2.0)
    average = fused(network, fit, Trust())
    assert 10.0 <= average.yaw_deg <= 12.0
    assert average.std_deg is not None
    assert np.isfinite(average.std_deg)
