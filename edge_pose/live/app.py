"""The composition root: from a Config to running stages. The only file that knows all parts."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence

from edge_pose.capture import Source, open_source
from edge_pose.capture.field_of_view import lens_in_use
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.root import Config
from edge_pose.controls import Controls
from edge_pose.live.alert_tally import AlertTally
from edge_pose.live.health import HealthMeter
from edge_pose.live.health_endpoints import HealthEndpoints
from edge_pose.live.remembering import Remembering
from edge_pose.live.stages import (
    CaptureStage,
    InferenceStage,
    Outlet,
    SinkStage,
    VehicleStage,
)
from edge_pose.live.status_report import StatusReport
from edge_pose.live.trouble_board import TroubleBoard
from edge_pose.live.view_stages import view_stages
from edge_pose.pipeline import Pipeline
from edge_pose.remembered.lens import LensMemory
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.notify import Notifier, Watchdog
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.supervisor import Supervisor
from edge_pose.runtime.thermal import Board
from edge_pose.sinks.build import SinkContext, sink_makers
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, Frame
from edge_pose.vehicle.build import build_sources
from edge_pose.vehicle.inputs import VehicleInputs
from edge_pose.view.feed import SceneFeed

log = logging.getLogger(__name__)

_TICK_S = 0.1


class App:
    """One run of the program with one config. ``run`` blocks until the source ends, a stop is
    requested, or an essential stage fails for good (whose error it raises). ``outlets`` get
    every scene and alert beside the configured sinks; ``source`` replaces the config's;
    ``patient``: a camera that is not there at the start is told as lost, and waited for;
    ``ailing``: what is wrong outside it, by name with words and clock seconds since when;
    ``standing``: alarms of a run before this one."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock | None = None,
        notifier: Notifier | None = None,
        source: Source | None = None,
        outlets: Sequence[Outlet] = (),
        remember: bool = True,
        patient: bool = False,
        ailing: Callable[[], Mapping[str, tuple[str, float]]] = dict,
        standing: Sequence[Alert] = (),
    ) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.stop_requested = threading.Event()
        self.controls = Controls(VehicleInputs(config.vehicle, self.clock))
        self.controls.private = config.private
        self.feed = SceneFeed(self.clock)
        self._tally = AlertTally()
        self._ailing = ailing
        self._notifier = notifier or Notifier()
        self._frames: Latest[Frame] = Latest()
        self.health_meter = HealthMeter(
            self.clock, lambda: self._frames.dropped, Board(), config.runtime
        )
        self._source = source or open_source(config.camera, self.clock, patient=patient)
        self._kept = Remembering(config, self.clock, live=self._source.live) if remember else None
        self._memory = self._kept.stage if self._kept else None
        self._troubles = TroubleBoard(self.clock)
        self.run_id = uuid.uuid4().hex
        """Names this run in every record, whichever sink writes it and however often it is made."""
        self.lens = lens_in_use(
            config.camera, LensMemory(config.runtime.state_path).load() if remember else None
        )
        self.sinks = self._sink_stages()
        self.inference = self._inference(
            [*outlets, *self.sinks, self.feed, self._tally],
            standing or (self._kept.alarms if self._kept else ()),
        )
        self._capture = CaptureStage(
            self._source,
            self._frames,
            clock=self.clock,
            lossless=config.camera.fast,
        )
        self._stages: list[Stage] = [
            *self.sinks,
            *self._views(),
            *([self._memory] if self._memory else []),
            *self._vehicle(),
            self.inference,
            self._capture,
        ]

    def run(self, attend: Callable[[], None] = lambda: None) -> None:
        """``attend`` is called several times a second from the calling thread."""
        log.info("field of view: %s", self.lens.words)
        if self.lens.conflict:
            log.warning("field of view: %s, but %s", self.lens.words, self.lens.conflict)
        supervisor = Supervisor(
            self._stages,
            self.config.runtime,
            clock=self.clock,
            stop_requested=self.stop_requested,
        )
        self._tell_what_nobody_saw()
        supervisor.start()
        try:
            self._watch(supervisor, attend)
        finally:
            supervisor.stop()
            self.health_meter.refresh()
        if supervisor.failure is not None:
            raise supervisor.failure
        if self._kept is not None:
            self._kept.heartbeat.end()

    def _tell_what_nobody_saw(self) -> None:
        """A program before this one was killed or failed: from then on nobody watched."""
        gap_s = self._kept.gap_s if self._kept is not None else None
        if gap_s is not None:
            self._troubles.gap(gap_s, "the program ended unexpectedly and was started again")

    def _watch(self, supervisor: Supervisor, attend: Callable[[], None]) -> None:
        watchdog = Watchdog(
            self._notifier,
            (self._capture, self.inference),
            self.clock,
            stall_s=self.config.runtime.stall_s,
            lost=lambda: supervisor.lost,
        )
        report = StatusReport(
            self._notifier,
            self.inference,
            self.health_meter,
            clock=self.clock,
            summary_every_s=self.config.runtime.summary_every_s,
        )
        while not (self.stop_requested.is_set() or supervisor.done):
            supervisor.tick()
            watchdog.tick()
            self._troubles.parts(
                {**self._ailing(), **supervisor.ailing, **self.health_meter.ailing}
            )
            attend()
            report.tick()
            self.clock.wait(self.stop_requested, _TICK_S)

    def _sink_stages(self) -> list[SinkStage]:
        runtime = self.config.runtime
        context = SinkContext(
            controls=self.controls,
            clock=self.clock,
            wall=WallTime(self.clock, media=self.config.camera.fast),
            state_dir=runtime.state_path,
            vehicle_id=runtime.vehicle,
            page_url=self.config.web.network_url,
            preset=self.config.monitor.preset,
            run=self.run_id,
        )
        makers = sink_makers(self.config, context)
        return [SinkStage(make(), clock=self.clock, renew=make) for make in makers]

    def _inference(self, outlets: Sequence[Outlet], standing: Sequence[Alert]) -> InferenceStage:
        config = self.config.model_copy(update={"camera": self.lens.camera})
        memory = self._memory

        def build(ids: Iterator[int]) -> Pipeline:
            return Pipeline(
                config,
                neutral=memory.load() if memory is not None else None,
                open_eyes=memory.load_eyes() if memory is not None else None,
                acknowledgeable=config.acknowledgeable,
                ids=ids,
            )

        return InferenceStage(
            build,
            self._frames,
            outlets,
            controls=self.controls,
            memory=memory,
            health_meter=self.health_meter,
            live=self._source.live,
            clock=self.clock,
            troubles=self._troubles,
            gap_s=config.runtime.gap_s,
            size=(config.camera.width, config.camera.height),
            standing=standing,
        )

    def _vehicle(self) -> list[Stage]:
        car, sources = self.controls.car, build_sources(self.config.vehicle)
        return [VehicleStage(source, car, clock=self.clock) for source in sources]

    def _views(self) -> list[Stage]:
        return view_stages(
            self.config,
            self.feed,
            self.controls,
            clock=self.clock,
            lens=self.lens,
            probes=self._probes,
        )

    def _probes(self, views: Sequence[Stage]) -> HealthEndpoints:
        return HealthEndpoints(
            (*self.sinks, *views, self.inference, self._capture),
            self.feed,
            tally=self._tally,
            health_meter=self.health_meter,
            clock=self.clock,
            stall_s=self.config.runtime.stall_s,
            ailing=lambda: self._troubles.ailing,
        )
