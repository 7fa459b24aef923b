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
    EyeBaseline,
    Frame,
    NeutralPose,
    Observation,
    Trouble,
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
        self,
        config: Config,
        *,
        neutral: NeutralPose | None = None,
        open_eyes: EyeBaseline | None = None,
        acknowledgeable: bool = False,
        ids: Iterator[int] | None = None,
    ) -> None:
        """``ids``: of the episodes; a pipeline made anew in the same run goes on with them."""
        # The images are small: OpenCV's own pool would only take cores from capture and view.
        cv2.setNumThreads(1)
        self.perception = build_perception(
            config.detector,
            config.tracking,
            config.pose,
            config.eyes,
            config.model,
            hfov_deg=config.camera.field_of_view_deg,
            open_eyes=open_eyes,
        )
        self.monitor = Monitor(
            config.monitor, neutral=neutral, acknowledgeable=acknowledgeable, ids=ids
        )

    def step(
        self,
        frame: Frame,
        vehicle: VehicleState | None = None,
        troubles: tuple[Trouble, ...] = (),
    ) -> Result:
        """Observe one frame and judge it."""
        return self._judge(self.perception.observe(frame), vehicle, troubles, frame)

    def step_blind(
        self,
        t_s: float,
        vehicle: VehicleState | None = None,
        troubles: tuple[Trouble, ...] = (),
    ) -> Result:
        """Judge a moment at which the camera delivers nothing."""
        nothing = Observation(t_s=t_s, face=False, camera_lost=True)
        return self._judge(nothing, vehicle, troubles)

    def _judge(
        self,
        observation: Observation,
        vehicle: VehicleState | None,
        troubles: tuple[Trouble, ...],
        frame: Frame | None = None,
    ) -> Result:
        if vehicle is not None or troubles:
            car = vehicle if vehicle is not None else observation.vehicle
            observation = replace(observation, vehicle=car, troubles=troubles)
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
