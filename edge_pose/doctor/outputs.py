"""Outputs: pins, broker, sound; only those that the config has switched on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import Machine
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.pins import open_factory


def check_pin_library(machine: Machine, config: Config) -> Iterator[Finding]:
    """The library for the pins can be loaded and finds its chip; no pin is touched."""
    if not config.gpio.enabled:
        yield ok("gpio", "off in the config")
        return
    try:
        factory = open_factory(config.gpio)
    except SinkError as error:
        yield fail("gpio", str(error), "install the pin library: install.sh does")
        return
    if not machine.nodes("gpiochip*") and config.gpio.backend != "record":
        yield fail("gpio", "there is no /dev/gpiochip*", "is this a board with pins?")
        return
    yield ok("gpio", f"{type(factory).__name__}; `edge-pose doctor --pins` tries each pin")


def check_broker(machine: Machine, config: Config) -> Iterator[Finding]:
    """The broker answers, and with TLS its certificate is trusted. Nobody logs in."""
    mqtt = config.mqtt
    if not mqtt.enabled:
        yield ok("broker", "off in the config")
        return
    port = mqtt.port or (8883 if mqtt.tls else 1883)
    place = f"{mqtt.host}:{port}"
    try:
        with machine.connect(mqtt.host, port, mqtt.connect_timeout_s) as connection:
            if mqtt.tls:
                _shake_hands(connection, mqtt.host, str(mqtt.ca_file) if mqtt.ca_file else None)
    except ssl.SSLError as error:
        yield fail(
            "broker",
            f"{place}: TLS refused ({error})",
            "set mqtt.ca_file to the authority that signed the broker's certificate",
        )
    except OSError as error:
        yield warn(
            "broker",
            f"{place}: {error.strerror or error}; alerts are kept until it answers",
            "check mqtt.host, mqtt.port and the network",
        )
    else:
        yield ok("broker", f"{place} answers{' over TLS' if mqtt.tls else ''}")


def check_sound(machine: Machine, config: Config) -> Iterator[Finding]:
    """The player is there."""
    if not config.sound.enabled:
        yield ok("sound", "off in the config")
    elif machine.program(config.sound.command[0]) is None:
        yield fail(
            "sound", f"{config.sound.command[0]} is not installed", "sudo apt install alsa-utils"
        )
    elif not machine.nodes("snd/pcm*p"):
        yield fail("sound", "no sound card", "plug one in, or set sound.enabled = false")
    else:
        yield ok("sound", f"{config.sound.command[0]} and a sound card")


def _shake_hands(connection: socket.socket, host: str, authority: str | None) -> None:
    context = ssl.create_default_context(cafile=authority)
    with context.wrap_socket(connection, server_hostname=host):
        pass
