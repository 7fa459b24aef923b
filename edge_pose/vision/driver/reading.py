"""What reading the driver's face gives: the seam between our networks and MediaPipe's mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, EyeBaseline, EyeState, HeadPose, HeadPosition
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.geometry import EyeInHead


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DriverReading:
    """One face, measured; None = not measured.

    ``pose``: as the face crop shows the head. ``middle_px``: the point of the face that the view
    ray goes through, where no ``position`` tells it. ``box``, ``presence``: where the face's own
    landmarks put it, and the probability that it is one. ``points``: float32 (68, 2), iBUG order.
    ``look``: where the eyes are turned in the head; None where they cannot be seen.
    """

    pose: HeadPose | None
    position: HeadPosition | None = None
    residual: float | None = None
    middle_px: tuple[float, float] | None = None
    box: Box | None = None
    presence: float | None = None
    points: NDArray[np.float32] | None = None
    eyes: EyeState | None = None
    look: EyeInHead | None = None
    lids_closed: float | None = None
    eyes_visible: float | None = None
    doubtful: bool = False


class FaceReader(Protocol):
    """Measures the driver's face in one frame after the other."""

    def read(self, image: NDArray[np.uint8], face: Detection, t_s: float) -> DriverReading:
        """``face``: where the driver's face is; ``image``: uint8 BGR (height, width, 3)."""
        ...

    def forget(self) -> None:
        """Drop what is carried from frame to frame: the next face is another person's."""
        ...

    def lost(self) -> None:
        """The face is gone for now; what was learned of this driver stays."""
        ...

    @property
    def open_eyes(self) -> EyeBaseline | None:
        """This driver's open eyes, once they are learned for certain."""
        ...

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of each stage, for timing."""
        ...
