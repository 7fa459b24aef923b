"""The driver monitor on a stream of images of your own."""

from __future__ import annotations

import math
from typing import Self

from edge_pose.api.images import Image, Order, bgr_image
from edge_pose.api.settings import with_preset
from edge_pose.config.monitor import Preset
from edge_pose.config.root import Config
from edge_pose.errors import ImageError
from edge_pose.pipeline import Pipeline, Result
from edge_pose.values import Alert, Command, Frame, NeutralPose, SightStatistics, VehicleState


class DriverMonitor:
    """Perception and rules: give it each image with its time, it tells state and alerts.

    ``preset``: ``euro-ncap`` (default), ``eu-gsr`` or ``gentle``; wins over the config's.
    ``neutral``: the driver's road-ahead pose, if known; else it is learned within the first
    minute, and alerts that rest on head angles are advisory until then.
    Not thread-safe: one thread steps it. Raises ModelError where a model file is missing.
    """

    def __init__(
        self,
        *,
        preset: Preset | None = None,
        config: Config | None = None,
        neutral: NeutralPose | None = None,
    ) -> None:
        self.config = with_preset(config or Config(), preset)
        self._pipeline = Pipeline(self.config, neutral=neutral)
        self._frames = 0

    def step(
        self,
        image: Image,
        t_s: float,
        *,
        order: Order = "bgr",
        vehicle: VehicleState | None = None,
    ) -> Result:
        """Observe and judge one image.

        ``image``: as for ``FaceAnalyzer``. ``t_s``: when it was taken, in seconds of any clock
        that only goes forward; an image that is not newer than the last changes nothing.
        ``vehicle``: what the car says. The result holds observation, state and the alerts that
        began, changed or ended with this image.
        """
        if not math.isfinite(t_s):
            raise ImageError(f"t_s={t_s}: give the image's time in seconds, e.g. time.monotonic()")
        frame = Frame(image=bgr_image(image, order), t=float(t_s), index=self._frames)
        self._frames += 1
        return self._pipeline.step(frame, vehicle)

    @property
    def neutral(self) -> NeutralPose | None:
        """The road-ahead pose in use; keep it and pass it to the next drive's monitor."""
        return self._pipeline.monitor.neutral

    @property
    def sight_statistics(self) -> SightStatistics:
        """Where the driver has looked since the start: shares by region, looks away, a heat map."""
        return self._pipeline.monitor.sight_statistics

    def command(self, command: Command, t_s: float) -> tuple[Alert, ...]:
        """Acknowledge, recalibrate, enable or disable; returns the alerts that this ends."""
        return self._pipeline.monitor.command(command, t_s)

    def close(self) -> None:
        """Let go of the models."""
        self._pipeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
