"""What the program finds wrong with itself is told like everything else."""

from __future__ import annotations

from edge_pose.monitor.intake.order import Step
from edge_pose.monitor.sample import Finding
from edge_pose.values import Observation


def troubles(observation: Observation, step: Step) -> list[Finding]:
    """What the program reports of itself."""
    return [
        Finding(
            kind=trouble.kind,
            level=trouble.level,
            t_start_s=step.t_s - trouble.lasted_s,
            reason=trouble.reason,
            values=trouble.values,
            topic=trouble.topic,
            beside=trouble.beside,
        )
        for trouble in observation.troubles
    ]
