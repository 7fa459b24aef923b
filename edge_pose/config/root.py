"""The whole config: one section for each part of the program."""

from __future__ import annotations

from typing import Self

from edge_pose.config.capture import CaptureConfig
from edge_pose.config.monitor import MonitorConfig
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.config.section import OutputSection, Section, setting
from edge_pose.config.sinks import (
    ClipsConfig,
    GpioConfig,
    MqttConfig,
    PluginConfig,
    SoundConfig,
    StoreConfig,
)
from edge_pose.config.standards import TraccarConfig, VssConfig
from edge_pose.config.update import UpdateConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.config.view import OverlayConfig, ScreenConfig, WebConfig
from edge_pose.config.vision import (
    DetectorConfig,
    EyesConfig,
    ModelConfig,
    PoseConfig,
    TrackingConfig,
)
from edge_pose.plugins import DETECTORS, RULES, SINKS


class Config(Section):
    """What a config file may hold; every section and every key has a default."""

    camera: CaptureConfig = setting(CaptureConfig(), "where frames come from")
    detector: DetectorConfig = setting(DetectorConfig(), "how faces are found")
    model: ModelConfig = setting(ModelConfig(), "which set of our own networks runs")
    tracking: TrackingConfig = setting(TrackingConfig(), "how the driver's face is held")
    pose: PoseConfig = setting(PoseConfig(), "how head angles are measured")
    eyes: EyesConfig = setting(EyesConfig(), "how eyes and mouth are measured")
    monitor: MonitorConfig = setting(MonitorConfig(), "when to alert")
    overlay: OverlayConfig = setting(OverlayConfig(), "what is drawn over the picture")
    screen: ScreenConfig = setting(ScreenConfig(), "the car's monitor")
    web: WebConfig = setting(WebConfig(), "the live page")
    vehicle: VehicleConfig = setting(VehicleConfig(), "what the car says")
    mqtt: MqttConfig = setting(MqttConfig(), "publishing to a broker")
    gpio: GpioConfig = setting(GpioConfig(), "lamps, buzzers, buttons")
    sound: SoundConfig = setting(SoundConfig(), "alert tones")
    store: StoreConfig = setting(StoreConfig(), "the event database")
    clips: ClipsConfig = setting(ClipsConfig(), "pictures around alerts")
    vss: VssConfig = setting(VssConfig(), "the driver in VSS names, to a Kuksa databroker")
    traccar: TraccarConfig = setting(TraccarConfig(), "alarms to a Traccar server")
    plugins: dict[str, PluginConfig] = setting({}, "outputs of other packages, one table each")
    update: UpdateConfig = setting(UpdateConfig(), "whose releases this board takes")
    runtime: RuntimeConfig = setting(RuntimeConfig(), "the machinery")

    def silenced(self) -> Self:
        """With every output but the views off, as while calibrating: nobody is alerted."""
        off: dict[str, object] = {
            name: section.model_copy(update={"enabled": False})
            for name in type(self).model_fields
            if isinstance(section := getattr(self, name), OutputSection)
        }
        return self.model_copy(update=off | {"plugins": {}})

    def without(self, group: str, name: str) -> Self:
        """The same without that part of another package, where it can be done without; the shipped
        detector takes the place of another one."""
        if group == SINKS and name in self.plugins:
            kept = {key: value for key, value in self.plugins.items() if key != name}
            return self.model_copy(update={"plugins": kept})
        if group == RULES and name in self.monitor.extra_rules:
            rules = tuple(rule for rule in self.monitor.extra_rules if rule != name)
            monitor = self.monitor.model_copy(update={"extra_rules": rules})
            return self.model_copy(update={"monitor": monitor})
        if group == DETECTORS and name == self.detector.backend:
            shipped = {"backend": DetectorConfig().backend}
            return self.model_copy(update={"detector": self.detector.model_copy(update=shipped)})
        return self

    @property
    def private(self) -> bool:
        """True where no picture of the driver is shown or kept."""
        return self.overlay.privacy or (self.screen.enabled and self.screen.privacy)

    @property
    def acknowledgeable(self) -> bool:
        """True where the driver is sure to have some means to acknowledge a terminal alert. A
        button tells that itself, as long as its line is heard; a broker's commands are a means of
        people elsewhere until somebody has used them."""
        return self.screen.enabled
