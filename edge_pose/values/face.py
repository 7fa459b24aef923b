"""A face in the image: where it is, how it is turned, what its eyes and mouth do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in image pixels; a *tight* face box spans brow to chin, ear to ear."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def center(self) -> tuple[float, float]:
        return (self.x1 + self.x2) / 2.0, (self.y1 + self.y2) / 2.0

    @property
    def side(self) -> float:
        """The longer side, on which every square face crop is based."""
        return max(self.width, self.height)

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def iou(self, other: Box) -> float:
        """Intersection over union with another box, in [0, 1]."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        shared = max(0.0, width) * max(0.0, height)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """A face mesh. ``points``: float32, (468, 3): x, y in image pixels, z in the same scale
    (smaller = nearer the camera), MediaPipe order. ``score``: probability of a face, [0, 1]."""

    points: NDArray[np.float32]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """Head angles in degrees. ``std_deg``: the expected error, one standard deviation."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    std_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPosition:
    """Where the middle of the face is relative to the camera: metres, x right, y up, z towards
    the viewer (so a head before the camera has z < 0)."""

    x_m: float
    y_m: float
    z_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """The line of sight, mean of both eyes, in degrees: yaw > 0 towards image left, pitch > 0 up,
    in the axes of ``Observation.pose_cam``. ``std_deg``: the expected error, one standard
    deviation. There is no Gaze where the eyes cannot be seen."""

    yaw_deg: float
    pitch_deg: float
    std_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeState:
    """Eyes and mouth. Openness: 0 closed … 1 this driver's normal open eye; mouth: 0 closed … 1
    wide open. ``ear_*``: the raw eye aspect ratio (Soukupová & Čech 2016), before any baseline."""

    left: float | None = None
    right: float | None = None
    mouth: float | None = None
    ear_left: float | None = None
    ear_right: float | None = None

    @property
    def openness(self) -> float | None:
        """Mean of the eyes that were measured; None where neither was."""
        left, right = self.left, self.right
        if left is None or right is None:
            return right if left is None else left
        return (left + right) / 2.0

    @property
    def each(self) -> tuple[float, float] | None:
        """The narrower and the wider eye; None where one was not measured."""
        left, right = self.left, self.right
        if left is None or right is None:
            return None
        return (left, right) if left <= right else (right, left)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face:
    """One face of a picture with all that was measured on it; None = not measured.

    ``box``: tight (brow to chin, ear to ear), in image pixels. ``score``: the detector's, [0, 1];
    None where the box was given. ``pose``: as the face crop shows the head. ``landmarks``:
    float32, (68, 2), image pixels, iBUG order. ``gaze``: in the same frame as ``pose``.
    """

    box: Box
    score: float | None = None
    pose: HeadPose | None = None
    landmarks: NDArray[np.float32] | None = None
    eyes: EyeState | None = None
    gaze: Gaze | None = None
    lids_closed: float | None = None
    eyes_visible: float | None = None
