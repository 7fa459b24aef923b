"""Settings of the outputs: broker, pins, sound, event store, clips. Off unless asked, but the
store, which keeps events and no images on the device."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, model_validator

from edge_pose.config.section import HOST, WORD, OutputSection, Section, setting

_TOPIC = {"pattern": r"^[^+#\x00]*$", "form": "a topic without + and #"}


class MqttConfig(OutputSection):
    """[mqtt] Publishing to a broker, Home Assistant discovery, commands and vehicle inputs."""

    enabled: bool = setting(False, "publish to an MQTT broker")
    host: str = setting("localhost", "broker's name or address", **HOST)
    port: int | None = setting(None, "broker's port; 8883 with TLS, else 1883", ge=1, le=65535)
    base_topic: str = setting("edge_pose", "topics are <base_topic>/<vehicle id>/…", **WORD)
    client_id: str = setting("", "MQTT client id; empty: edge-pose-<vehicle id>")
    username: str = setting("", "user; empty: credential mqtt-username, else anonymous")
    password_file: Path | None = setting(
        None, "file that holds the password; unset: systemd credential mqtt-password"
    )
    tls: bool = setting(False, "speak TLS and verify the broker's certificate")
    ca_file: Path | None = setting(None, "authority to trust; unset: the system's own")
    cert_file: Path | None = setting(None, "our certificate, for brokers that ask for one")
    key_file: Path | None = setting(None, "key of our certificate")
    keepalive_s: int = setting(
        20,
        "after 1.5 times this silence the broker publishes that the device is offline",
        unit="s",
        ge=5,
        le=3600,
    )
    connect_timeout_s: float = setting(5.0, "longest connection attempt", unit="s", gt=0, le=60)
    reconnect_max_s: int = setting(
        60, "longest pause between attempts; starts at 1 and doubles", unit="s", ge=1, le=3600
    )
    state_interval_s: float = setting(1.0, "shortest pause between states", unit="s", ge=1, le=60)
    stats_interval_s: float = setting(60.0, "pause between statistics", unit="s", ge=1, le=3600)
    backlog_max: int = setting(
        10000, "alerts kept on disk while the broker is away; then the oldest go", ge=1, le=1000000
    )
    minutes: bool = setting(False, "publish sums of each minute: for a fleet's centre")
    confirm: Literal["broker", "centre"] = setting(
        "broker", "whose word is enough to forget an alert; centre: edge-pose fleet ingest"
    )
    discovery: bool = setting(True, "announce the device to Home Assistant")
    discovery_prefix: str = setting("homeassistant", "Home Assistant's topic", **_TOPIC)
    alert_picture: bool = setting(
        False, "send a picture of the driver with each warning and critical alert"
    )
    commands: bool = setting(
        True, "obey mute, acknowledge, recalibrate, enable and restart by MQTT"
    )
    speed_topic: str = setting("", "topic with the car's speed; empty: none", **_TOPIC)
    speed_key: str = setting("", "key of the speed in a JSON payload; empty: the payload itself")
    speed_factor: float = setting(1.0, "payload times this is km/h (m/s: 3.6, mph: 1.609)", gt=0)
    ignition_topic: str = setting("", "topic with the ignition; empty: none", **_TOPIC)
    ignition_key: str = setting("", "key of the ignition in a JSON payload")
    vehicle_timeout_s: float = setting(
        10.0, "a speed older than this counts as unknown", unit="s", gt=0, le=60
    )


class OutputPinConfig(Section):
    """One output line."""

    pin: int | str = setting(..., "BCM number on a Pi; line offset or line name with gpiod")
    active_low: bool = setting(False, "low is on (many relay boards)")


class RelayConfig(OutputPinConfig):
    """[gpio.relay] A steady output: seat vibration, a lamp, the car's own chime."""

    level: Literal[1, 2, 3] = setting(2, "on from this level: 1 advisory, 2 warning, 3 critical")


class InputPinConfig(Section):
    """One input line. ``pull`` decides the idle level where nothing outside does."""

    pin: int | str = setting(..., "BCM number on a Pi; line offset or line name with gpiod")
    pull: Literal["up", "down", "none"] = setting("up", "the chip's own resistor")
    active_low: bool = setting(True, "low is active (a button to ground)")
    debounce_ms: int = setting(30, "changes faster than this are contact bounce", unit="ms", ge=0)


class ButtonConfig(InputPinConfig):
    """[gpio.acknowledge] A press acknowledges; held, it mutes or unmutes."""

    hold_s: float = setting(1.5, "held this long it toggles mute; 0: never", unit="s", ge=0, le=10)


class SpeedPinConfig(InputPinConfig):
    """[gpio.speed] The car's speed line; a digital one only tells moving from standing."""

    kind: Literal["pulse", "digital"] = setting("pulse", "pulses per distance, or high = moving")
    pulses_per_km: float = setting(
        2548.0, "pulses per kilometre", unit="1/km", source="JIS D 5601: 637 rpm at 60 km/h, 4/rev",
        gt=0,
    )  # fmt: skip
    debounce_ms: int = setting(0, "keep 0: pulses are short", unit="ms", ge=0)
    silence_max_s: float = setting(
        300.0, "a line silent for longer may be cut: then unknown, not standing", unit="s",
        gt=0, le=3600,
    )  # fmt: skip


class GpioConfig(OutputSection):
    """[gpio] Lamp, buzzer, relay, button and vehicle lines on the board's pins."""

    enabled: bool = setting(False, "use the board's pins")
    backend: Literal["auto", "gpiozero", "gpiod", "record"] = setting(
        "auto", "auto: gpiozero on a Raspberry Pi, else gpiod; record: write to a file instead"
    )
    chip: str = setting("/dev/gpiochip0", "gpiod: the chip that holds the lines")
    record_file: Path | None = setting(None, "record: where pin changes are written")
    lamp_test_s: float = setting(
        1.0, "lamp test at the start: how long it is lit, with a short beep; 0: no test",
        unit="s", ge=0, le=10, source="as cars prove their tell-tales at each start",
    )  # fmt: skip
    led: OutputPinConfig | None = setting(None, "lamp: blinks faster the more urgent it is")
    buzzer: OutputPinConfig | None = setting(None, "active buzzer: beeps by itself when on")
    tone: OutputPinConfig | None = setting(None, "passive buzzer or speaker: needs a Pi (PWM)")
    relay: RelayConfig | None = setting(None, "relay, steady while an alert of its level is open")
    acknowledge: ButtonConfig | None = setting(None, "button: acknowledge; held: mute")
    mute: InputPinConfig | None = setting(None, "button of its own for mute")
    speed: SpeedPinConfig | None = setting(None, "speed line of the car")
    ignition: InputPinConfig | None = setting(None, "ignition line; off: no monitoring")

    @model_validator(mode="after")
    def _distinct_pins(self) -> Self:
        used: dict[int | str, str] = {}
        for name in ("led", "buzzer", "tone", "relay", "acknowledge", "mute", "speed", "ignition"):
            line = getattr(self, name)
            if line is not None and used.setdefault(line.pin, name) != name:
                raise ValueError(f"pin {line.pin} is used by both {used[line.pin]} and {name}")
        if self.backend == "record" and self.record_file is None:
            raise ValueError("backend = 'record' needs record_file")
        return self


class SoundConfig(OutputSection):
    """[sound] Tones through a player command."""

    enabled: bool = setting(False, "play tones")
    command: tuple[str, ...] = setting(
        ("aplay", "-q", "{file}"), "player; {file} is replaced by the WAV file", min_length=1
    )
    volume: float = setting(0.8, "amplitude of the tones, 1 is full scale", gt=0, le=1)
    max_play_s: float = setting(5.0, "a player running longer is killed", unit="s", gt=0, le=60)


class StoreConfig(OutputSection):
    """[store] The event database on the device; texts and numbers, never images."""

    enabled: bool = setting(True, "keep events in a local SQLite database")
    days: int = setting(90, "events older than this are deleted", unit="d", ge=1, le=3650)
    max_mb: int = setting(64, "past this size the oldest are deleted", unit="MB", ge=1, le=100000)


class ClipsConfig(OutputSection):
    """[clips] Pictures around an alert. Off by default: images of people stay nowhere unasked."""

    enabled: bool = setting(False, "keep clips around alerts; stores images of the driver")
    level: Literal[1, 2, 3] = setting(2, "from this level: 1 advisory, 2 warning, 3 critical")
    before_s: float = setting(5.0, "seconds kept before the alert", unit="s", ge=0, le=30)
    after_s: float = setting(5.0, "seconds kept after it", unit="s", ge=0, le=30)
    fps: float = setting(10.0, "images a second", unit="1/s", gt=0, le=30)
    width: int = setting(640, "images are scaled down to this width", unit="px", ge=64, le=4096)
    quality: int = setting(75, "JPEG quality", ge=10, le=100)
    days: int = setting(7, "clips older than this are deleted", unit="d", ge=1, le=3650)
    max_mb: int = setting(256, "past this size the oldest are deleted", unit="MB", ge=1, le=100000)


class PluginConfig(OutputSection):
    """[plugins.NAME] An output that another package brings; its own keys are handed to it."""

    model_config = ConfigDict(extra="allow")

    enabled: bool = setting(True, "use it")

    @property
    def settings(self) -> dict[str, Any]:
        """All keys but ``enabled``, as they stand in the file."""
        return dict(self.model_extra or {})
