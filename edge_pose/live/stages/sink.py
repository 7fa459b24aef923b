"""The stage that owns one sink."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from edge_pose.clock import Clock
from edge_pose.errors import EdgePoseError, SinkError
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.mailbox import Mailbox
from edge_pose.runtime.stage import Stage
from edge_pose.sinks import Ailing, Alarming, Filming, Link, Linked, Sink, Ticking
from edge_pose.values import Alert, CameraCondition, DriverState, Frame, Health, Scene

log = logging.getLogger(__name__)

_DRAIN_LIMIT = 1000
_TRIES = 3
"""So often one alert may fail by what is no fault of the device; then the next have their turn."""
_WRITER_PATIENCE_S = 30.0
"""A sink that writes to a disk may wait for it for so long; a lamp may not."""


@dataclass(slots=True)
class _Post:
    """What one thread of the stage works on: shared with no other thread but the feeding one."""

    sink: Sink
    alerts: Mailbox[Alert]
    states: Latest[tuple[DriverState, Health]] = field(default_factory=Latest)
    frames: Latest[Frame] = field(default_factory=Latest)
    undelivered: Alert | None = None
    failed: int = 0
    """How often ``undelivered`` has failed by an error that no sink should raise."""
    silence_first: Alarming | None = None
    """The sink of a thread that hangs: its outputs go off before this one's are opened."""


class _Place(threading.local):
    """The post of the running thread."""

    post: _Post


class SinkStage(Stage):
    """Owns one sink. Alerts wait in order, also through a restart; states may be skipped.

    With ``renew`` (a new sink of the same kind) a sink that hangs is left behind with its thread;
    the alert on which it hung is told again.
    """

    vital = True

    def __init__(
        self, sink: Sink, *, clock: Clock, renew: Callable[[], Sink] | None = None
    ) -> None:
        super().__init__(sink.name, clock=clock, essential=False)
        self._renew = renew
        self.replaceable = renew is not None
        self.patience_s = None if isinstance(sink, Alarming) else _WRITER_PATIENCE_S
        self.nice = 0 if isinstance(sink, Alarming) else 5
        self._filming = isinstance(sink, Filming)
        self._post = _Post(sink, Mailbox(sink.name))
        self._place = _Place()
        self._swap = threading.Lock()
        """Held for a few assignments: an alert must not go to a post that is being left."""

    @property
    def link(self) -> Link | None:
        """How the sink stands with what it sends to; None for one that sends nowhere."""
        sink = self._post.sink
        return sink.link if isinstance(sink, Linked) else None

    def alert(self, alert: Alert) -> None:
        """Rules on trial reach no lamp and no broker: only what keeps them for the report."""
        with self._swap:
            if not alert.shadow or getattr(self._post.sink, "keeps_trials", False):
                self._post.alerts.put(alert)

    def scene(self, scene: Scene) -> None:
        with self._swap:
            self._post.states.put((scene.state, scene.health))
            if self._filming and scene.state.camera is not CameraCondition.LOST:
                self._post.frames.put(scene.frame)

    def setup(self) -> None:
        post = self._place.post = self._post
        if post.silence_first is not None:
            post.silence_first.silence()
            post.silence_first = None
        post.sink.open()

    def step(self) -> None:
        post = self._place.post
        ticking = post.sink if isinstance(post.sink, Ticking) else None
        _deliver(post, post.undelivered or post.alerts.take(ticking.tick_s if ticking else 0.1))
        if (state := post.states.take(0.0)) is not None:
            post.sink.state(*state)
        if (frame := post.frames.take(0.0)) is not None and isinstance(post.sink, Filming):
            post.sink.frame(frame)
        if ticking is not None:
            ticking.tick()

    def teardown(self) -> None:
        post = getattr(self._place, "post", None)
        if post is None:  # stopped before it was set up
            return
        try:
            if self.stopping.is_set():
                self._drain(post)
        finally:
            post.sink.close()

    def abandon(self) -> None:
        if isinstance(self._post.sink, Alarming):
            self._post.sink.silence()

    @property
    def ailment(self) -> str:
        sink = self._post.sink
        return sink.ailment if isinstance(sink, Ailing) else ""

    def take_over(self) -> None:
        """A new sink, and every alert that waited: the hung thread keeps nothing but its own."""
        assert self._renew is not None
        sink = self._renew()
        with self._swap:
            self._leave_post(sink)

    def _leave_post(self, sink: Sink) -> None:
        old = self._post
        new = _Post(
            sink,
            old.alerts,
            old.states,
            old.frames,
            undelivered=old.undelivered,
            failed=old.failed,
            silence_first=old.sink if isinstance(old.sink, Alarming) else None,
        )
        self._post = new
        old.alerts, old.states, old.frames = Mailbox(self.name), Latest(), Latest()
        old.undelivered = None

    def _drain(self, post: _Post) -> None:
        _deliver(post, post.undelivered)
        for _ in range(_DRAIN_LIMIT):
            alert = post.alerts.take(0.0)
            if alert is None:
                return
            _deliver(post, alert)
        raise SinkError(f"{self.name}: too many alerts were still waiting at the stop")


def _deliver(post: _Post, alert: Alert | None) -> None:
    """Told when this returns. A device that fails keeps the alert; one that cannot be told at all
    (a fault of the sink's) must not hold up every later one."""
    post.undelivered = alert
    if alert is None:
        return
    try:
        post.sink.alert(alert)
    except (EdgePoseError, OSError, MemoryError):
        raise
    except Exception:
        post.failed += 1
        if post.failed < _TRIES:
            raise
        log.exception("%s: an alert cannot be told and is given up: %s", post.sink.name, alert)
    post.undelivered, post.failed = None, 0
