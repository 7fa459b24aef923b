"""The stage that turns frames into states and alerts. Nothing in its thread may wait for a disk,
a log or an output: while it waits nobody watches the driver."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from edge_pose.clock import Clock
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError, ModelError
from edge_pose.kinds import FACTS
from edge_pose.live.carried_alarms import CarriedEpisodes
from edge_pose.live.health import HealthMeter
from edge_pose.live.stages.memory import MemoryStage
from edge_pose.live.trouble_board import TroubleBoard
from edge_pose.pipeline import Pipeline, Result
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.stalls import Gaps
from edge_pose.values import Alert, AlertPhase, CameraCondition, Command, Frame, Scene
from edge_pose.vehicle.episode import with_vehicle

log = logging.getLogger(__name__)

_BLIND_AFTER_S = 1.0  # a live camera silent for so long shows nobody
_RELEARN_S = 60.0
"""A neutral pose that is forgotten again and again judges nobody: learning it takes a minute."""


class Outlet(Protocol):
    """What the inference stage feeds: never blocks."""

    def alert(self, alert: Alert) -> None: ...

    def scene(self, scene: Scene) -> None: ...


Build = Callable[[Iterator[int]], Pipeline]
"""Makes a pipeline whose episodes take these numbers."""


class InferenceStage(Stage):
    """Runs the pipeline on the newest frame and hands what came of it to every outlet."""

    permanent = (ConfigError, ModelError)

    def __init__(
        self,
        build: Build,
        frames: Latest[Frame],
        outlets: Sequence[Outlet],
        *,
        controls: Controls,
        memory: MemoryStage | None,
        health_meter: HealthMeter,
        live: bool,
        clock: Clock,
        troubles: TroubleBoard,
        gap_s: float,
        size: tuple[int, int],
        standing: Sequence[Alert] = (),
    ) -> None:
        """``standing``: alarms of a run before this one, by the same clock: they go on."""
        super().__init__("inference", clock=clock)
        self._build = build
        self._frames = frames
        self._outlets = outlets
        self._controls = controls
        self._memory = memory
        self._vitals = health_meter
        self._live = live
        self._troubles = troubles
        self._gaps = Gaps(clock, gap_s)
        self._size = size
        self._ids = itertools.count(1)
        self._carried = CarriedEpisodes()
        self._before = tuple(standing)
        self._pipeline: Pipeline | None = None
        self._last_t = float("-inf")
        self._heard_s = clock.now()
        self._index = 0
        self._forgot_s = float("-inf")
        self.level = self.seen = self.faces = 0
        self.telling = False
        """Somebody has been told how the driver is, or that the camera is lost."""
        self.blind = False
        """The camera is lost."""

    @property
    def standing(self) -> tuple[Alert, ...]:
        """The alarms about the driver that have not ended. A clip that begins again has none."""
        known = (*self._before, *self._carried.open) if self._live else ()
        return tuple(a for a in known if FACTS[a.kind].story and not a.shadow)

    def setup(self) -> None:
        self._take_over()
        self._carried.restart()
        self._pipeline = self._build(self._ids)
        self._heard_s = self.clock.now()

    def step(self) -> None:
        assert self._pipeline is not None
        frame = self._frames.take(0.2)
        if (gap_s := self._gaps.tick()) is not None:
            self._troubles.gap(gap_s)
        self._obey(self._pipeline)
        if frame is not None:
            self._heard_s = self.clock.now()
            if self._vitals.admits():
                self._handle(self._pipeline, frame)
        elif self._frames.drained:
            self.finish()
        elif self._live and self.clock.now() - self._heard_s > _BLIND_AFTER_S:
            self._blind(self._pipeline)

    def teardown(self) -> None:
        if self._pipeline is not None:
            self._pipeline.close()

    def _take_over(self) -> None:
        """Alarms of the run before are told under this one's numbers."""
        before, self._before = self._before, ()
        now_s = self.clock.now()
        self._alert(
            [replace(a, id=next(self._ids), phase=AlertPhase.NEW, t_s=now_s) for a in before]
        )

    def _handle(self, pipeline: Pipeline, frame: Frame) -> None:
        with self._vitals.step_ms.timed():
            result = pipeline.step(frame, self._controls.vehicle, self._troubles.listed())
        self._last_t, self._index = frame.t, frame.index
        self._size = frame.size
        self.seen += 1
        self.faces += result.observation.face
        self._vitals.frame_done(frame.t)
        self._tell(result, frame)
        if self._memory is not None:
            self._memory.neutral(pipeline.monitor.neutral)
            self._memory.eyes(pipeline.perception.open_eyes)

    def _blind(self, pipeline: Pipeline) -> None:
        """Without a camera nobody is seen, and everyone is told so with a picture of nothing."""
        now = self.clock.now()
        result = pipeline.step_blind(now, self._controls.vehicle, self._troubles.listed())
        width, height = self._size
        nothing = np.zeros((height, width, 3), dtype=np.uint8)
        nothing.flags.writeable = False
        if result.state.camera is CameraCondition.LOST:
            self._tell(result, Frame(image=nothing, t=now, index=self._index))
        else:
            self._alert(result.alerts)

    def _tell(self, result: Result, frame: Frame) -> None:
        """Alerts first, then the scene, to every outlet."""
        state = result.state
        self._alert(result.alerts)
        self._alert(self._carried.due(state))
        scene = Scene(
            frame=frame,
            observation=result.observation,
            state=self._carried.shown(state),
            health=self._vitals.health,
        )
        for outlet in self._outlets:
            outlet.scene(scene)
        self.telling = True
        self.blind = state.camera is CameraCondition.LOST
        if state.level != self.level:
            log.info("attention level %d → %d", self.level, state.level)
            self.level = state.level

    def _obey(self, pipeline: Pipeline) -> None:
        for command in self._controls.take():
            log.info("command: %s", command)
            if command in (Command.MUTE, Command.UNMUTE):
                self._vitals.mute(command is Command.MUTE)
                continue
            if command is Command.RECALIBRATE and not self._may_forget():
                continue
            self._alert(pipeline.monitor.command(command, max(self._last_t, 0.0)))
            if command is Command.RECALIBRATE and self._memory is not None:
                self._memory.forget()

    def _may_forget(self) -> bool:
        now_s = self.clock.now()
        if now_s - self._forgot_s < _RELEARN_S:
            log.warning("not learned anew: that was asked for less than a minute ago")
            return False
        self._forgot_s = now_s
        return True

    def _alert(self, alerts: Sequence[Alert]) -> None:
        self._carried.follow(alerts)
        if alerts and self._memory is not None:
            self._memory.alarms(self.standing)
        for alert in alerts:
            told = with_vehicle(alert, self._controls.vehicle)
            for outlet in self._outlets:
                outlet.alert(told)
