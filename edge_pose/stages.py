"""The live program's stages: each wraps one part of the house in a thread of its own.

CaptureStage ─Latest→ InferenceStage ─Mailbox/Latest→ SinkStage …
                                     └────────────→ SceneFeed → ViewStage …
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

from edge_pose.capture import Source
from edge_pose.clock import Clock
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError, ModelError, SinkError, SourceError, SourceLost
from edge_pose.memory import NeutralMemory
from edge_pose.pipeline import Pipeline
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.mailbox import Mailbox
from edge_pose.runtime.stage import Stage
from edge_pose.sinks import Filming, Sink, Ticking
from edge_pose.values import (
    Alert,
    Command,
    DriverState,
    Frame,
    Health,
    Observation,
    Scene,
)
from edge_pose.vitals import Vitals

log = logging.getLogger(__name__)

_BLIND_AFTER_S = 1.0  # a live camera silent for so long shows nobody
_DRAIN_LIMIT = 1000


class CaptureStage(Stage):
    """Reads the source. A camera never waits for the loop: frames nobody took are dropped and
    counted. ``lossless`` (files played fast) waits for the loop instead."""

    # A source that cannot be opened at all ends the program; a camera lost later reconnects.
    permanent = (ConfigError, SourceError)

    def __init__(
        self, source: Source, frames: Latest[Frame], *, clock: Clock, lossless: bool = False
    ) -> None:
        super().__init__("capture", clock=clock)
        self._source = source
        self._frames = frames
        self._lossless = lossless
        self._held: Frame | None = None

    def setup(self) -> None:
        self._source.open()
        log.info("camera: %s", self._source.name)

    def step(self) -> None:
        try:
            frame = self._held or self._source.read()
        except SourceLost as error:
            log.debug("%s", error)
            return
        if frame is None:
            self._frames.close()
            self.finish()
        elif not self._lossless:
            self._frames.put(frame)
        else:
            self._held = None if self._frames.hand_over(frame, 0.2) else frame

    def teardown(self) -> None:
        self._source.close()

    def wake(self) -> None:
        self._source.close()


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
        vitals: Vitals,
        live: bool,
        clock: Clock,
    ) -> None:
        super().__init__("inference", clock=clock)
        self._build = build
        self._frames = frames
        self._outlets = outlets
        self._controls = controls
        self._memory = memory
        self._vitals = vitals
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
            for outlet in self._outlets:
                outlet.alert(alert)

    def _end(self, alerts: Sequence[Alert]) -> None:
        self._alert(alerts)
        self.finish()


class SinkStage(Stage):
    """Owns one sink. Alerts wait in order, also through a restart; states may be skipped."""

    def __init__(self, sink: Sink, *, clock: Clock) -> None:
        super().__init__(sink.name, clock=clock, essential=False)
        self._sink = sink
        self._alerts: Mailbox[Alert] = Mailbox(sink.name)
        self._states: Latest[tuple[DriverState, Health]] = Latest()
        self._frames: Latest[Frame] | None = Latest() if isinstance(sink, Filming) else None
        self._ticking = sink if isinstance(sink, Ticking) else None
        self._undelivered: Alert | None = None

    def alert(self, alert: Alert) -> None:
        self._alerts.put(alert)

    def scene(self, scene: Scene) -> None:
        self._states.put((scene.state, scene.health))
        if self._frames is not None:
            self._frames.put(scene.frame)

    def setup(self) -> None:
        self._sink.open()

    def step(self) -> None:
        wait_s = self._ticking.tick_s if self._ticking else 0.1
        self._deliver(self._undelivered or self._alerts.take(wait_s))
        if (state := self._states.take(0.0)) is not None:
            self._sink.state(*state)
        if self._frames is not None and (frame := self._frames.take(0.0)) is not None:
            assert isinstance(self._sink, Filming)
            self._sink.frame(frame)
        if self._ticking is not None:
            self._ticking.tick()

    def teardown(self) -> None:
        try:
            if self.stopping.is_set():
                self._drain()
        finally:
            self._sink.close()

    def _deliver(self, alert: Alert | None) -> None:
        self._undelivered = alert
        if alert is not None:
            self._sink.alert(alert)
            self._undelivered = None

    def _drain(self) -> None:
        self._deliver(self._undelivered)
        for _ in range(_DRAIN_LIMIT):
            alert = self._alerts.take(0.0)
            if alert is None:
                return
            self._deliver(alert)
        raise SinkError(f"{self.name}: too many alerts were still waiting at the stop")


class View(Protocol):
    """A screen or a page: opens, then runs until told to stop."""

    def open(self) -> None: ...

    def run(self, stopping: Event) -> None: ...

    def close(self) -> None: ...


class ViewStage(Stage):
    """Owns one view; one that fails is restarted or given up, and monitoring goes on."""

    def __init__(self, name: str, view: View, *, clock: Clock) -> None:
        super().__init__(name, clock=clock, essential=False)
        self._view = view

    def setup(self) -> None:
        self._view.open()

    def step(self) -> None:
        self._view.run(self.stopping)
        self.finish()

    def teardown(self) -> None:
        self._view.close()
