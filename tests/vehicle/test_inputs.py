"""Many sources, one state: what is stale, disputed or doubtful asks for more, never for less."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.config.vehicle import VehicleConfig
from edge_pose.testing.clock import FakeClock
from edge_pose.values import VehicleState
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.vehicle.plausible import QUANTITIES, plausible


class Rig:
    def __init__(self, **settings: object) -> None:
        self.clock = FakeClock()
        self.car = VehicleInputs(VehicleConfig.model_validate(settings), self.clock)

    @property
    def state(self) -> VehicleState:
        return self.car.state

    def hours(self, hours: float, **words: float | bool) -> list[bool | None]:
        """``engaged`` each ten seconds, while these words are told again and again."""
        seen = []
        for _ in range(int(hours * 360)):
            self.car.hear("gpio", **words)
            self.clock.advance(2.5)
            seen.append(self.state.engaged)
            self.clock.advance(7.5)
        return seen


def test_without_any_source_all_is_unknown() -> None:
    assert Rig().state == VehicleState()


WORDS: dict[str, float | bool | str] = {
    "speed_kmh": 0.0, "standstill": True, "ignition": False, "gear": "R", "steering_deg": 90.0,
    "indicator": "left", "acknowledge": True, "latitude_deg": 52.0, "longitude_deg": 13.0,
}  # fmt: skip


@pytest.mark.parametrize("quantity", sorted(QUANTITIES))
def test_every_word_that_is_not_renewed_becomes_unknown(quantity: str) -> None:
    rig = Rig(place=True)
    rig.car.hear("can", **{quantity: WORDS[quantity]})
    assert getattr(rig.state, quantity) == WORDS[quantity]
    rig.clock.advance(61.0)
    assert rig.state == VehicleState()


def test_a_source_that_is_gone_is_forgotten_at_once_and_another_goes_on() -> None:
    rig = Rig()
    rig.car.hear("can", speed_kmh=0.2, gear="R")
    rig.car.hear("gpio", ignition=True)
    rig.car.forget("can")
    assert rig.state == VehicleState(ignition=True, engaged=True)


def test_the_first_in_order_is_taken_while_sources_agree() -> None:
    rig = Rig(order=("can", "gps"))
    rig.car.hear("gps", speed_kmh=48.0)
    rig.car.hear("can", speed_kmh=50.0)
    assert rig.state.speed_kmh == 50.0
    rig.car.hear("can", speed_kmh=None)
    assert rig.state.speed_kmh == 48.0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"speed_kmh": 0.0}, {"speed_kmh": 50.0}, {"speed_kmh": 50.0, "standstill": False}),
        ({"standstill": True}, {"standstill": False}, {"standstill": False}),
        ({"standstill": True}, {"speed_kmh": 30.0}, {"standstill": False}),
        ({"standstill": False}, {"speed_kmh": 0.0}, {"standstill": False}),
        ({"standstill": True}, {"speed_kmh": 0.3}, {"standstill": True}),
        ({"ignition": False}, {"ignition": True}, {"ignition": True, "engaged": True}),
        ({"gear": "R"}, {"gear": "D"}, {"gear": None}),
        ({"indicator": "left"}, {"indicator": "off"}, {"indicator": None}),
        ({"steering_deg": 200.0}, {"steering_deg": 0.0}, {"steering_deg": None}),
    ],
)
def test_where_sources_differ_the_stricter_word_counts(
    one: dict[str, float], other: dict[str, float], expected: dict[str, object]
) -> None:
    for first, second in ((one, other), (other, one)):
        rig = Rig()
        rig.car.hear("can", **first)
        rig.car.hear("gpio", **second)
        told = {name: getattr(rig.state, name) for name in expected}
        assert told == expected


def test_a_disagreement_is_told_but_not_each_frame(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    with caplog.at_level(logging.WARNING):
        for _ in range(200):
            rig.car.hear("can", speed_kmh=0.0)
            rig.car.hear("gps", speed_kmh=60.0)
            assert rig.state.standstill is False
            rig.clock.advance(0.5)
    told = [record.message for record in caplog.records if "agree" in record.message]
    assert told == ["speed_kmh: can and gps do not agree; the stricter word counts"] * 2


@given(
    quantity=st.sampled_from(QUANTITIES),
    word=st.one_of(st.floats(), st.integers(), st.text(), st.booleans(), st.none()),
)
def test_no_word_is_more_than_a_car_can_say(quantity: str, word: float | bool | str | None) -> None:
    told = plausible(quantity, word)
    assert told is None or told == word
    rig = Rig()
    rig.car.hear("can", **{quantity: word})
    state = rig.state
    assert state.speed_kmh is None or 0.0 <= state.speed_kmh <= 500.0
    assert state.gear in (None, "P", "R", "N", "D")


def test_the_place_is_kept_only_where_the_config_asks_for_it() -> None:
    rig = Rig()
    rig.car.hear("gps", latitude_deg=52.5, longitude_deg=13.4)
    assert rig.state.latitude_deg is None
    assert rig.state.longitude_deg is None


def test_the_place_is_rounded() -> None:
    rig = Rig(place=True, place_digits=2)
    rig.car.hear("gps", latitude_deg=52.51627, longitude_deg=13.37770)
    assert (rig.state.latitude_deg, rig.state.longitude_deg) == (52.52, 13.38)


# --- off


def test_off_is_off_while_it_is_renewed_and_the_car_stands(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig()
    rig.car.hear("gpio", ignition=True)
    assert rig.state.engaged is True
    with caplog.at_level(logging.INFO):
        assert set(rig.hours(2.0, ignition=False, speed_kmh=0.0)) == {False}
    assert "the ignition is off: the monitor is off" in caplog.text


def test_off_that_is_not_renewed_expires() -> None:
    rig = Rig()
    rig.car.hear("mqtt", ignition=False)
    assert rig.state.engaged is False
    rig.clock.advance(61.0)
    assert rig.state.engaged is None


def test_a_moving_car_is_not_off_nor_at_its_next_stop() -> None:
    """An ignition wire cut on the road: the box goes on, also at every traffic light."""
    rig = Rig()
    assert set(rig.hours(0.1, ignition=True, speed_kmh=50.0)) == {True}
    assert set(rig.hours(0.1, ignition=False, speed_kmh=50.0)) == {None}
    assert set(rig.hours(0.5, ignition=False, speed_kmh=0.0)) == {None}
    assert set(rig.hours(0.1, ignition=True, speed_kmh=0.0)) == {True}
    assert set(rig.hours(0.1, ignition=False, speed_kmh=0.0)) == {False}


def test_a_car_that_a_line_calls_moving_is_not_off_though_nobody_knows_how_fast() -> None:
    """A wheel's moving line is a witness, too: for half an hour nobody watched on the road."""
    rig = Rig()
    assert set(rig.hours(0.1, ignition=True, standstill=False)) == {True}
    assert set(rig.hours(0.1, ignition=False, standstill=False)) == {None}
    assert set(rig.hours(0.5, ignition=False, standstill=True)) == {None}, "nor at its next stop"
    assert set(rig.hours(0.1, ignition=True, standstill=True)) == {True}
    assert set(rig.hours(0.1, ignition=False, standstill=True)) == {False}


def test_off_without_a_second_witness_is_limited_in_time() -> None:
    rig = Rig(off_unconfirmed_max_s=1800.0)
    seen = rig.hours(2.0, ignition=False)
    assert seen[0] is False
    assert seen[-1] is None
    assert seen.index(None) == pytest.approx(180, abs=2)


def test_off_is_limited_in_time_even_with_a_witness() -> None:
    rig = Rig(off_max_s=7200.0)
    seen = rig.hours(3.0, ignition=False, speed_kmh=0.0)
    assert seen.index(None) == pytest.approx(720, abs=2)
    assert set(rig.hours(0.1, ignition=True, speed_kmh=0.0)) == {True}
    assert rig.hours(0.1, ignition=False, speed_kmh=0.0)[0] is False


@pytest.mark.parametrize("off_s", [0.1, 0.5, 1.5])
def test_a_loose_contact_switches_the_monitor_off_once_and_not_again_and_again(
    off_s: float, caplog: pytest.LogCaptureFixture
) -> None:
    """Each time it would start afresh, and a sleeper is told after three seconds."""
    rig, off = Rig(), list[int]()
    for step in range(1200):
        rig.car.hear("gpio", ignition=step * 0.05 % 2.0 >= off_s)
        if rig.state.engaged is False:
            off.append(step)
        rig.clock.advance(0.05)
    assert max(off) * 0.05 <= off_s
    assert "it comes and goes" in caplog.text
    rig.car.hear("gpio", ignition=False)
    assert rig.state.engaged is None
    rig.clock.advance(3.5)
    assert rig.state.engaged is False, "a real off, soon after"
