"""The stage that writes down what is remembered between drives."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.remembered.heartbeat import Heartbeat
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.remembered.open_eye import OpenEyeMemory
from edge_pose.remembered.standing_alarms import StandingMemory
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.stage import Stage
from edge_pose.values import Alert, EyeBaseline, NeutralPose

_TURN_S = 0.5


class MemoryStage(Stage):
    """Saves the newest neutral pose and open eyes when they have moved; the loop that learns them
    never waits."""

    nice = 10

    def __init__(
        self,
        memory: NeutralMemory,
        eyes: OpenEyeMemory | None = None,
        *,
        clock: Clock,
        heartbeat: Heartbeat | None = None,
        standing: StandingMemory | None = None,
    ) -> None:
        super().__init__("memory", clock=clock, essential=False)
        self._memory = memory
        self._news: Latest[tuple[NeutralPose | None]] = Latest()
        """A pose to keep, or None: forget."""
        self._last: NeutralPose | None = None
        self._eyes = eyes
        self._heartbeat = heartbeat
        self._standing = standing
        self._alarms: Latest[tuple[Alert, ...]] = Latest()
        self._eye_news: Latest[EyeBaseline] = Latest()
        self._last_eyes: EyeBaseline | None = None

    def load(self) -> NeutralPose | None:
        """What is in use, or else was remembered; asked before there is anything to watch."""
        return self._last or self._memory.load()

    def load_eyes(self) -> EyeBaseline | None:
        """The same for the open eyes."""
        return self._last_eyes or (self._eyes.load() if self._eyes else None)

    def eyes(self, baseline: EyeBaseline | None) -> None:
        """What the driver's open eyes measure; None while that is not known for certain."""
        if baseline is not None and baseline != self._last_eyes:
            self._last_eyes = baseline
            self._eye_news.put(baseline)

    def alarms(self, standing: tuple[Alert, ...]) -> None:
        """What stands about the driver now."""
        if self._standing is not None:
            self._alarms.put(standing)

    def neutral(self, pose: NeutralPose | None) -> None:
        """The neutral pose in use."""
        if pose is not None and pose.confirmed and pose != self._last:
            self._last = pose
            self._news.put((pose,))

    def forget(self) -> None:
        """A person wants it learned anew."""
        self._last = self._last_eyes = None
        self._news.put((None,))

    def step(self) -> None:
        self._keep_alarms()
        self._write(_TURN_S)
        if self._heartbeat is not None:
            self._heartbeat.beat()

    def teardown(self) -> None:
        self._keep_alarms()
        self._write(0.0)

    def _keep_alarms(self) -> None:
        alarms = self._alarms.take(0.0)
        if alarms is not None and self._standing is not None:
            self._standing.keep(alarms)

    def _write(self, wait_s: float) -> None:
        news = self._news.take(wait_s)
        if news is not None and news[0] is not None:
            self._memory.save(news[0])
        elif news is not None:
            self._memory.forget()
            if self._eyes is not None:
                self._eyes.forget()
        eyes = self._eye_news.take(0.0)
        if eyes is not None and self._eyes is not None:
            self._eyes.save(eyes)
