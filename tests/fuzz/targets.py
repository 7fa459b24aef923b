"""What strangers can send, and what must hold whatever they send. Used by ``fuzz.py``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from edge_pose.config.describe import describe
from edge_pose.config.loader import load
from edge_pose.config.root import Config
from edge_pose.config.sinks import MqttConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError
from edge_pose.sinks.mqtt import inputs
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Command
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.vehicle.topics import VehicleTopics

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ["car/speed", "car/ignition", *(f"e/v/command/{name}" for name in inputs.COMMANDS)]


def mqtt(provider: Any) -> None:
    """A message on any topic is a command, a vehicle input a car can have, or nothing."""
    key = provider.ConsumeUnicodeNoSurrogates(12)
    config = MqttConfig(
        speed_topic=TOPICS[0],
        ignition_topic=TOPICS[1],
        speed_key=key,
        ignition_key=key,
        speed_factor=provider.ConsumeFloatInRange(0.01, 1000.0),
    )
    controls = Controls(VehicleInputs(VehicleConfig(), FakeClock()))
    vehicle = VehicleTopics(config, controls.car)
    while provider.remaining_bytes() > 0:
        topic = TOPICS[provider.ConsumeIntInRange(0, len(TOPICS) - 1)]
        topic += provider.ConsumeUnicodeNoSurrogates(4) if provider.ConsumeBool() else ""
        retained = provider.ConsumeBool()
        payload = provider.ConsumeBytes(provider.ConsumeIntInRange(0, 300))
        vehicle.take(topic, payload, retained)
        name = Topics("e/v").command_name(topic)
        command = inputs.command(name, payload) if name is not None else None
        assert command is None or isinstance(command, Command)
        told = controls.vehicle
        assert told.speed_kmh is None or 0.0 <= told.speed_kmh <= 500.0
        assert told.standstill is (None if told.speed_kmh is None else told.speed_kmh < 1.0)
        assert told.engaged in (None, True, False)


def config(provider: Any) -> None:
    """A config text with overrides is a Config, or a ConfigError that says where and what."""
    overrides = [provider.ConsumeUnicode(40) for _ in range(provider.ConsumeIntInRange(0, 2))]
    file = Path(gettempdir()) / "edge-pose-fuzz.toml"
    file.write_bytes(provider.ConsumeBytes(provider.remaining_bytes()))
    try:
        lines = [*describe(load(file, overrides))]
    except ConfigError as error:
        lines = str(error).splitlines()
    assert any(line.strip() for line in lines)


def mqtt_seeds() -> list[bytes]:
    words = [b"ON", b"false", b'{"a": {"b": 12.5}}', b"1e400", b"[" * 200, b'"off"', b"-0", b"\xff"]
    return [b"\0" * 24 + word for word in words]


def config_seeds() -> list[bytes]:
    """The examples, each section with all its defaults, and each key alone."""
    examples = [file.read_bytes() for file in (ROOT / "deploy" / "device").glob("*.toml")]
    sections = [f"[{name}]\n".encode() for name in Config.model_fields]
    settings = [line.encode() for line in describe(Config()) if "=" in line]
    return [*examples, *sections, *settings]


TARGETS: dict[str, tuple[Callable[[Any], None], Callable[[], list[bytes]]]] = {
    "mqtt": (mqtt, mqtt_seeds),
    "config": (config, config_seeds),
}
