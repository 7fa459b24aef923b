"""The MQTT sink without a broker: payloads, pace, inputs of any bytes, the outbox."""

from __future__ import annotations

import json
import logging
import math
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sink_examples import WALL_S, a_clock, a_health, a_state, a_wall, an_alert

from edge_pose.config.sinks import MqttConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.controls import Controls
from edge_pose.sinks import Filming, Sink, Ticking
from edge_pose.sinks.mqtt import event_payload, inputs
from edge_pose.sinks.mqtt.credentials import Login, login
from edge_pose.sinks.mqtt.discovery import Abilities, Device, discovery
from edge_pose.sinks.mqtt.event_payload import EventPayload, StepWatch
from edge_pose.sinks.mqtt.home_lane import HomeLane
from edge_pose.sinks.mqtt.news import (
    Acknowledged,
    Arrived,
    Down,
    News,
    NewsQueue,
    OldBroker,
    Receipt,
    Up,
)
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.mqtt.picture_sink import PictureMqttSink
from edge_pose.sinks.mqtt.schemas import schemas
from edge_pose.sinks.mqtt.sink import MqttSink
from edge_pose.sinks.mqtt.situation import Situation, Standing
from edge_pose.sinks.mqtt.state_payload import StatePayload, StateWriter
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.testing.clock import FakeClock
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    CameraCondition,
    Command,
    Frame,
)
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.vehicle.payload import speed_kmh, switch

ROOM = Path(event_payload.__file__).parent
DEVICE = Device(vehicle_id="v", device_id="0123abcd", preset="gentle")
WRITER = StateWriter(run="r", device="0123abcd")


# --- payloads


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_schemas_are_those_that_payloads_follow(name: str) -> None:
    """After a change of a payload: python -m edge_pose.sinks.mqtt.schemas"""
    assert (ROOM / name).read_text() == schemas()[name]
    assert ("draft-07" in name) == ("$defs" not in schemas()[name])


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
    text = event_payload.event(alert, seq=4, run="r", vehicle_id="v", wall=a_wall())
    event = EventPayload.model_validate_json(text)
    assert (event.id, event.seq, event.kind, event.phase) == ("r-9", 4, kind, phase)
    assert event.utc == "2026-09-21T14:13:20.000Z"
    assert event.utc_start == "2026-09-21T14:13:16.800Z"
    assert (event.utc_end is None) == (phase is not AlertPhase.END)
    assert ("x" in event.values) == math.isfinite(value)


def _fields(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in alert.__slots__}


def test_a_state_that_hardly_changes_reads_the_same() -> None:
    first = WRITER.told(a_state(1.0, off_neutral_deg=(-0.3, 2.1)), a_health(fps=14.9))
    second = WRITER.told(a_state(2.0, off_neutral_deg=(0.4, 2.4)), a_health(fps=15.2))
    assert first == second
    assert json.loads(first)["yaw_deg"] == 0.0


def test_home_assistant_gets_one_device_with_unique_entities() -> None:
    told = json.loads(discovery(Topics("edge_pose/v"), DEVICE, Abilities(commands=True)))
    assert set(told) >= {"device", "origin", "components", "availability"}
    entities = [c for c in told["components"].values() if "unique_id" in c]
    assert len({entity["unique_id"] for entity in entities}) == len(entities)
    assert all(component["platform"] for component in told["components"].values())
    kinds = [kind.value for kind in AlertKind]
    assert told["components"]["alert_event"]["event_types"] == [*kinds, "late"]
    assert told["device"]["serial_number"] == "0123abcd"


def test_what_is_not_there_is_taken_back_from_home_assistant() -> None:
    """A component of nothing but its platform removes what was announced before."""
    told = json.loads(discovery(Topics("edge_pose/v"), DEVICE, Abilities(commands=False)))
    parts = told["components"]
    assert not any("command_topic" in component for component in parts.values())
    assert parts["mute"] == {"platform": "switch"}
    assert "temperature" not in parts, "not measured yet: it may have been, and have a name"
    hot = Abilities(commands=True).seen(a_state(), a_health(temperature_c=50.0, throttled=None))
    parts = json.loads(discovery(Topics("edge_pose/v"), DEVICE, hot))["components"]
    assert parts["temperature"]["device_class"] == "temperature"
    assert "throttled" not in parts
    assert "perclos" in parts
    blind = Abilities(commands=True).seen(a_state(eyes=None), a_health())
    parts = json.loads(discovery(Topics("edge_pose/v"), DEVICE, blind))["components"]
    assert not {"perclos", "drowsiness", "region"} & set(parts)


def test_steps_are_what_changes_kind_or_level() -> None:
    watch = StepWatch()
    glance = an_alert(1, level=AlertLevel.ADVISORY)
    asleep = an_alert(1, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL, phase=AlertPhase.UPDATE)
    told = [watch.is_step(a) for a in (glance, asleep, asleep, an_alert(1, phase=AlertPhase.END))]
    assert told == [True, True, False, False]


def test_off_and_blind_read_as_null_and_no_alert_as_none() -> None:
    off = StatePayload.model_validate_json(WRITER.told(a_state(enabled=False), a_health()))
    assert (off.monitoring, off.attention, off.perclos, off.face) == (False, None, None, None)
    assert (off.alert, off.alert_level, off.throttled) == ("none", "none", None)
    lost = an_alert(1, kind=AlertKind.LOST)
    blind = StatePayload.model_validate_json(WRITER.blind([lost], a_health(), None))
    assert (blind.camera, blind.attention, blind.face) == ("lost", None, None)
    assert (blind.alert, blind.alert_level) == ("camera.lost", "warning")
    covered = a_state(1.0, camera=CameraCondition.BLOCKED)
    assert json.loads(WRITER.told(covered, a_health()))["camera"] == "blocked"


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
        self.forgotten: dict[str, float | None] = {}

    def start(self, subscriptions: list[str]) -> None:
        self.starts += 1
        self.subscriptions = subscriptions

    def stop(self, timeout_s: float) -> None:
        self.stopped = timeout_s

    def publish(
        self,
        topic: str,
        payload: str,
        *,
        qos: int = 0,
        retain: bool = False,
        expiry_s: float | None = None,
    ) -> int:
        assert qos in (0, 1)
        assert retain or topic.endswith(("/event", "/home", "/stats", "/minutes", "/picture"))
        self.forgotten[topic.rpartition("/")[2]] = expiry_s
        self.published.append((topic, payload))
        return len(self.published)

    def news(self) -> list[News]:
        news, self.waiting = self.waiting, []
        return news

    def texts(self, name: str) -> list[str]:
        return [payload for topic, payload in self.published if topic.endswith(f"/{name}")]


class Rig:
    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        kind: type[MqttSink] = MqttSink,
        **settings: object,
    ) -> None:
        monkeypatch.setattr("edge_pose.sinks.mqtt.sink.Connection", RecordedLine)
        self.clock = a_clock()
        self.controls = Controls(VehicleInputs(VehicleConfig(), self.clock))
        self.sink = kind(
            MqttConfig.model_validate(settings),
            device=DEVICE,
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
          ("mute", "enable", "acknowledge", "recalibrate", "restart", "preset")),
    }  # fmt: skip


def test_states_come_at_most_once_a_second_and_only_when_changed(rig: Rig) -> None:
    rig.hear(Up())
    for number in range(100):
        rig.sink.state(a_state(attention=number / 100), a_health())
        rig.sink.tick()
        rig.clock.advance(0.1)
    assert 9 <= len(rig.line.texts("state")) <= 12
    before = len(rig.line.texts("state"))
    for _ in range(10):
        rig.clock.advance(1.0)
        rig.sink.state(a_state(attention=0.99), a_health())
        rig.sink.tick()
    assert len(rig.line.texts("state")) <= before + 1
    assert rig.line.forgotten["state"] == 60.0


def test_the_first_word_is_that_nothing_is_known_then_online(rig: Rig) -> None:
    """Whatever an earlier run has left at the broker, nobody reads it as now."""
    rig.hear(Up())
    topics = [topic for topic, _ in rig.line.published]
    assert topics.index("edge_pose/v/state") < topics.index("edge_pose/v/availability")
    first = json.loads(rig.line.texts("state")[0])
    assert (first["alert"], first["camera"], first["attention"]) == ("none", "unknown", None)
    rig.sink.state(a_state(), a_health())
    rig.hear(Down(), Up())
    assert json.loads(rig.line.texts("state")[-1])["attention"] == 0.8


def test_without_pictures_the_camera_is_lost_and_nothing_is_measured(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.state(a_state(), a_health())
    rig.sink.tick()
    rig.sink.alert(an_alert(1, kind=AlertKind.LOST))
    rig.clock.advance(3.5)
    rig.sink.tick()
    lost = json.loads(rig.line.texts("state")[-1])
    assert (lost["camera"], lost["face"], lost["attention"]) == ("lost", None, None)
    assert lost["alert"] == "camera.lost"
    rig.sink.state(a_state(), a_health())
    rig.clock.advance(1.1)
    rig.sink.tick()
    assert json.loads(rig.line.texts("state")[-1])["face"] is True


def test_a_state_that_stands_is_renewed_before_the_broker_forgets_it(rig: Rig) -> None:
    rig.hear(Up())
    for _ in range(60):
        rig.sink.state(a_state(), a_health())
        rig.sink.tick()
        rig.clock.advance(1.0)
    assert 3 <= len(rig.line.texts("state")) <= 5


def test_a_rule_on_trial_tells_nobody(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.alert(replace(an_alert(1), shadow=True))
    assert rig.line.texts("event") == []


def test_what_the_monitor_quietly_notes_of_itself_is_no_alert(rig: Rig) -> None:
    rig.hear(Up())
    learning = an_alert(1, kind=AlertKind.CALIBRATING, level=AlertLevel.ADVISORY)
    rig.sink.alert(learning)
    rig.sink.state(a_state(1000.0, learning), a_health())
    rig.clock.advance(1.1)
    rig.sink.tick()
    told = json.loads(rig.line.texts("state")[-1])
    assert (told["alert"], told["alert_level"], told["last_alert"]) == ("none", "none", None)
    assert len(rig.line.texts("event")) == 1
    wait(rig, 13.0)
    assert rig.line.texts("home") == []


# --- Home Assistant's lane


def home(rig: Rig) -> list[tuple[str, bool]]:
    told = [json.loads(text) for text in rig.line.texts("home")]
    return [(event["id"][-1], event["late"]) for event in told]


def say(rig: Rig, word: str) -> None:
    topic = "homeassistant/status"
    rig.hear(Arrived(topic=topic, payload=word.encode(), retained=False))


def take(rig: Rig, receipt: Receipt = Receipt.TAKEN) -> None:
    """The broker answers to everything that was sent."""
    rig.hear(*(Acknowledged(mid=i, receipt=receipt) for i in range(1, len(rig.line.published) + 1)))


def wait(rig: Rig, seconds: float) -> None:
    rig.clock.advance(seconds)
    rig.line.sign_s = rig.clock.now()
    rig.sink.tick()


def test_home_assistant_gets_what_waited_after_its_birth_and_marked_late(rig: Rig) -> None:
    rig.sink.alert(an_alert(1))
    wait(rig, 60.0)
    rig.hear(Up())
    assert [json.loads(text)["late"] for text in rig.line.texts("event")] == [True]
    assert home(rig) == []
    say(rig, "online")
    wait(rig, 2.1)
    assert home(rig) == [("1", True)]
    rig.sink.alert(an_alert(2))
    assert home(rig) == [("1", True), ("2", False)]


def test_a_home_assistant_that_was_there_all_along_is_not_waited_for_long(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    assert home(rig) == []
    wait(rig, 12.1)
    assert home(rig) == [("1", False)]


def test_what_was_raised_while_home_assistant_restarts_comes_after_its_birth(rig: Rig) -> None:
    rig.hear(Up())
    say(rig, "online")
    wait(rig, 3.0)
    rig.sink.alert(an_alert(1))
    take(rig)
    say(rig, "offline")
    rig.sink.alert(an_alert(2))
    take(rig)
    wait(rig, 100.0)
    assert home(rig) == [("1", False)]
    assert len(rig.line.texts("event")) == 2, "everyone else has it at once"
    wait(rig, 100.0)
    say(rig, "online")
    wait(rig, 2.1)
    assert home(rig)[1:] == [("2", True)]


def test_an_alert_that_nobody_took_is_kept_for_the_next_birth(rig: Rig) -> None:
    rig.hear(Up())
    wait(rig, 12.1)
    rig.sink.alert(an_alert(1))
    take(rig, Receipt.NOBODY)
    wait(rig, 60.0)
    assert len(home(rig)) == 1
    say(rig, "online")
    wait(rig, 2.1)
    assert home(rig) == [("1", False), ("1", True)]


def test_a_picture_leaves_the_device_only_with_an_alert_that_is_worth_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path, monkeypatch, PictureMqttSink, alert_picture=True)
    assert isinstance(rig.sink, PictureMqttSink)
    assert isinstance(rig.sink, Filming)
    rig.hear(Up())
    rig.sink.frame(Frame(image=np.full((960, 1280, 3), 90, np.uint8), t=1.0, index=1))
    rig.sink.alert(an_alert(1, level=AlertLevel.ADVISORY))
    assert rig.line.texts("picture") == []
    rig.sink.alert(an_alert(1, level=AlertLevel.CRITICAL, phase=AlertPhase.UPDATE))
    rig.sink.alert(an_alert(1, level=AlertLevel.CRITICAL, phase=AlertPhase.END))
    rig.controls.private = True
    rig.sink.alert(an_alert(2, level=AlertLevel.CRITICAL))
    [jpeg] = rig.line.texts("picture")
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)  # type: ignore[call-overload]
    assert shown is not None
    assert shown.shape == (480, 640, 3)
    assert not isinstance(Rig(tmp_path / "no", monkeypatch).sink, Filming)


def test_a_preset_is_chosen_by_its_name_and_told(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.hear(Up())
    assert rig.line.texts("preset") == ["gentle"]
    for words in (b"whatever", b"", b"eu-gsr"):
        rig.hear(Arrived(topic="edge_pose/v/command/preset", payload=words, retained=False))
    assert rig.controls.take_preset() == "eu-gsr"
    assert rig.controls.take_preset() is None
    assert "send euro-ncap, eu-gsr, gentle" in caplog.text


def test_a_restart_is_for_the_program_not_for_the_monitor(rig: Rig) -> None:
    rig.hear(Up())
    rig.hear(Arrived(topic="edge_pose/v/command/restart", payload=b"PRESS", retained=False))
    assert rig.controls.take() == ()
    assert rig.controls.take_restart()
    assert not rig.controls.take_restart()


# --- what a broker can say no to


def test_a_broker_that_refuses_an_alert_is_told_of_and_asked_again(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    rig.sink.alert(an_alert(2))
    take(rig, Receipt.REFUSED)
    assert "does not let us write to edge_pose/v/event" in caplog.text
    assert rig.sink.link.backlog == 2
    before = len(rig.line.texts("event"))
    wait(rig, 31.0)
    assert len(rig.line.texts("event")) == before + 1
    take(rig)
    take(rig)
    assert rig.sink.link.backlog == 0
    assert [json.loads(t)["id"][-1] for t in rig.line.texts("event")[before:]] == ["1", "2"]


def test_an_old_broker_is_spoken_to_in_its_own_version(rig: Rig) -> None:
    rig.hear(OldBroker())
    assert rig.line.starts == 2


def test_another_client_of_the_same_id_is_named(caplog: pytest.LogCaptureFixture) -> None:
    situation = Situation("broker", 1883)
    for at in (0.0, 2.0, 4.0):
        situation.online(at)
        situation.lost("Unspecified error", "edge-pose-van", at + 1.0)
    assert situation.standing is Standing.TAKEN_OVER
    assert caplog.text.count("another client uses the id edge-pose-van") == 1
    situation.online(60.0)
    situation.settled(70.0)
    assert situation.standing is Standing.TAKEN_OVER
    situation.settled(91.0)
    assert situation.standing is Standing.ONLINE


def test_a_flood_of_messages_drops_the_oldest_and_no_news_of_the_connection() -> None:
    news = NewsQueue()
    news.leave(Up())
    for number in range(1500):
        news.leave(Arrived(topic="t", payload=b"%d" % number, retained=False))
    told = news.take()
    assert isinstance(told[0], Up)
    assert isinstance(told[-1], Arrived)
    assert told[-1].payload == b"1499"
    assert len(told) == 1001
    assert news.take() == []


def test_large_messages_that_wait_for_a_stalled_disk_do_not_fill_the_memory() -> None:
    news = NewsQueue()
    news.leave(Up())
    for number in range(500):
        news.leave(Arrived(topic="t", payload=b"%04d" % number + bytes(200_000), retained=False))
    told = news.take()
    assert isinstance(told[0], Up)
    payloads = [one.payload for one in told if isinstance(one, Arrived)]
    assert 1_000_000 < sum(len(payload) for payload in payloads) <= 4_000_000
    assert payloads[-1].startswith(b"0499")
    news.leave(Arrived(topic="t", payload=b"small", retained=False))
    assert len(news.take()) == 1


def test_births_without_end_keep_home_assistant_from_nothing(tmp_path: Path) -> None:
    """Who may publish there could else put every alert off for ever."""
    clock, sent = FakeClock(), list[str]()

    def send(text: str, _again: bool) -> int:
        sent.append(text)
        return len(sent)

    outbox = Outbox(tmp_path / "home.db", limit=10, utc=clock.wall, now=clock.now)
    lane = HomeLane(outbox, send, clock)
    lane.open()
    lane.up()
    lane.add("asleep")
    answered = 0
    for _ in range(100):
        clock.advance(0.1)
        answered += lane.birth()
        lane.pump()
    lane.close()
    assert sent[0] == "asleep"
    assert answered <= 6, "each repeats the whole announcement"


def test_junk_is_told_once_a_minute_and_an_empty_message_is_no_press(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.hear(Up())
    for _ in range(50):
        rig.hear(Arrived(topic="edge_pose/v/command/mute", payload=b"perhaps", retained=False))
    rig.hear(Arrived(topic="edge_pose/v/command/acknowledge", payload=b"", retained=False))
    assert rig.controls.take() == ()
    assert caplog.text.count("not understood: 'perhaps'") == 1
    wait(rig, 61.0)
    rig.hear(Arrived(topic="edge_pose/v/command/mute", payload=b"x", retained=False))
    assert "49 more such messages" in caplog.text


def test_discovery_switched_off_takes_back_what_was_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path, monkeypatch, discovery=False)
    rig.hear(Up())
    assert ("homeassistant/device/edge_pose_v/config", "") in rig.line.published


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


@pytest.mark.parametrize(
    "fails",
    [
        lambda situation: situation.refused("Not authorized"),
        lambda situation: situation.failed(ssl.SSLCertVerificationError("expired")),
        lambda situation: situation.failed(ssl.SSLError("handshake")),
    ],
)
def test_a_renewed_password_or_certificate_is_read_without_a_restart(
    rig: Rig, fails: Callable[[Situation], None]
) -> None:
    """paho tries for ever, with what it was given months ago."""
    for _ in range(650):
        rig.clock.advance(1.0)
        rig.line.sign_s = rig.clock.now()
        fails(rig.line.situation)
        rig.sink.tick()
    assert rig.line.starts == 3
    rig.line.situation.online()
    rig.hear(Up())
    for _ in range(650):
        rig.clock.advance(1.0)
        rig.line.sign_s = rig.clock.now()
        rig.sink.tick()
    assert rig.line.starts == 3


def test_a_broker_that_acknowledges_nothing_is_told_of_and_asked_anew(rig: Rig) -> None:
    """It answers pings, so that nothing else shows that no alert arrives."""
    rig.hear(Up())
    rig.sink.alert(an_alert(1))
    for _ in range(200):
        rig.clock.advance(1.0)
        rig.line.sign_s = rig.clock.now()
        rig.hear(*([] if rig.sink._online else [Up()]))
    assert rig.line.starts == 3
    assert len(rig.line.texts("event")) == 3
    rig.line.situation.online()
    assert rig.sink.situation.startswith("acknowledges none of our alerts")
    rig.hear(Acknowledged(mid=len(rig.line.published)))
    for mid in range(len(rig.line.published) + 1):
        rig.hear(Acknowledged(mid=mid))
    assert rig.sink.link.backlog == 0
    assert rig.sink.situation == "takes our alerts again"
    for _ in range(200):
        rig.clock.advance(1.0)
        rig.line.sign_s = rig.clock.now()
        rig.hear()
    assert rig.line.starts == 3


def test_goodbye_is_short_and_said_once(rig: Rig) -> None:
    rig.hear(Up())
    rig.sink.close()
    rig.sink.close()
    rig.sink.tick()
    assert rig.line.texts("availability") == ["online", "stopped"]
    assert json.loads(rig.line.texts("state")[-1])["monitoring"] is None
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
