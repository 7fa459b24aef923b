"""Everything measured on one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge_pose.values.face import Box, EyeState, Gaze, HeadPose, HeadPosition
from edge_pose.values.frame import ImageQuality
from edge_pose.values.trouble import Trouble
from edge_pose.values.vehicle import VehicleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything measured on one frame; the monitor's only input."""

    t_s: float
    face: bool
    frame: int = 0
    score: float | None = None
    box: Box | None = None
    pose: HeadPose | None = None
    """As the face crop shows the head, unsmoothed."""
    pose_cam: HeadPose | None = None
    """Corrected for the face's place in the image; what the rules use (else ``pose``)."""
    position: HeadPosition | None = None
    focal_px: float | None = None
    """Of the camera, in this image's pixels: with it a place in space projects into the image."""
    fit_residual: float | None = None
    """RMS landmark residual of the 3D fit, as a share of the face size; small = a clear face."""
    eyes: EyeState | None = None
    gaze: Gaze | None = None
    lids_closed: float | None = None
    """Probability that both lids are shut (not: lowered), in [0, 1]."""
    eyes_visible: float | None = None
    """Probability that the eyes can be judged at all, in [0, 1]."""
    image: ImageQuality | None = None
    camera_lost: bool = False
    """The camera delivers nothing: there is no frame behind this observation."""
    troubles: tuple[Trouble, ...] = ()
    """What the program finds wrong with itself."""
    vehicle: VehicleState = field(default_factory=VehicleState)
