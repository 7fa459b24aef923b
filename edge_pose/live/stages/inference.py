"""The stage that turns frames into states and alerts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from edge_pose.clock import Clock
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError, ModelError
from edge_pose.live.health import HealthMeter
from edge_pose.pipeline import Pipeline
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.stage import Stage
from edge_pose.values import Alert, Command, DriverState, Frame, Observation, Scene
from edge_pose.vehicle.episode import with_vehicle

log = logging.getLogger(__name__)

_BLIND_AFTER_S = 1.0  # a live camera silent for so long shows nobody


class Outlet(Protocol):
    """What the inference stage feeds: never blocks."""

    def alert(self, alert: Alert) -> None: ...

    def scene(self, scene: Scene) -> None: ...


class InferenceStage(Stage):
    """Runs the pipeline on the newest frame and hands what came of it to every outlet."""

    permanent = (ConfigError, ModelError)

    def __init__(
        self,
        build: Callable[[], Pipeline],
        frames: Latest[Frame],
        outlets: Sequence[Outlet],
        *,
        controls: Controls,
        memory: NeutralMemory | None,
        health_meter: HealthMeter,
        live: bool,
        clock: Clock,
    ) -> None:
        super().__init__("inference", clock=clock)
        self._build = build
        self._frames = frames
        self._outlets = outlets
        self._controls = controls
        self._memory = memory
        self._vitals = health_meter
        self._live = live
        self._pipeline: Pipeline | None = None
        self._last_t = float("-inf")
        self.level = self.seen = self.faces = 0

    def setup(self) -> None:
        self._pipeline = self._build()

    def step(self) -> None:
        assert self._pipeline is not None
        frame = self._frames.take(0.2)
        self._obey(self._pipeline)
        if frame is not None:
            if self._vitals.admits():
                self._handle(self._pipeline, frame)
        elif self._frames.drained:
            self._end(self._pipeline.monitor.finish())
        elif self._live and self.clock.now() - self._last_t > _BLIND_AFTER_S:
            self._blind(self._pipeline)

    def teardown(self) -> None:
        if self._pipeline is not None:
            self._pipeline.close()

    def _handle(self, pipeline: Pipeline, frame: Frame) -> None:
        with self._vitals.step_ms.timed():
            result = pipeline.step(frame, self._controls.vehicle)
        self._last_t = frame.t
        self.seen += 1
        self.faces += result.observation.face
        self._alert(result.alerts)
        self._vitals.frame_done(frame.t)
        scene = Scene(
            frame=frame,
            observation=result.observation,
            state=result.state,
            health=self._vitals.health,
        )
        for outlet in self._outlets:
            outlet.scene(scene)
        self._remember(pipeline, result.state)

    def _blind(self, pipeline: Pipeline) -> None:
        """Without a camera nobody is seen: the monitor's own absence rules take over."""
        now = self.clock.now()
        update = pipeline.monitor.update(
            Observation(t_s=now, face=False, vehicle=self._controls.vehicle)
        )
        self._alert(update.alerts)

    def _obey(self, pipeline: Pipeline) -> None:
        for command in self._controls.take():
            log.info("command: %s", command)
            if command in (Command.MUTE, Command.UNMUTE):
                self._vitals.mute(command is Command.MUTE)
                continue
            self._alert(pipeline.monitor.command(command, max(self._last_t, 0.0)))
            if command is Command.RECALIBRATE and self._memory is not None:
                self._memory.forget()

    def _remember(self, pipeline: Pipeline, state: DriverState) -> None:
        if state.level != self.level:
            log.info("attention level %d → %d", self.level, state.level)
            self.level = state.level
        if self._memory is not None:
            self._memory.save(pipeline.monitor.neutral)

    def _alert(self, alerts: Sequence[Alert]) -> None:
        for alert in alerts:
            told = with_vehicle(alert, self._controls.vehicle)
            for outlet in self._outlets:
                outlet.alert(told)

    def _end(self, alerts: Sequence[Alert]) -> None:
        self._alert(alerts)
        self.finish()
