"""Head pose from the face mesh: the 3D fit, corrected for the landmarker's known errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose, HeadPosition, Landmarks
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFit, FaceFitter, FitOptions
from edge_pose.vision.fit.mesh_correction import MeshCorrection
from edge_pose.vision.fit.metric_fit import MetricFitter
from edge_pose.vision.geometry import Matrix, euler_angles, focal_px
from edge_pose.vision.pose.estimator import PoseReading

Array = NDArray[np.float64]

IDENTITY_MODES, EXPRESSION_MODES = 5, 5
MESH_FIT = FitOptions(robust=6.0, prior=20.0)
"""The mesh's points err together, not one by one, hence the heavy prior; chosen on validation
photos, where the error changes by less than 2 % over a tenfold range of either."""

_RIGHT_EYE, _LEFT_EYE = 33, 263
"""Mesh vertices of the outer eye corners; the person's right is at image left."""
_MESH_SHARE = 0.94
"""Side of a tight box in shares of the mesh's: the crop is then 1.5 × the mesh, MediaPipe's own."""
_MIN_SCORE = 0.3
_AXES = np.array([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeshPose:
    """A mesh's pose. ``rotation``: corrected, as the face crop shows the head; ``fit``: the fit
    it comes from; ``std_deg``: expected error of ``rotation``."""

    rotation: Matrix
    fit: FaceFit
    std_deg: float

    @property
    def pose(self) -> HeadPose:
        yaw, pitch, roll = euler_angles(self.rotation)
        return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=self.std_deg)


class MeshFitter:
    """Fits meshes of the landmarker; carries nothing, the caller keeps the last fit."""

    def __init__(self, basis: FaceBasis, correction: MeshCorrection) -> None:
        self._mean, self._correction = basis.mean, correction
        self.basis = basis.chosen(IBUG_68, identity=IDENTITY_MODES, expression=EXPRESSION_MODES)
        self._fitter = FaceFitter(self.basis, depth=True, options=MESH_FIT)

    @classmethod
    def load(cls, path: Path) -> MeshFitter:
        """From a basis file. Raises ModelError when it is missing or damaged."""
        basis = FaceBasis.load(path)
        return cls(basis, MeshCorrection.load(path, basis))

    def fit(self, landmarks: Landmarks, start: FaceFit | None = None) -> MeshPose | None:
        """The pose of a mesh, warm from the last frame's fit; None where there is no face."""
        if landmarks.score < _MIN_SCORE:
            return None
        fit = self._fitter.fit(landmarks.points[IBUG_68], start)
        if fit is None:
            return None
        offset = mesh_offset(landmarks.points, fit, self._mean)
        rotation = self._correction.corrected(fit.rotation, offset)
        std = self._correction.std_deg(fit.rotation, fit.residual)
        return MeshPose(rotation=rotation, fit=fit, std_deg=std)


class FitPose:
    """Pose estimator: the 3D fit alone, with the head's place in space."""

    needs_landmarks = True

    def __init__(self, fitter: MeshFitter, *, hfov_deg: float) -> None:
        self._fitter = fitter
        self._locator = HeadLocator(fitter.basis, hfov_deg=hfov_deg)
        self._last: FaceFit | None = None

    def estimate(
        self, image: NDArray[np.uint8], box: Box, landmarks: Landmarks | None
    ) -> PoseReading | None:
        """The pose of a face's mesh; None without a mesh or where it is no face."""
        del box
        found = None if landmarks is None else self._fitter.fit(landmarks, self._last)
        self._last = found.fit if found else None
        if found is None or landmarks is None:
            return None
        position = self._locator.locate(image, landmarks, found.fit)
        return PoseReading(pose=found.pose, position=position, residual=found.fit.residual)

    def forget(self) -> None:
        self._last = None


class HeadLocator:
    """Where the head is, from its mesh and the camera's field of view."""

    def __init__(self, basis: FaceBasis, *, hfov_deg: float) -> None:
        self._basis, self._hfov_deg = basis, hfov_deg
        self._size: tuple[int, int] | None = None
        self._fitter: MetricFitter | None = None

    def locate(
        self, image: NDArray[np.uint8], landmarks: Landmarks, fit: FaceFit
    ) -> HeadPosition | None:
        """The place of the middle of the face (of its 68 landmarks); None where it is not found."""
        size = (image.shape[1], image.shape[0])
        if self._fitter is None or size != self._size:
            focal = focal_px(size[0], self._hfov_deg)
            self._fitter = MetricFitter(self._basis, size=size, focal_px=focal, options=MESH_FIT)
            self._size = size
        found = self._fitter.fit(landmarks.points[IBUG_68, :2], fit)
        return None if found is None else found.position


def mesh_offset(points: NDArray[np.floating], fit: FaceFit, mean: Array) -> Array:
    """(V, 3) mm: a mesh taken back into the face's frame, less the mean face, both centred."""
    shape = (np.asarray(points, np.float64) * (_AXES / fit.scale)) @ fit.rotation
    shape -= mean
    return np.asarray(shape - shape.mean(axis=0))


def upright_mesh(landmarker: Landmarker, image: NDArray[np.uint8], box: Box) -> Landmarks:
    """The mesh of a face whose roll is not known yet: read as it is, then again where the first
    mesh lies, turned upright (as MediaPipe does from frame to frame)."""
    first = landmarker.locate(image, box)
    return landmarker.locate(image, mesh_box(first), eye_line_deg(first))


def mesh_box(landmarks: Landmarks) -> Box:
    """The square in whose crop the landmarker reads a known mesh best: that of the whole mesh,
    along the face's own axes, so a dropped jaw moves it."""
    angle = math.radians(eye_line_deg(landmarks))
    right = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-right[1], right[0]])
    along = landmarks.points[:, :2].astype(np.float64) @ np.stack([right, down], axis=1)
    low, high = along.min(axis=0), along.max(axis=0)
    x, y = ((low + high) / 2.0 @ np.stack([right, down])).tolist()
    half = _MESH_SHARE * float((high - low).max()) / 2.0
    return Box(x1=x - half, y1=y - half, x2=x + half, y2=y + half)


def eye_line_deg(landmarks: Landmarks) -> float:
    """The roll of a mesh, from the line through its outer eye corners."""
    across, down = (landmarks.points[_LEFT_EYE] - landmarks.points[_RIGHT_EYE])[:2].tolist()
    return math.degrees(math.atan2(down, across)) if across > 0.0 else 0.0
