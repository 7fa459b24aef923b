"""From a frame to what it means: perception and the monitor, in one thread, without I/O.

The live loop, the replay and the benchmark all run this one; they differ in where frames
come from and where results go.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2

from edge_pose.config.root import Config
from edge_pose.monitor import Monitor
from edge_pose.values import (
    Alert,
    DriverState,
    Frame,
    NeutralPose,
    Observation,
    VehicleState,
)
from edge_pose.vision.perception import build_perception


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One frame's outcome."""

    observation: Observation
    state: DriverState
    alerts: tuple[Alert, ...]
    frame: Frame | None = None
    """The image it was measured on; None where observations came from a table."""


class Pipeline:
    """Perception and monitor as the config says. Not thread-safe: one thread steps it."""

    def __init__(
        self, config: Config, *, neutral: NeutralPose | None = None, acknowledgeable: bool = False
    ) -> None:
        # The images are small: OpenCV's own pool would only take cores from capture and view.
        cv2.setNumThreads(1)
        self.perception = build_perception(
            config.detector,
            config.tracking,
            config.pose,
            config.eyes,
            hfov_deg=config.camera.field_of_view_deg,
        )
        self.monitor = Monitor(config.monitor, neutral=neutral, acknowledgeable=acknowledgeable)

    def step(self, frame: Frame, vehicle: VehicleState | None = None) -> Result:
        """Observe one frame and judge it."""
        observation = self.perception.observe(frame)
        if vehicle is not None:
            observation = replace(observation, vehicle=vehicle)
        update = self.monitor.update(observation)
        return Result(
            observation=observation, state=update.state, alerts=update.alerts, frame=frame
        )

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of everything a frame passes through, for timing."""
        yield from self.perception.parts()
        yield "rules", self.monitor, "update"

    def close(self) -> None:
        """Free the interpreters."""
        self.perception.close()
