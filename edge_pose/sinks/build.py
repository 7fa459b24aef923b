"""From settings to the sinks that are switched on; a sink's libraries load only then."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from edge_pose.clock import Clock
from edge_pose.config.sinks import ClipsConfig, GpioConfig, MqttConfig, SoundConfig, StoreConfig
from edge_pose.controls import Controls
from edge_pose.sinks import Sink
from edge_pose.sinks.wall_clock import WallTime


class SinkSections(Protocol):
    """The part of the root config that this package reads."""

    @property
    def mqtt(self) -> MqttConfig: ...

    @property
    def gpio(self) -> GpioConfig: ...

    @property
    def sound(self) -> SoundConfig: ...

    @property
    def store(self) -> StoreConfig: ...

    @property
    def clips(self) -> ClipsConfig: ...


def build_sinks(
    config: SinkSections, *, controls: Controls, clock: Clock, state_dir: Path, vehicle_id: str
) -> list[Sink]:
    """The enabled sinks, not yet open, the most important first."""
    wall = WallTime(clock)
    sinks: list[Sink] = []
    if config.gpio.enabled:
        from edge_pose.sinks.gpio import GpioSink

        sinks.append(GpioSink(config.gpio, controls=controls, clock=clock))
    if config.sound.enabled:
        from edge_pose.sinks.sound.sink import SoundSink

        sinks.append(SoundSink(config.sound, clock=clock))
    if config.store.enabled:
        from edge_pose.sinks.store.sink import StoreSink

        store = StoreSink(config.store, state_dir=state_dir, vehicle_id=vehicle_id, wall=wall)
        sinks.append(store)
    if config.clips.enabled:
        from edge_pose.sinks.clips.sink import ClipsSink

        clips = ClipsSink(config.clips, state_dir=state_dir, vehicle_id=vehicle_id, wall=wall)
        sinks.append(clips)
    if config.mqtt.enabled:
        from edge_pose.sinks.mqtt import MqttSink

        broker = MqttSink(
            config.mqtt, vehicle_id=vehicle_id, controls=controls, wall=wall, state_dir=state_dir
        )
        sinks.append(broker)
    return sinks
