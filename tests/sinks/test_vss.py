"""VSS: names, types, units, ranges and signs of the specification, to Kuksa's own protocol."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databroker import Databroker
from hypothesis import given
from hypothesis import strategies as st
from sink_examples import a_clock, a_health, a_state, an_alert

from edge_pose.config.standards import VssConfig
from edge_pose.errors import SinkError
from edge_pose.kinds import AlertKind
from edge_pose.sinks import Sink
from edge_pose.sinks.vss import VssSink
from edge_pose.sinks.vss.signals import NOTHING, SIGNALS, signals
from edge_pose.values import Gaze, HeadPose

PERCENT = ("float", "percent", 0.0, 100.0)
FLAG = ("boolean", "", None, None)
# Read from the specification: spec/Driver/Driver.vspec, spec/Vehicle/Occupant/HeadPosition.vspec
# and MidEyeGaze.vspec, spec/ADAS/ADAS.vspec (version 7.0-dev): datatype, unit, min, max.
SPECIFICATION: dict[str, tuple[str, str, float | None, float | None]] = {
    "Vehicle.Driver.AttentiveProbability": PERCENT,
    "Vehicle.Driver.DistractionLevel": PERCENT,
    "Vehicle.Driver.FatigueLevel": PERCENT,
    "Vehicle.Driver.IsEyesOnRoad": FLAG,
    "Vehicle.Occupant.Row1.DriverSide.HeadPosition.X": ("int16", "mm", None, None),
    "Vehicle.Occupant.Row1.DriverSide.HeadPosition.Yaw": ("float", "degrees", -180.0, 180.0),
    "Vehicle.Occupant.Row1.DriverSide.HeadPosition.Pitch": ("float", "degrees", -90.0, 90.0),
    "Vehicle.Occupant.Row1.DriverSide.HeadPosition.Roll": ("float", "degrees", -180.0, 180.0),
    "Vehicle.Occupant.Row1.DriverSide.MidEyeGaze.Azimuth": ("float", "degrees", -180.0, 180.0),
    "Vehicle.Occupant.Row1.DriverSide.MidEyeGaze.Elevation": ("float", "degrees", -90.0, 90.0),
    "Vehicle.ADAS.DMS.IsEnabled": FLAG,
    "Vehicle.ADAS.DMS.IsWarning": FLAG,
    "Vehicle.ADAS.DMS.IsError": FLAG,
}
OCCUPANT = "Vehicle.Occupant.Row1.DriverSide"


@pytest.fixture
def broker() -> Iterator[Databroker]:
    broker = Databroker(SPECIFICATION)
    yield broker
    broker.stop()


def test_every_name_and_type_is_the_specifications() -> None:
    assert {name: SPECIFICATION[name][0] for name in SIGNALS} == dict(SIGNALS)
    assert set(NOTHING) == set(SIGNALS)


def test_the_signs_are_the_drivers_own() -> None:
    """Nose to the image's left is the driver's right; up is up; clockwise as viewed leans left."""
    state = a_state(
        off_neutral_deg=(30.0, 10.0),
        pose=HeadPose(yaw_deg=30.0, pitch_deg=10.0, roll_deg=5.0),
        sight_deg=(20.0, -5.0),
        gaze=Gaze(yaw_deg=20.0, pitch_deg=-5.0, std_deg=3.0),
    )
    told = signals(state)
    assert told[f"{OCCUPANT}.HeadPosition.Yaw"] == -30.0
    assert told[f"{OCCUPANT}.HeadPosition.Pitch"] == 10.0
    assert told[f"{OCCUPANT}.HeadPosition.Roll"] == -5.0
    assert told[f"{OCCUPANT}.MidEyeGaze.Azimuth"] == -20.0
    assert told[f"{OCCUPANT}.MidEyeGaze.Elevation"] == -5.0


@given(
    attention=st.floats(0, 1),
    drowsiness=st.none() | st.floats(0, 1),
    off=st.none() | st.tuples(st.floats(-400, 400), st.floats(-400, 400)),
    face=st.booleans(),
    enabled=st.booleans(),
)
def test_no_state_leaves_the_specifications_ranges(
    attention: float, drowsiness: float | None, off: tuple[float, float] | None,
    face: bool, enabled: bool,
) -> None:  # fmt: skip
    state = a_state(
        attention=attention, drowsiness=drowsiness, off_neutral_deg=off, sight_deg=off, face=face,
        enabled=enabled, gaze=Gaze(yaw_deg=0.0, pitch_deg=0.0, std_deg=2.0),
    )  # fmt: skip
    for name, value in signals(state).items():
        _, _, low, high = SPECIFICATION[name]
        if value is not None and low is not None and high is not None:
            assert low <= value <= high


def test_what_is_not_seen_is_not_available() -> None:
    told = signals(a_state(face=False))
    assert told["Vehicle.Driver.AttentiveProbability"] is None
    assert told["Vehicle.Driver.IsEyesOnRoad"] is None
    assert told["Vehicle.ADAS.DMS.IsEnabled"] is True


@pytest.mark.parametrize(
    ("kind", "warning", "error"),
    [
        (AlertKind.MICROSLEEP, True, False),
        (AlertKind.BLOCKED, False, True),
        (AlertKind.CALIBRATING, False, False),
        (AlertKind.OFF, False, False),
    ],
)
def test_warnings_are_the_drivers_and_errors_the_systems(
    kind: AlertKind, warning: bool, error: bool
) -> None:
    told = signals(a_state(1000.0, an_alert(1, kind=kind)))
    assert told["Vehicle.ADAS.DMS.IsWarning"] is warning
    assert told["Vehicle.ADAS.DMS.IsError"] is error


def test_a_databroker_takes_every_signal_and_only_news_is_sent(broker: Databroker) -> None:
    clock = a_clock()
    sink = VssSink(VssConfig(port=broker.port), clock=clock)
    assert isinstance(sink, Sink)
    sink.open()
    sink.state(a_state(attention=0.25), a_health())
    assert set(broker.published) == set(SIGNALS)
    assert broker.published["Vehicle.Driver.AttentiveProbability"] == pytest.approx(25.0)
    broker.published.clear()
    clock.advance(1.0)
    sink.state(a_state(attention=0.5), a_health())
    assert set(broker.published) == {
        "Vehicle.Driver.AttentiveProbability", "Vehicle.Driver.DistractionLevel",
    }  # fmt: skip
    clock.advance(10.0)
    broker.published.clear()
    sink.state(a_state(attention=0.5), a_health())
    assert set(broker.published) == set(SIGNALS)
    sink.close()
    assert broker.published["Vehicle.ADAS.DMS.IsEnabled"] is False
    assert broker.published["Vehicle.Driver.AttentiveProbability"] is None


def test_a_databroker_that_is_away_or_lost_is_a_sink_error(broker: Databroker) -> None:
    with pytest.raises(SinkError, match="is it running"):
        VssSink(VssConfig(port=1), clock=a_clock()).open()
    sink = VssSink(VssConfig(port=broker.port), clock=a_clock())
    sink.open()
    broker.stop()
    with pytest.raises(SinkError, match="vss"):
        sink.state(a_state(), a_health())
    sink.close()
