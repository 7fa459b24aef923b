"""CAN on python-can's virtual bus, decoded by a DBC file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import can
import cantools
import pytest

from edge_pose.config.vehicle import CanConfig, VehicleConfig
from edge_pose.errors import VehicleError
from edge_pose.testing.clock import FakeClock
from edge_pose.vehicle.can_bus import CanSource
from edge_pose.vehicle.inputs import VehicleInputs

DBC = """
VERSION ""
NS_ :
BS_:
BU_: CAR
BO_ 416 Speeds: 8 CAR
 SG_ Road : 0|16@1+ (0.01,0) [0|655.35] "km/h" CAR
 SG_ Wheel : 16|16@1- (0.1,0) [-1500|1500] "deg" CAR
BO_ 417 Body: 8 CAR
 SG_ Lever : 0|4@1+ (1,0) [0|15] "" CAR
 SG_ Key : 4|2@1+ (1,0) [0|3] "" CAR
 SG_ Blinker : 8|2@1+ (1,0) [0|3] "" CAR
BO_ 2566844926 CruiseControl: 8 CAR
 SG_ WheelSpeed : 8|16@1+ (0.00390625,0) [0|250.996] "km/h" CAR
VAL_ 417 Lever 0 "Park" 1 "Reverse" 2 "Neutral" 3 "Drive" ;
"""

SIGNALS = [
    {"quantity": "speed_kmh", "message": "Speeds", "signal": "Road", "invalid_from": 655.0},
    {"quantity": "steering_deg", "message": "Speeds", "signal": "Wheel", "factor": -1.0},
    {"quantity": "gear", "message": "Body", "signal": "Lever",
     "choices": {"Park": "P", "Reverse": "R", "Neutral": "N", "Drive": "D"}},
    {"quantity": "ignition", "message": "Body", "signal": "Key"},
    {"quantity": "indicator", "message": "Body", "signal": "Blinker",
     "choices": {"0": "off", "1": "left", "2": "right"}},
]  # fmt: skip


class Bench:
    """A car's control unit on one end of the bus, our source on the other."""

    def __init__(self, folder: Path, signals: list[dict[str, object]]) -> None:
        self.dbc = folder / "car.dbc"
        self.dbc.write_text(DBC)
        channel = uuid4().hex
        self.unit = can.Bus(interface="virtual", channel=channel)
        self.source = CanSource(
            CanConfig.model_validate(
                {"enabled": True, "interface": "virtual", "channel": channel,
                 "dbc_file": self.dbc, "signals": signals}
            )
        )  # fmt: skip
        self.source.open()

    def send(self, name: str, **values: float | str) -> None:
        message = cantools.database.load_file(str(self.dbc)).get_message_by_name(name)
        self.unit.send(
            can.Message(
                arbitration_id=message.frame_id,
                is_extended_id=message.is_extended_frame,
                data=message.encode(values, strict=False),
            )
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, SIGNALS)
    yield bench
    bench.source.close()
    bench.unit.shutdown()


def test_signals_of_the_bus_become_words_of_the_car(bench: Bench) -> None:
    bench.send("Speeds", Road=87.25, Wheel=-12.5)
    bench.send("Body", Lever="Reverse", Key=1, Blinker=1)
    assert bench.source.read() == {
        "speed_kmh": pytest.approx(87.25), "steering_deg": pytest.approx(12.5),
        "gear": "R", "ignition": True, "indicator": "left",
    }  # fmt: skip


def test_of_many_frames_the_newest_counts_and_a_silent_bus_says_nothing(bench: Bench) -> None:
    for speed in range(50):
        bench.send("Speeds", Road=float(speed), Wheel=0.0)
    assert bench.source.read()["speed_kmh"] == 49.0
    assert bench.source.read() == {}


def test_what_the_bus_calls_not_available_is_unknown(bench: Bench) -> None:
    bench.send("Speeds", Road=655.35, Wheel=0.0)
    bench.send("Body", Lever=9, Key=1, Blinker=3)
    words = bench.source.read()
    assert words["speed_kmh"] is None
    assert words["gear"] is None
    assert words["indicator"] is None


def test_strange_frames_say_nothing(bench: Bench) -> None:
    bench.unit.send(can.Message(arbitration_id=0x123, is_extended_id=False, data=b"12345678"))
    bench.unit.send(can.Message(arbitration_id=416, is_extended_id=False, data=b""))
    bench.unit.send(can.Message(arbitration_id=416, is_extended_id=True, data=b"12345678"))
    bench.unit.send(can.Message(arbitration_id=416, is_extended_id=False, is_error_frame=True))
    assert bench.source.read() == {}


def test_an_extended_frame_of_a_lorry(tmp_path: Path) -> None:
    signal = {"quantity": "speed_kmh", "message": "CruiseControl", "signal": "WheelSpeed",
              "invalid_from": 250.99}  # fmt: skip
    bench = Bench(tmp_path, [signal])
    bench.send("CruiseControl", WheelSpeed=80.0)
    assert bench.source.read() == {"speed_kmh": pytest.approx(80.0)}
    bench.source.close()
    bench.unit.shutdown()


def test_a_bus_that_falls_silent_leaves_the_monitor_strict(bench: Bench) -> None:
    clock = FakeClock()
    car = VehicleInputs(VehicleConfig(), clock)
    bench.send("Speeds", Road=0.0, Wheel=0.0)
    car.hear("can", valid_s=None, **bench.source.read())
    assert car.state.standstill is True
    clock.advance(3.1)
    assert car.state.standstill is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"signal": "Nothing"}, "no signal Speeds.Nothing"),
        ({"message": "Nobody"}, "no signal Nobody.Road"),
    ],
)
def test_a_name_that_the_dbc_does_not_have_is_told(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    with pytest.raises(VehicleError, match=words):
        Bench(tmp_path, [{**SIGNALS[0], **change}])


def test_no_adapter_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "car.dbc").write_text(DBC)
    source = CanSource(
        CanConfig.model_validate(
            {"enabled": True, "channel": "nocan7", "dbc_file": tmp_path / "car.dbc",
             "signals": SIGNALS}
        )
    )  # fmt: skip
    with pytest.raises(VehicleError, match="ip link set"):
        source.open()
