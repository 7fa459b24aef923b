"""The same BlazeFace through the mediapipe package's solutions, for boards that carry it."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.detector.kind import DetectorKind
from edge_pose.vision.detector.tight_box import tight_box


class MediapipeDetector:
    """Detections equal to ``BlazeFace``'s up to the package's own resizing."""

    def __init__(self, *, min_score: float = 0.5) -> None:
        try:
            from mediapipe.python.solutions.face_detection import FaceDetection
        except ImportError as error:
            raise ModelError(
                "detector.backend = mediapipe, but mediapipe 0.10.18 is not installed (it exists "
                "for Python 3.12 and older): pip install 'edge-pose[mediapipe]', or use blazeface"
            ) from error
        self._solution: Any = FaceDetection(model_selection=0, min_detection_confidence=min_score)

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        """Every face, best first; with ``within``, only looking inside that square."""
        height, width = image.shape[:2]
        left, top, right, bottom = 0, 0, width, height
        if within is not None:
            left, top = max(0, round(within.x1)), max(0, round(within.y1))
            right, bottom = min(width, round(within.x2)), min(height, round(within.y2))
        if right <= left or bottom <= top:
            return []
        rgb = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2RGB)
        found = self._solution.process(rgb).detections or []
        faces = [_detection(face, (left, top), (right - left, bottom - top)) for face in found]
        return sorted(faces, key=lambda face: -face.score)


def _detection(face: Any, corner: tuple[int, int], size: tuple[int, int]) -> Detection:
    """One detection in image pixels from shares of the region's size."""
    area = face.location_data.relative_bounding_box
    points = [(point.x, point.y) for point in face.location_data.relative_keypoints]
    keypoints = np.array(points, np.float32) * size + np.array(corner, np.float32)
    x1, y1 = corner[0] + area.xmin * size[0], corner[1] + area.ymin * size[1]
    square = Box(x1=x1, y1=y1, x2=x1 + area.width * size[0], y2=y1 + area.height * size[1])
    keypoints = keypoints.astype(np.float32)
    return Detection(
        box=tight_box(square, keypoints),
        score=float(face.score[0]),
        keypoints=FaceKeypoints(points=keypoints),
    )


KIND: Final = DetectorKind(
    name="mediapipe",
    what="BlazeFace through the mediapipe package",
    model=None,
    open=lambda config: MediapipeDetector(min_score=config.min_score),
)
