"""What a run takes over from the one before it, and keeps for the next."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.config.root import Config
from edge_pose.live.stages.memory import MemoryStage
from edge_pose.remembered.heartbeat import Heartbeat
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.remembered.open_eye import OpenEyeMemory
from edge_pose.remembered.standing_alarms import StandingMemory


class Remembering:
    """``gap_s``: a program before this one was killed or failed so long ago, None where it ended in
    order; ``alarms``: those of it that go on. ``live``: of a camera; a clip begins again."""

    def __init__(self, config: Config, clock: Clock, *, live: bool) -> None:
        folder = config.runtime.state_path
        self.heartbeat = Heartbeat(folder, clock)
        standing = StandingMemory(self.heartbeat, clock)
        self.gap_s = self.heartbeat.gap_s()
        self.alarms = standing.take(self.gap_s) if live else ()
        self.stage = MemoryStage(
            NeutralMemory(folder, config.monitor.neutral),
            OpenEyeMemory(folder),
            clock=clock,
            heartbeat=self.heartbeat,
            standing=standing if live else None,
        )
