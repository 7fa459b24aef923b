"""From settings to the sinks that are switched on; a sink's libraries load only then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from edge_pose.clock import Clock
from edge_pose.config.root import Config
from edge_pose.config.sinks import ClipsConfig, GpioConfig, MqttConfig, SoundConfig, StoreConfig
from edge_pose.config.standards import TraccarConfig, VssConfig
from edge_pose.controls import Controls
from edge_pose.errors import PluginError
from edge_pose.plugins import SINKS as PLUGINS
from edge_pose.plugins import make_plugin
from edge_pose.sinks import Sink
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.this_device import board_model, device_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkContext:
    """What a sink may need beside its own section."""

    controls: Controls
    clock: Clock
    wall: WallTime
    state_dir: Path
    vehicle_id: str
    page_url: str = ""
    """The live page, where others can reach it."""
    preset: str = ""
    """Of the rules in effect."""
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names this run of the program in every record."""


def _gpio(config: GpioConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.gpio import GpioSink

    return GpioSink(config, controls=context.controls, clock=context.clock)


def _sound(config: SoundConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.sound.sink import SoundSink

    return SoundSink(config, clock=context.clock)


def _store(config: StoreConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.store.sink import StoreSink

    return StoreSink(
        config,
        state_dir=context.state_dir,
        vehicle_id=context.vehicle_id,
        wall=context.wall,
        run=context.run,
    )


def _clips(config: ClipsConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.clips.sink import ClipsSink

    return ClipsSink(
        config,
        state_dir=context.state_dir,
        vehicle_id=context.vehicle_id,
        wall=context.wall,
        controls=context.controls,
    )


def _mqtt(config: MqttConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.mqtt import Device, MqttSink, PictureMqttSink

    device = Device(
        vehicle_id=context.vehicle_id,
        device_id=device_id(),
        board=board_model(),
        page_url=context.page_url,
        preset=context.preset,
    )
    make = PictureMqttSink if config.alert_picture else MqttSink
    return make(
        config,
        device=device,
        controls=context.controls,
        wall=context.wall,
        state_dir=context.state_dir,
        run=context.run,
    )


def _vss(config: VssConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.vss import VssSink

    return VssSink(config, clock=context.clock)


def _traccar(config: TraccarConfig, context: SinkContext) -> Sink:
    from edge_pose.sinks.traccar import TraccarSink

    return TraccarSink(
        config,
        vehicle_id=context.vehicle_id,
        wall=context.wall,
        state_dir=context.state_dir,
        run=context.run,
    )


SINKS: Mapping[str, Callable[..., Sink]] = {
    "gpio": _gpio,
    "sound": _sound,
    "store": _store,
    "clips": _clips,
    "mqtt": _mqtt,
    "vss": _vss,
    "traccar": _traccar,
}
"""A factory for each output section of the config, the most important first."""


Make = Callable[[], Sink]


def sink_makers(config: Config, context: SinkContext) -> list[Make]:
    """What makes each enabled sink, now and again when it hangs; those of plugins last."""
    own: list[Make] = [
        partial(factory, section, context)
        for name, factory in SINKS.items()
        if (section := getattr(config, name)).enabled
    ]
    plugins: list[Make] = [
        partial(_of_plugin, name, section.settings, context)
        for name, section in config.plugins.items()
        if section.enabled
    ]
    return own + plugins


def build_sinks(config: Config, context: SinkContext) -> list[Sink]:
    """The enabled sinks, not yet open. Raises PluginError for a plugin that is not installed,
    fails, or does not return a sink."""
    return [make() for make in sink_makers(config, context)]


def _of_plugin(name: str, settings: Mapping[str, object], context: SinkContext) -> Sink:
    sink = make_plugin(PLUGINS, name, settings, context)
    if not isinstance(sink, Sink):
        words = f"plugin {name!r}: its factory returned no sink but a {type(sink)}"
        raise PluginError(words, group=PLUGINS, name=name)
    return sink
