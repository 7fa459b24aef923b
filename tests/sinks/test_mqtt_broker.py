"""The MQTT sink against a real mosquitto with TLS and passwords, on loopback."""

from __future__ import annotations

import gc
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broker_rig import PASSWORD, USER, Broker, Observer, until
from sink_examples import a_health, a_state, an_alert

from edge_pose.clock import SystemClock
from edge_pose.config.root import Config
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.config.sinks import MqttConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.controls import Controls
from edge_pose.doctor.finding import Finding, Status
from edge_pose.doctor.machine import Machine
from edge_pose.doctor.outputs import check_broker
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt import Device, MqttSink, credentials
from edge_pose.sinks.mqtt.erase import clear_retained
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import AlertPhase, Command
from edge_pose.vehicle.inputs import VehicleInputs

pytestmark = pytest.mark.broker

DEVICE = Device(vehicle_id="van-1", device_id="0123abcd")
ROOT = "edge_pose/van-1"
DISCOVERY = "homeassistant/device/edge_pose_van-1/config"


@pytest.fixture(scope="module")
def secure_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broker")


@pytest.fixture(scope="module")
def secure(secure_folder: Path) -> Iterator[Broker]:
    """One broker with TLS and passwords for the whole file; tests may stop and start it."""
    (secure_folder / "password").write_text(PASSWORD + "\n")
    broker = Broker(secure_folder, tls=True, passwords=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def watch(secure: Broker) -> Iterator[Observer]:
    observer = Observer(secure)
    while not observer.messages.empty():
        observer.messages.get()
    yield observer
    observer.close()


def settings(broker: Broker, **more: object) -> MqttConfig:
    folder = broker.folder
    return MqttConfig.model_validate(
        {
            "enabled": True,
            "host": "127.0.0.1",
            "port": broker.port,
            "reconnect_max_s": 1,
            **({"tls": True, "ca_file": folder / "ca.crt"} if broker.tls else {}),
            "username": USER,
            "password_file": folder / "password",
            **more,
        }
    )


class Car:
    def __init__(self, config: MqttConfig, folder: Path) -> None:
        self.controls = Controls(VehicleInputs(VehicleConfig(), SystemClock()))
        self.folder = folder
        wall = WallTime(SystemClock(), lambda: True)
        self.sink = MqttSink(
            config, device=DEVICE, controls=self.controls, wall=wall, state_dir=folder
        )

    @property
    def tick(self) -> Callable[[], None]:
        return self.sink.tick


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[MqttConfig], Car]]:
    cars: list[Car] = []

    def make(config: MqttConfig) -> Car:
        cars.append(Car(config, tmp_path))
        cars[-1].sink.open()
        return cars[-1]

    yield make
    for car in cars:
        car.sink.close()


Start = Callable[[MqttConfig], Car]


def test_a_whole_life_online_events_and_stopped(
    secure: Broker, watch: Observer, start: Start
) -> None:
    car = start(settings(secure))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    car.sink.alert(an_alert(3, t_s=time.monotonic()))
    new = watch.expect_topic(f"{ROOT}/event", car.tick).json
    car.sink.alert(an_alert(3, phase=AlertPhase.END, t_s=time.monotonic()))
    end = watch.expect_topic(f"{ROOT}/event", car.tick).json
    assert (new["phase"], end["phase"]) == ("new", "end")
    assert new["id"] == end["id"]
    assert end["seq"] == new["seq"] + 1
    assert new["vehicle_id"] == "van-1"
    assert new["clock_synchronised"] is True
    car.sink.close()
    watch.expect_text(f"{ROOT}/availability", "stopped")
    late = Observer(secure, f"{ROOT}/availability")
    assert late.expect_text(f"{ROOT}/availability", "stopped").retained
    late.close()


def test_state_is_retained(secure: Broker, watch: Observer, start: Start) -> None:
    car = start(settings(secure))
    car.sink.state(a_state(time.monotonic()), a_health())
    watch.expect(lambda m: m.topic == f"{ROOT}/state" and m.json["face"], car.tick)
    late = Observer(secure, f"{ROOT}/state", f"{ROOT}/mute")
    retained = late.expect_topic(f"{ROOT}/state")
    assert retained.retained
    assert retained.json["face"] is True
    assert late.expect_topic(f"{ROOT}/mute").text == "OFF"
    late.close()


def test_a_state_that_nobody_renews_is_forgotten_by_the_broker(
    secure: Broker, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut that takes device and broker alike, no last will is told."""
    monkeypatch.setattr("edge_pose.sinks.mqtt.standing_topics.EXPIRY_S", 1.0)
    car = start(settings(secure))
    car.sink.state(a_state(time.monotonic()), a_health())

    def retained() -> list[str]:
        late = Observer(secure, f"{ROOT}/state", f"{ROOT}/availability")
        late.close()
        return [message.topic for message in list(late.messages.queue) if message.retained]

    until(lambda: car.sink.link.connected, car.tick)
    until(lambda: f"{ROOT}/state" in retained(), car.tick)
    until(lambda: f"{ROOT}/state" not in retained(), lambda: None)


def test_home_assistant_is_told_at_connect_and_after_its_own_start(
    secure: Broker, watch: Observer, start: Start
) -> None:
    car = start(settings(secure))
    first = watch.expect(lambda m: m.topic == DISCOVERY and not m.retained, car.tick)
    watch.publish("homeassistant/status", "online")
    again = watch.expect_topic(DISCOVERY, car.tick)
    assert first.json == again.json
    assert again.json["components"]["mute"]["command_topic"] == f"{ROOT}/command/mute"


def test_commands_reach_the_monitor_but_not_retained_ones(
    secure: Broker, watch: Observer, start: Start
) -> None:
    watch.publish(f"{ROOT}/command/recalibrate", "PRESS", retain=True)
    car = start(settings(secure))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    wanted = [Command.MUTE, Command.UNMUTE, Command.ACKNOWLEDGE, Command.DISABLE, Command.ENABLE]
    for name, payload in (
        ("mute", "ON"), ("mute", "OFF"), ("acknowledge", "PRESS"), ("enable", "false"),
        ("enable", "1"), ("enable", "perhaps"),
    ):  # fmt: skip
        watch.publish(f"{ROOT}/command/{name}", payload)
    got: list[Command] = []
    until(lambda: got.extend(car.controls.take()) or len(got) >= len(wanted), car.tick)
    assert got == wanted
    watch.publish(f"{ROOT}/command/recalibrate", "", retain=True)


def test_speed_and_ignition_reach_the_monitor_until_the_broker_is_lost(
    secure: Broker, watch: Observer, start: Start
) -> None:
    inputs = {"speed_topic": "car/obd", "speed_key": "speed.ms", "speed_factor": 3.6,
              "ignition_topic": "car/ignition"}  # fmt: skip
    car = start(settings(secure, **inputs))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    watch.publish("car/obd", json.dumps({"speed": {"ms": 10}}))
    watch.publish("car/ignition", "ON")
    until(lambda: car.controls.vehicle.engaged is True, car.tick)
    assert car.controls.vehicle.speed_kmh == pytest.approx(36.0)
    assert car.controls.vehicle.standstill is False
    watch.publish("car/obd", "\xff")
    until(lambda: car.controls.vehicle.speed_kmh is None, car.tick)
    secure.stop()
    try:
        until(lambda: car.controls.vehicle.engaged is None, car.tick)
    finally:
        secure.start()


CHILD = """
import sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from edge_pose.clock import SystemClock
from edge_pose.config.root import Config
from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt import Device, MqttSink
from edge_pose.sinks.wall_clock import WallTime
import threading
config = MqttConfig.model_validate_json(Path(sys.argv[1]).read_text())
sink = MqttSink(config, device=Device(vehicle_id="van-1", device_id="x"), controls=Controls(),
                wall=WallTime(SystemClock(), lambda: None), state_dir=Path(sys.argv[2]))
sink.open()
print("open", flush=True)
while True:
    sink.tick()
    threading.Event().wait(0.05)
"""


def test_killed_the_broker_tells_our_last_will(
    secure: Broker, watch: Observer, tmp_path: Path
) -> None:
    (tmp_path / "mqtt.json").write_text(settings(secure).model_dump_json())
    words = [str(tmp_path / "mqtt.json"), str(tmp_path), str(Path(__file__).parent)]
    command = [sys.executable, "-c", CHILD, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "open\n"
            watch.expect_text(f"{ROOT}/availability", "online")
        finally:
            program.send_signal(signal.SIGKILL)
            program.wait(10)
    watch.expect_text(f"{ROOT}/availability", "offline")
    late = Observer(secure, f"{ROOT}/availability")
    assert late.expect_text(f"{ROOT}/availability", "offline").retained
    late.close()


def test_after_an_outage_it_reconnects_announces_and_delivers_in_order(
    secure: Broker, watch: Observer, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    car = start(settings(secure))
    car.sink.state(a_state(time.monotonic()), a_health())
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    watch.close()
    with caplog.at_level(logging.INFO):
        secure.stop()
        until(lambda: "lost" in car.sink.situation or "reached" in car.sink.situation, car.tick)
        for number in range(40):
            car.sink.alert(an_alert(number, t_s=time.monotonic()))
            car.sink.tick()
        secure.start()
        again = Observer(secure)
        numbers = [again.expect_topic(f"{ROOT}/event", car.tick).json["id"] for _ in range(40)]
        again.close()
    assert [int(name.split("-")[1]) for name in numbers] == list(range(40))
    said = [record.getMessage() for record in caplog.records if "MQTT broker" in record.message]
    # The line of the first connection may come late, from the client's own thread.
    told = said[1:] if said[0].endswith("connected") else said
    assert len(told) == 2
    assert "connection lost" in told[0]
    assert told[1].endswith("connected")
    late = Observer(secure, f"{ROOT}/availability", DISCOVERY)
    late.expect_text(f"{ROOT}/availability", "online")
    late.expect_topic(DISCOVERY)
    late.close()


def test_a_backlog_survives_the_programs_restart(secure: Broker, start: Start) -> None:
    secure.stop()
    try:
        first = start(settings(secure))
        for number in range(3):
            first.sink.alert(an_alert(number, t_s=time.monotonic()))
        first.sink.close()
    finally:
        secure.start()
    watch = Observer(secure)
    second = start(settings(secure))
    second.sink.alert(an_alert(0, t_s=time.monotonic()))
    events = [watch.expect_topic(f"{ROOT}/event", second.tick).json for _ in range(4)]
    watch.close()
    seqs = [event["seq"] for event in events]
    assert seqs == list(range(seqs[0], seqs[0] + 4))
    assert events[0]["id"] != events[3]["id"]


def test_a_broker_that_answers_nothing_delays_nobody(secure: Broker, start: Start) -> None:
    """Stopped dead with the connection open: every call returns; later all of it is delivered."""
    watch = Observer(secure)
    car = start(settings(secure))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    secure.pause(True)
    try:
        for number in range(200):
            car.sink.alert(an_alert(number, t_s=time.monotonic()))
            car.sink.state(a_state(time.monotonic()), a_health())
            car.sink.tick()
    finally:
        secure.pause(False)
    got = [watch.expect_topic(f"{ROOT}/event", car.tick).json["seq"] for _ in range(200)]
    watch.close()
    assert got == list(range(got[0], got[0] + 200))


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.getMessage().startswith("MQTT broker")]


# paho leaves the socket of a failed handshake to the garbage collector, which warns of it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("change", "situation"),
    [
        ({"password_file": "wrong"}, "refuses us"),
        ({"ca_file": "other.crt"}, "not trusted"),
        ({"tls": False}, "is mqtt.tls right"),
    ],
)
def test_one_clear_line_and_alerts_are_kept(
    secure: Broker, start: Start, caplog: pytest.LogCaptureFixture,
    change: dict[str, object], situation: str,
) -> None:  # fmt: skip
    """The trouble lasts for two attempts at least: still one line. Put right, all is delivered."""
    (secure.folder / "wrong").write_text("battery staple")
    wrong = {
        key: secure.folder / value if isinstance(value, str) else value
        for key, value in change.items()
    }
    with caplog.at_level(logging.INFO):
        car = start(settings(secure, **wrong))
        car.sink.alert(an_alert(1, t_s=time.monotonic()))
        until(lambda: situation in car.sink.situation, car.tick)
        sign_s = car.sink._connection.sign_s
        until(lambda: car.sink._connection.sign_s > sign_s + 0.5, car.tick)
        car.sink.close()
    [line] = _lines(caplog)
    assert situation in line
    assert "alerts are kept" in line
    assert "battery staple" not in caplog.text
    watch = Observer(secure)
    right = start(settings(secure))
    assert watch.expect_topic(f"{ROOT}/event", right.tick).json["kind"] == "distraction.glance"
    watch.close()


def test_a_missing_password_file_is_told_once_and_tried_again(
    secure: Broker, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    car = start(settings(secure, password_file=secure.folder / "nowhere"))
    for _ in range(5):
        car.sink.tick()
    [line] = _lines(caplog)
    assert "mqtt.password_file" in line
    assert "nowhere" in line


def doctor(config: MqttConfig, then: Callable[[], None] = lambda: None) -> Finding:
    """What it finds. paho's thread and the socket of a failed handshake are waited for: else the
    garbage collector would complain in a later test."""
    before = set(threading.enumerate())
    (finding,) = check_broker(
        Machine(), Config(mqtt=config, runtime=RuntimeConfig(vehicle_id="van-1"))
    )
    then()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    gc.collect()
    return finding


def test_the_doctor_logs_in_as_the_service_does(secure: Broker, watch: Observer) -> None:
    finding = doctor(settings(secure))
    assert finding.status is Status.OK
    assert finding.text == f"127.0.0.1:{secure.port} accepts us and our alerts over TLS"
    watch.publish("after", "all")
    told = [watch.messages.get(timeout=10)]
    while told[-1].topic != "after":
        told.append(watch.messages.get(timeout=10))
    topics = [message.topic for message in told if not message.retained]
    assert set(topics) == {f"{ROOT}/event", "after"}, "one message, which everybody ignores"


def test_the_doctor_sees_another_device_of_our_name(
    secure: Broker, watch: Observer, start: Start
) -> None:
    car = start(settings(secure))
    car.sink.state(a_state(time.monotonic()), a_health())
    watch.expect(lambda m: m.topic == f"{ROOT}/state" and m.json["monitoring"], car.tick)
    finding = doctor(settings(secure))
    assert finding.status is Status.WARN
    assert f"another device sends as {ROOT}" in finding.text
    car.sink.close()
    assert doctor(settings(secure)).status is Status.OK


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Broker]:
    """A broker whose access list forgets the alerts."""
    broker = Broker(tmp_path)
    rights = [f"topic readwrite {ROOT}/{name}" for name in ("availability", "state", "stats")]
    (tmp_path / "rights").write_text("\n".join([*rights, "topic read #", ""]))
    with (tmp_path / "mosquitto.conf").open("a") as file:
        file.write(f"acl_file {tmp_path / 'rights'}\n")
    broker.start()
    yield broker
    broker.stop()


def test_an_access_list_that_forgets_the_alerts_is_told_and_nothing_lost(
    strict: Broker, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    config = settings(strict, username="", password_file=None)
    assert f"does not let us write to {ROOT}/event" in doctor(config).text
    car = start(config)
    until(lambda: car.sink.link.connected, car.tick)
    car.sink.alert(an_alert(1, t_s=time.monotonic()))
    until(lambda: "does not let us write" in caplog.text, car.tick)
    assert car.sink.link.backlog == 1


def test_two_devices_of_one_name_are_told(
    secure: Broker, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    first = start(settings(secure))
    until(lambda: first.sink.link.connected, first.tick)
    second = start(settings(secure))
    until(lambda: "another client uses the id edge-pose-van-1" in caplog.text, second.tick)
    until(lambda: second.sink.link.connected, second.tick)


def test_a_broker_of_old_gets_mqtt_3(tmp_path: Path) -> None:
    """It refuses MQTT 5 as the standard has it: return code 1. Then we speak 3.1.1."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        levels: list[int] = []

        def answer() -> None:
            for code in (1, 0):
                caller, _ = server.accept()
                with caller:
                    levels.append(caller.recv(300)[8])
                    caller.sendall(bytes([0x20, 2, 0, code]))
                    caller.recv(300)

        old = threading.Thread(target=answer)
        old.start()
        config = MqttConfig(enabled=True, host="127.0.0.1", port=port)
        car = Car(config, tmp_path)
        car.sink.open()
        until(lambda: len(levels) == 2, car.tick)
        old.join(10)
        car.sink.close()
    assert levels == [5, 4]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("change", "text", "fix"),
    [
        ({"password_file": "wrong"}, "refuses us", "password"),
        ({"password_file": "nowhere"}, "cannot be read", "the files that [mqtt] names"),
        ({"ca_file": "other.crt"}, "not trusted", "mqtt.ca_file"),
        ({"ca_file": "password"}, "a TLS file cannot be used", "the files that [mqtt] names"),
        ({"tls": False}, "hung up", "mqtt.tls"),
    ],
)
def test_the_doctor_says_why_the_broker_does_not_take_us(
    secure: Broker, change: dict[str, object], text: str, fix: str
) -> None:
    (secure.folder / "wrong").write_text("battery staple")
    wrong = {k: secure.folder / v if isinstance(v, str) else v for k, v in change.items()}
    finding = doctor(settings(secure, **wrong))
    assert finding.status is Status.FAIL
    assert text in finding.text
    assert fix in finding.fix
    assert "battery staple" not in finding.text


def test_the_doctor_only_warns_of_a_broker_that_is_away(secure: Broker) -> None:
    secure.stop()
    try:
        finding = doctor(settings(secure))
    finally:
        secure.start()
    assert finding.status is Status.WARN
    assert "cannot be reached" in finding.text


def test_the_doctor_only_warns_of_a_broker_that_says_nothing() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    config = MqttConfig(enabled=True, host="127.0.0.1", port=port, connect_timeout_s=0.3)
    finding = doctor(config, silent.close)
    assert finding.status is Status.WARN
    assert "has not answered" in finding.text


def test_at_a_terminal_root_gets_the_credentials_that_the_unit_gets(
    secure: Broker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mqtt-username").write_text(USER)
    (tmp_path / "mqtt-password").write_text(PASSWORD)
    monkeypatch.setattr(credentials, "INSTALLED", tmp_path)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert doctor(settings(secure, username="", password_file=None)).status is Status.OK


def test_password_from_a_systemd_credential(
    secure: Broker, watch: Observer, start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mqtt-username").write_text(USER)
    (tmp_path / "mqtt-password").write_text(PASSWORD)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    car = start(settings(secure, username="", password_file=None))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)


def test_the_broker_forgets_what_it_kept_when_a_driver_is_erased(
    secure: Broker, watch: Observer, start: Start
) -> None:
    car = start(settings(secure))
    watch.expect_text(f"{ROOT}/availability", "online", car.tick)
    car.sink.close()
    watch.expect_text(f"{ROOT}/availability", "stopped")
    assert clear_retained(settings(secure), "van-1") == 4
    late = Observer(secure, f"{ROOT}/#", "end/of/test")
    late.publish("end/of/test", "reached")
    late.expect_topic("end/of/test")
    assert late.messages.empty(), "nothing was kept of the car"
    late.close()


def test_a_broker_that_does_not_answer_an_erasure_is_an_error_that_says_so(
    secure: Broker,
) -> None:
    away = settings(secure, port=1)
    with pytest.raises(SinkError, match="may still keep the last state"):
        clear_retained(away, "van-1", timeout_s=0.5)
