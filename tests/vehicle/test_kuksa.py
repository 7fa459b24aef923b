"""Kuksa: a gRPC server with the project's own protocol on the other end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databroker import Databroker

from edge_pose.config.vehicle import KuksaConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.kuksa import READERS, KuksaSource

SIGNALS = {
    "Vehicle.Speed": ("float", "km/h", None, None),
    "Vehicle.IsMoving": ("boolean", "", None, None),
    "Vehicle.LowVoltageSystemState": ("string", "", None, None),
    "Vehicle.Powertrain.Transmission.SelectedGear": ("int8", "", None, None),
    "Vehicle.Chassis.SteeringWheel.Angle": ("int16", "degrees", None, None),
    "Vehicle.CurrentLocation.Latitude": ("double", "degrees", -90.0, 90.0),
    "Vehicle.CurrentLocation.Longitude": ("double", "degrees", -180.0, 180.0),
}


@pytest.fixture
def broker() -> Iterator[Databroker]:
    broker = Databroker(SIGNALS)
    yield broker
    broker.stop()


@pytest.fixture
def source(broker: Databroker) -> Iterator[KuksaSource]:
    source = KuksaSource(KuksaConfig(port=broker.port, interval_s=0.05))
    source.open()
    source.read()
    yield source
    source.close()


def test_every_signal_asked_for_is_one_of_the_specification() -> None:
    assert set(READERS) == set(SIGNALS)


def test_signals_become_words_of_the_car(broker: Databroker, source: KuksaSource) -> None:
    values = {
        "Vehicle.Speed": -12.0, "Vehicle.IsMoving": True,
        "Vehicle.LowVoltageSystemState": "ON",
        "Vehicle.Powertrain.Transmission.SelectedGear": -1,
        "Vehicle.Chassis.SteeringWheel.Angle": 45,
        "Vehicle.CurrentLocation.Latitude": 52.5, "Vehicle.CurrentLocation.Longitude": 13.25,
    }  # fmt: skip
    for _ in range(2):
        for path, value in values.items():
            broker.provide(path, value)
        words = source.read()
    assert words == {
        "speed_kmh": 12.0, "standstill": False, "ignition": True, "gear": "R",
        "steering_deg": 45.0, "latitude_deg": 52.5, "longitude_deg": 13.25,
    }  # fmt: skip


@pytest.mark.parametrize(("number", "gear"), [(0, "N"), (127, "D"), (3, "D"), (126, "P")])
def test_gears(broker: Databroker, source: KuksaSource, number: int, gear: str) -> None:
    path = "Vehicle.Powertrain.Transmission.SelectedGear"
    broker.provide(path, number)
    source.read()
    broker.provide(path, number)
    assert source.read()["gear"] == gear


def test_a_value_that_its_provider_no_longer_renews_is_no_news(
    broker: Databroker, source: KuksaSource
) -> None:
    """The databroker keeps the last speed for ever, also of a provider that has died."""
    broker.provide("Vehicle.Speed", 0.0)
    source.read()
    broker.provide("Vehicle.Speed", 0.0)
    assert source.read() == {"speed_kmh": 0.0}
    assert source.read() == {}
    assert source.read() == {}


def test_a_value_found_at_the_start_may_be_any_age(broker: Databroker) -> None:
    broker.provide("Vehicle.LowVoltageSystemState", "OFF")
    source = KuksaSource(KuksaConfig(port=broker.port, interval_s=0.05))
    source.open()
    assert source.read() == {}
    assert source.read() == {}
    source.close()


def test_a_broker_that_knows_fewer_signals_is_enough() -> None:
    broker = Databroker({"Vehicle.Speed": SIGNALS["Vehicle.Speed"]})
    source = KuksaSource(KuksaConfig(port=broker.port, interval_s=0.05))
    source.open()
    for speed in (1.0, 2.0):
        broker.provide("Vehicle.Speed", speed)
        words = source.read()
    assert words == {"speed_kmh": 2.0}
    source.close()
    broker.stop()


def test_a_lost_broker_is_told(broker: Databroker, source: KuksaSource) -> None:
    broker.stop()
    with pytest.raises(VehicleError, match="Kuksa 127"):
        source.read()


def test_no_broker_is_told_with_what_to_do() -> None:
    with pytest.raises(VehicleError, match="is it running"):
        KuksaSource(KuksaConfig(port=1)).open()
