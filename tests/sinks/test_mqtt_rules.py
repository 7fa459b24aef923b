"""The MQTT sink without a broker: payloads, pace, inputs of any bytes, the outbox."""

from __future__ import annotations

import json
import logging
import math
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sink_examples import WALL_S, a_clock, a_health, a_state, a_wall, an_alert

from edge_pose.config.sinks import MqttConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.controls import Controls
from edge_pose.sinks import Sink, Ticking
from edge_pose.sinks.mqtt import inputs, payloads
from edge_pose.sinks.mqtt.connection import Acknowledged, Arrived, Down, News, Up
from edge_pose.sinks.mqtt.credentials import Login, login
from edge_pose.sinks.mqtt.discovery import discovery
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.mqtt.payloads import EventPayload
from edge_pose.sinks.mqtt.sink import MqttSink
from edge_pose.sinks.mqtt.situation import Situation
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase, Command
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.vehicle.payload import speed_kmh, switch

SCHEMA = Path(payloads.__file__).with_name("event.schema.json")


# --- payloads


def test_the_committed_schema_is_the_one_that_events_follow() -> None:
    """After a change of EventPayload write ``payloads.event_schema()`` to the file again."""
    assert json.loads(SCHEMA.read_text()) == json.loads(payloads.event_schema())


@given(
    kind=st.sampled_from(AlertKind),
    level=st.sampled_from(AlertLevel),
    phase=st.sampled_from(AlertPhase),
    value=st.floats(),
    reason=st.text(max_size=50),
)
def test_every_alert_makes_a_valid_event(
    kind: AlertKind, level: AlertLevel, phase: AlertPhase, value: float, reason: str
) -> None:
    alert = an_alert(9, kind=kind, level=level, phase=phase, reason=reason)
    alert = Alert(**{**_fields(alert), "values": {"x": value}})
    text = payloads.event(alert, seq=4, run="r", vehicle_id="v", wall=a_wall())
    event = EventPayload.model_validate_json(text)
    assert (event.id, event.seq, event.kind, event.phase) == ("r-9", 4, kind, phase)
    assert event.utc == "2026-09-21T14:13:20.000Z"
    assert event.utc_start == "2026-09-21T14:13:16.800Z"
    assert (event.utc_end is None) == (phase is not AlertPhase.END)
    assert ("x" in event.values) == math.isfinite(value)


def _fields(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in alert.__slots__}


def test_a_state_that_hardly_changes_reads_the_same() -> None:
    first = payloads.state(a_state(1.0, off_neutral_deg=(-0.3, 2.1)), a_health(fps=14.9))
    second = payloads.state(a_state(2.0, off_neutral_deg=(0.4, 2.4)), a_health(fps=15.2))
    assert first == second
    assert json.loads(first)["yaw_deg"] == 0.0


def test_home_assistant_gets_one_device_with_unique_entities() -> None:
    told = json.loads(discovery(Topics("edge_pose/v"), "v", commands=True))
    assert set(told) >= {"device", "origin", "components", "availability"}
    components = told["components"].values()
    assert len({component["unique_id"] for component in components}) == len(told["components"])
    assert all(component["platform"] for component in components)
    assert told["components"]["alert_event"]["event_types"] == [kind.value for kind in AlertKind]
    quiet = json.loads(discovery(Topics("edge_pose/v"), "v", commands=False))
    assert not any("command_topic" in component for component in quiet["components"].values())


# --- inputs


@given(payload=st.binary(max_size=300), key=st.text(max_size=10), factor=st.floats(0.1, 10))
def test_any_bytes_are_a_speed_a_car_can_have_or_none(
    payload: bytes, key: str, factor: float
) -> None:
    speed = speed_kmh(payload, key, factor)
    assert speed is None or 0.0 <= speed <= 500.0
    assert switch(payload, key) in (True, False, None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


@given(value=json_values, key=st.sampled_from(["", "a", "a.b", "."]), name=st.text(max_size=12))
def test_any_json_is_at_most_a_command(value: object, key: str, name: str) -> None:
    payload = json.dumps(value).encode()
    speed = speed_kmh(payload, key, 1.0)
    assert speed is None or math.isfinite(speed)
    assert inputs.command(name, payload) is None or name in inputs.COMMANDS


@pytest.mark.parametrize(
    ("payload", "key", "expected"),
    [
        (b"50", "", 50.0), (b" 50.5 ", "", 50.5), (b'"50"', "", 50.0), (b"-20", "", 20.0),
        (b'{"speed": 7}', "speed", 7.0), (b'{"a": {"b": 3}}', "a.b", 3.0),
        (b"true", "", None), (b"NaN", "", None), (b"1e999", "", None), (b"9" * 4000, "", None),
        (b"[" * 4000, "", None), (b"1" * 5000, "", None), (b'{"speed": null}', "speed", None),
        (b"\xff\xfe", "", None), (b"", "", None), (b"600", "", None), (b"null", "speed", None),
    ],
)  # fmt: skip
def test_speeds(payload: bytes, key: str, expected: float | None) -> None:
    assert speed_kmh(payload, key, 1.0) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [(b"ON", True), (b"off", False), (b"1", True), (b"0", False), (b"true", True),
     (b'"No"', False), (b"maybe", None), (b"[]", None), (b"", None)],
)  # fmt: skip
def test_switches(payload: bytes, expected: bool | None) -> None:
    assert switch(payload) == expected


# --- the sink's own rules, on a line that records


class RecordedLine:
    """Stands in for Connection: keeps what is published and hands out the news it is given."""

    def __init__(self, config: MqttConfig, **_: object) -> None:
        self.published: list[tuple[str, str]] = []
        self.waiting: list[News] = []
        self.situation = Situation(config.host, 1883)
        self.arrived = threading.Event()
        self.sign_s = 1000.0
        self.starts = 0

    def start(self, subscriptions: list[str]) -> None:
        self.starts += 1
        self.subscriptions = subscriptions

    def stop(self, timeout_s: float) -> None:
        self.stopped = timeout_s

    def publish(self, topic: str, payload: str, *, qos: int = 0, retain: bool = False) -> int:
        assert qos in (0, 1)
        assert retain or topic.endswith(("/event", "/stats"))
        self.published.append((topic, payload))
        return len(self.published)

    def news(self) -> list[News]:
        news, self.waiting = self.waiting, []
        return news

    def texts(self, name: str) -> list[str]:
        return [payload for topic, payload in self.published if topic.endswith(f"/{name}")]


class Rig:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> None:
        monkeypatch.setattr("edge_pose.sinks.mqtt.sink.Connection", RecordedLine)
        self.clock = a_clock()
        self.controls = Controls(VehicleInputs(VehicleConfig(), self.clock))
        self.sink = MqttSink(
            MqttConfig.model_validate(settings),
            vehicle_id="v",
            controls=self.controls,
            wall=a_wall(self.clock),
            state_dir=folder,
        )
        self.line: RecordedLine = self.sink._connection  # type: ignore[assignment]
        self.sink.open()

    def hear(self, *news: News) -> None:
        self.line.waiting += news
        self.sink.tick()


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    return Rig(tmp_path, monkeypatch, speed_topic="car/speed", ignition_topic="car/ignition")


def test_it_is_a_sink_and_subscribes_to_what_it_needs(rig: Rig) -> None:
    assert isinstance(rig.sink, Sink)
    assert isinstance(rig.sink, Ticking)
    assert set(rig.line.subscriptions) == {
        "car/speed", "car/ignition", "homeassistant/status",
        *(f"edge_pose/v/command/{name}" for name in
          ("mute", "enable", "acknowledge", "recalibrate")),
    }  # fmt: skip


def test_states_come_at_most_once_a_second_and_only_when_changed(rig: Rig) -> None:
    rig.hear(Up())
    for number in range(100):
        rig.sink.state(a_state(attention=number / 100), a_health())
        rig.sink.tick()
        rig.clock.advance(0.1)
    assert 9 <= len(rig.line.texts("state")) <= 11
    before = len(rig.line.texts("state"))
    rig.clock.advance(2.0)
    for _ in range(10):
        rig.sink.tick()
        rig.clock.advance(1.0)
    assert len(rig.line.texts("state")) == before + 1


def test_statistics_each_minute(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.state(a_state(), a_health(dropped=4))
    for _ in range(121):
        rig.clock.advance(1.0)
        rig.line.sign_s = rig.clock.now()
        rig.sink.tick()
    told = [json.loads(text) for text in rig.line.texts("stats")]
    assert [stats["uptime_s"] for stats in told] == [60, 120]
    assert told[0]["dropped"] == 4


def test_mute_and_enable_are_told_when_they_change_and_after_a_reconnect(rig: Rig) -> None:
    rig.hear(Up())
    for muted in (False, False, True):
        rig.sink.state(a_state(), a_health(muted=muted))
    rig.sink.state(a_state(enabled=False), a_health(muted=True))
    assert rig.line.texts("mute") == ["OFF", "ON"]
    assert rig.line.texts("enabled") == ["ON", "OFF"]
    rig.hear(Down(), Up())
    assert rig.line.texts("mute")[-1] == "ON"
    assert len(rig.line.texts("mute")) == 3
    assert rig.line.texts("availability") == ["online", "online"]


def test_nothing_is_published_while_the_broker_is_away(rig: Rig) -> None:
    for number in range(5):
        rig.sink.alert(an_alert(number))
        rig.sink.state(a_state(), a_health())
        rig.sink.tick()
    assert rig.line.published == []
    rig.hear(Up())
    assert [json.loads(text)["id"][-1] for text in rig.line.texts("event")] == list("01234")


def test_newer_events_wait_until_the_repeated_ones_are_acknowledged(rig: Rig) -> None:
    """paho repeats what was on the way by itself; newer ones must not overtake it."""
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    mid = len(rig.line.published)
    rig.hear(Down())
    rig.sink.alert(an_alert(2))
    rig.hear(Up())
    assert len(rig.line.texts("event")) == 1
    rig.hear(Acknowledged(mid=mid))
    assert len(rig.line.texts("event")) == 2


def test_a_stale_speed_is_unknown_and_so_is_all_without_a_broker(rig: Rig) -> None:
    rig.hear(Up(), Arrived(topic="car/speed", payload=b"0.4", retained=False))
    rig.hear(Arrived(topic="car/ignition", payload=b"ON", retained=True))
    assert rig.controls.vehicle.standstill is True
    assert rig.controls.vehicle.engaged is True
    rig.clock.advance(10.1)
    rig.sink.tick()
    assert rig.controls.vehicle.standstill is None
    assert rig.controls.vehicle.engaged is True
    rig.hear(Down())
    assert rig.controls.vehicle.engaged is None


def test_a_retained_off_is_refused_and_a_live_one_expires(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.hear(Up(), Arrived(topic="car/ignition", payload=b"OFF", retained=True))
    assert rig.controls.vehicle.engaged is None
    assert "a retained 'off' is not believed" in caplog.text
    rig.hear(Arrived(topic="car/ignition", payload=b"OFF", retained=False))
    assert rig.controls.vehicle.engaged is False
    rig.clock.advance(61.0)
    assert rig.controls.vehicle.engaged is None


def test_what_a_pin_tells_is_not_forgotten_with_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path, monkeypatch, speed_topic="car/speed")
    rig.controls.car.hear("gpio", ignition=True)
    rig.hear(Up(), Arrived(topic="car/speed", payload=b"50", retained=False), Down())
    assert rig.controls.vehicle.speed_kmh is None
    assert rig.controls.vehicle.engaged is True


def test_a_credential_left_empty_is_no_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mqtt-username", "mqtt-password"):
        (tmp_path / name).write_text("\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert login(MqttConfig()) == Login(None, None)
    (tmp_path / "mqtt-password").write_text("secret\n")
    assert "secret" not in repr(login(MqttConfig(username="car")))
    assert login(MqttConfig(username="car")).password == "secret"


def test_a_retained_speed_or_command_is_too_old_to_count(rig: Rig) -> None:
    rig.hear(Up(), Arrived(topic="car/speed", payload=b"0", retained=True))
    rig.hear(Arrived(topic="edge_pose/v/command/mute", payload=b"ON", retained=True))
    assert rig.controls.vehicle.standstill is None
    assert rig.controls.take() == ()
    rig.hear(Arrived(topic="edge_pose/v/command/mute", payload=b"ON", retained=False))
    assert rig.controls.take() == (Command.MUTE,)


def test_a_client_that_gives_no_sign_of_life_is_replaced(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    rig.clock.advance(200.0)
    rig.sink.tick()
    assert rig.line.starts == 2
    rig.line.sign_s = rig.clock.now()
    rig.hear(Up())
    assert len(rig.line.texts("event")) == 2


def test_goodbye_is_short_and_said_once(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.close()
    rig.sink.close()
    rig.sink.tick()
    assert rig.line.texts("availability") == ["online", "stopped"]
    assert rig.line.stopped < 1.0
    assert rig.line.starts == 1


TOPICS = ["car/speed", "car/ignition", "homeassistant/status", "edge_pose/v/command/mute",
          "edge_pose/v/command/acknowledge", "edge_pose/v/command/../../x"]  # fmt: skip


def test_no_message_can_bring_it_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(tmp_path, monkeypatch, speed_topic="car/speed", ignition_topic="car/ignition")
    rig.hear(Up())

    @given(
        topic=st.sampled_from(TOPICS) | st.text(max_size=60),
        payload=st.binary(max_size=200) | st.sampled_from([b"[" * 5000, b"ON", b"1e400"]),
        retained=st.booleans(),
    )
    def fuzz(topic: str, payload: bytes, retained: bool) -> None:
        rig.hear(Arrived(topic=topic, payload=payload, retained=retained))
        vehicle = rig.controls.vehicle
        assert vehicle.speed_kmh is None or 0.0 <= vehicle.speed_kmh <= 500.0
        assert all(isinstance(command, Command) for command in rig.controls.take())

    fuzz()


# --- the situation


def test_one_line_per_change(caplog: pytest.LogCaptureFixture) -> None:
    situation = Situation("broker", 8883)
    bad = ssl.SSLCertVerificationError("certificate verify failed")
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            situation.failed(ConnectionRefusedError(111, "Connection refused"))
        for _ in range(3):
            situation.failed(bad)
        for _ in range(3):
            situation.refused("Not authorized")
            situation.lost("Not authorized")
        situation.online()
        situation.lost("Keep alive timeout")
        situation.failed(TimeoutError("timed out"))
        situation.failed(ssl.SSLError(1, "wrong version number"))
    told = [record.getMessage().split(": ", 1)[1].split(" (")[0] for record in caplog.records]
    assert told == [
        "cannot be reached", "its certificate is not trusted", "refuses us", "connected",
        "connection lost", "TLS failed",
    ]  # fmt: skip


# --- the outbox


def an_outbox(folder: Path, limit: int = 100) -> Outbox:
    outbox = Outbox(folder / "outbox.db", limit=limit, utc=lambda: WALL_S)
    outbox.open()
    return outbox


def test_the_outbox_keeps_order_and_numbers_over_restarts(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    seqs = [outbox.add(lambda seq: f"event {seq}") for _ in range(3)]
    assert seqs[0] == int(WALL_S) + 1
    for seq in seqs:
        outbox.done(seq)
    outbox.close()
    outbox.close()
    again = an_outbox(tmp_path)
    assert len(again) == 0
    assert again.add(lambda seq: f"event {seq}") == seqs[-1] + 1
    assert again.after(-1, 10) == [(seqs[-1] + 1, f"event {seqs[-1] + 1}")]
    again.close()


def test_past_the_limit_the_oldest_go_and_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = an_outbox(tmp_path, limit=5)
    seqs = [outbox.add(str) for _ in range(9)]
    assert [seq for seq, _ in outbox.after(-1, 100)] == seqs[4:]
    assert outbox.lost == 4
    assert caplog.text.count("backlog is full") == 1
    outbox.close()


def test_where_the_disk_cannot_be_written_it_goes_on_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    outbox = an_outbox(tmp_path / "file")
    seq = outbox.add(str)
    outbox.close()
    assert outbox.after(-1, 10) == [(seq, str(seq))]
    assert "kept in memory" in caplog.text


def test_a_disk_that_fills_up_loses_nothing_that_was_waiting(tmp_path: Path) -> None:
    outbox = an_outbox(tmp_path)
    outbox.add(str)
    assert outbox._database is not None
    outbox._database.execute("PRAGMA max_page_count = 3")
    seqs = [outbox.add(lambda seq: str(seq) * 100) for _ in range(20)]
    assert [seq for seq, _ in outbox.after(-1, 100)] == [seqs[0] - 1, *seqs]


def test_a_damaged_outbox_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(b"no database" * 500)
    outbox = an_outbox(tmp_path)
    assert outbox.add(str) == int(WALL_S) + 1
    assert list(tmp_path.glob("outbox.damaged-*.db"))
    outbox.close()
