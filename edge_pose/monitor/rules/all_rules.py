"""The rules that start afresh when monitoring was off, and the state while it is."""

from __future__ import annotations

from collections.abc import Iterator

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.intake.order import Step
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.rules.camera import CameraRule
from edge_pose.monitor.rules.fatigue import Fatigue
from edge_pose.monitor.rules.glances import LongGlance, LookDown, RepeatedGlances
from edge_pose.monitor.rules.presence import Absent, Limited
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.gaze import Gaze, GazeJudge
from edge_pose.values import Alert, DriverState, Observation


class Rules:
    """Everything that starts afresh when monitoring was off."""

    def __init__(self, config: MonitorConfig) -> None:
        self.gaze = GazeJudge(config.gaze, config.presence.absent_s)
        self.glance = LongGlance(config.glances)
        self.down = LookDown(config.glances)
        self.repeated = RepeatedGlances(config.glances)
        self.absent = Absent(config.presence)
        self.camera = CameraRule(config.presence)
        self.limited = Limited(config.presence)
        self.fatigue = Fatigue(config)

    def findings(self, sample: Sample, gaze: Gaze, *, eyes_expected: bool) -> Iterator[Finding]:
        """What the gaze and the picture give reason to tell; fatigue speaks for itself, earlier,
        because the gaze needs to know about lowered eyes."""
        absent = self.absent.update(sample)
        found = (
            self.glance.update(sample, gaze),
            self.down.update(sample, gaze),
            self.repeated.update(sample, gaze),
            self.camera.finding,
            None if self.camera.suspected else absent,
            self.limited.update(sample, gaze, eyes_expected),
        )
        return (finding for finding in found if finding is not None)


def troubles(observation: Observation, step: Step) -> list[Finding]:
    """What the program reports of itself."""
    return [
        Finding(
            kind=trouble.kind,
            level=trouble.level,
            t_start_s=step.t_s - trouble.lasted_s,
            reason=trouble.reason,
            values=trouble.values,
        )
        for trouble in observation.troubles
    ]


def off_state(
    observation: Observation, neutral: Neutral, *, locked_out: bool, episodes: tuple[Alert, ...]
) -> DriverState:
    """What is known of the driver while nobody is to be monitored."""
    return DriverState(
        t_s=observation.t_s,
        face=observation.face,
        attention=1.0,
        level=0,
        distracted=False,
        neutral=neutral.pose,
        calibration=neutral.progress,
        locked_out=locked_out,
        enabled=False,
        episodes=episodes,
    )
