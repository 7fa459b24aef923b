"""The stage that owns one sink."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.errors import SinkError
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.mailbox import Mailbox
from edge_pose.runtime.stage import Stage
from edge_pose.sinks import Alarming, Filming, Sink, Ticking
from edge_pose.values import Alert, DriverState, Frame, Health, Scene

_DRAIN_LIMIT = 1000


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

    def abandon(self) -> None:
        if isinstance(self._sink, Alarming):
            self._sink.silence()

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
