"""Speed lines: right while they live, unknown when they die."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_pose.vehicle.pulse import MovingLine, SpeedMeter

TICK_S = 0.05


def drive(meter: SpeedMeter, metres: list[float], pulses_per_km: float) -> list[float | None]:
    """The speed at each tick of a car that is at these distances."""
    told, heard = 0, []
    for tick, distance_m in enumerate(metres):
        due = int(distance_m / 1000.0 * pulses_per_km)
        heard.append(meter.update(tick * TICK_S, due - told))
        told = due
    return heard


def at_speeds(speeds_kmh: list[float]) -> list[float]:
    metres, distance_m = [], 0.0
    for speed in speeds_kmh:
        metres.append(distance_m)
        distance_m += speed / 3.6 * TICK_S
    return metres


@given(
    speed_kmh=st.floats(5, 250),
    pulses_per_km=st.floats(1000, 10000),
    tick_s=st.sampled_from([0.02, 0.05, 0.1]),
)
def test_speed_from_pulses_within_one_pulse(
    speed_kmh: float, pulses_per_km: float, tick_s: float
) -> None:
    meter, told, measured = SpeedMeter(pulses_per_km, 300.0), 0, None
    for tick in range(int(5 / tick_s)):
        due = int(tick * tick_s * speed_kmh / 3600 * pulses_per_km)
        measured = meter.update(tick * tick_s, due - told)
        told = due
    one_pulse_kmh = 3600 / pulses_per_km / 2.0
    assert measured == pytest.approx(speed_kmh, abs=1.01 * one_pulse_kmh)


def test_a_wire_cut_before_the_drive_is_not_a_standing_car() -> None:
    meter = SpeedMeter(2548.0, 300.0)
    assert [meter.update(float(t), 0) for t in range(5)] == [None] * 5


@example(speed_kmh=30.0, pulses_per_km=1566.0)
@given(
    speed_kmh=st.floats(30, 200),
    pulses_per_km=st.floats(1500, 10000),
)
def test_a_wire_cut_at_speed_never_reads_standing(speed_kmh: float, pulses_per_km: float) -> None:
    meter = SpeedMeter(pulses_per_km, 300.0)
    metres = at_speeds([speed_kmh] * 100)
    heard = drive(meter, metres, pulses_per_km)
    assert heard[-1] is not None
    dead = [meter.update((100 + tick) * TICK_S, 0) for tick in range(2000)]
    assert all(speed is None or speed >= 1.0 for speed in dead)
    assert dead[-1] is None


@given(
    speed_kmh=st.floats(10, 200),
    braking_m_s2=st.floats(1.0, 10.0),
    pulses_per_km=st.floats(1500, 10000),
)
def test_a_car_that_brakes_to_a_stop_reads_standing(
    speed_kmh: float, braking_m_s2: float, pulses_per_km: float
) -> None:
    slower = braking_m_s2 * TICK_S * 3.6
    braking = [speed_kmh - slower * tick for tick in range(int(speed_kmh / slower) + 1)]
    speeds = [speed_kmh] * 60 + braking + [0.0] * 100
    heard = drive(SpeedMeter(pulses_per_km, 300.0), at_speeds(speeds), pulses_per_km)
    assert heard[-1] == 0.0


def test_a_dead_line_that_comes_back_is_believed_again() -> None:
    meter = SpeedMeter(2548.0, 300.0)
    drive(meter, at_speeds([80.0] * 100), 2548.0)
    assert meter.update(20.0, 0) is None
    heard = [meter.update(20.0 + tick * TICK_S, 2) for tick in range(1, 100)]
    assert heard[-1] == pytest.approx(56.5, abs=1.5)


def test_standing_for_long_may_be_a_dead_line() -> None:
    meter = SpeedMeter(2548.0, 300.0)
    speeds = [5.0] * 100 + [0.0] * 100
    assert drive(meter, at_speeds(speeds), 2548.0)[-1] == 0.0
    assert meter.update(200.0, 0) == 0.0
    assert meter.update(320.0, 0) is None


def test_a_line_that_tells_moving_is_believed_after_its_first_word_and_for_a_while() -> None:
    line = MovingLine(300.0)
    assert line.standstill(0.0, False) is None
    assert line.standstill(1.0, True) is False
    assert line.standstill(2.0, False) is True
    assert line.standstill(302.0, False) is None
    assert line.standstill(303.0, True) is False
