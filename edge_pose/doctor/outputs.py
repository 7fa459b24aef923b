"""Outputs: pins, broker, sound; only those that the config has switched on."""

from __future__ import annotations

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
    """The broker accepts the connection, with the login and the certificates that the service
    uses, and lets us send alerts; no other device has our name."""
    mqtt = config.mqtt
    if not mqtt.enabled:
        yield ok("broker", "off in the config")
        return
    answer = machine.ask_broker(mqtt, config.runtime.vehicle)
    if answer.doubt:
        yield warn("broker", answer.doubt, answer.advice)
    elif answer.accepted:
        yield ok("broker", f"{answer.text}{' over TLS' if mqtt.tls else ''}")
    elif answer.away:
        yield warn("broker", f"{answer.text}; alerts are kept until it answers", answer.advice)
    else:
        yield fail("broker", answer.text, answer.advice)


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
