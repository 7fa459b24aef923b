"""BlazeFace short range run directly in LiteRT, with our own anchors and decoding.

Source: Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs",
2019. The model gives 16 numbers and a score for each of 896 anchors: box centre and size, then
six keypoints, all in pixels of its 128-pixel input relative to the anchor's centre.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import DetectorConfig
from edge_pose.errors import ModelError
from edge_pose.models import FACE_DETECTOR, FACE_DETECTOR_INT8, ModelFile, find
from edge_pose.models.card import Lines, read_detector_card
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.detector.kind import DetectorKind
from edge_pose.vision.detector.letterbox import letterbox
from edge_pose.vision.detector.tight_box import tight_box
from edge_pose.vision.tflite.interpreter import ImageModel

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SIZE = 128
_STRIDES = (8, 16, 16, 16)
_ANCHORS_PER_CELL = 2
_BOXES, _SCORES = "regressors", "classificators"
_SAME_FACE_IOU = 0.3


class BlazeFace:
    """Finds faces; short range means about 0.1 of the longer image side and larger."""

    def __init__(
        self,
        path: Path,
        *,
        min_score: float = 0.5,
        threads: int = 1,
        delegate: str | None = None,
    ) -> None:
        self._model = ImageModel(
            path, gain=1.0 / 127.5, offset=-1.0, threads=threads, delegate=delegate
        )
        self._anchors = _anchors()
        if self._model.output_shapes.get(_BOXES) != (1, len(self._anchors), 16):
            raise ModelError(f"{path}: not the short-range face detector (wants [1, 896, 16])")
        self._lines = _lines(path)
        self._min_logit = math.log(min_score / (1.0 - min_score))
        self._input = np.zeros((_SIZE, _SIZE, 3), np.uint8)

    def detect(self, image: Pixels, within: Box | None = None) -> list[Detection]:
        """Every face, best first. ``within``: look only there, which finds smaller faces."""
        return [
            Detection(
                box=tight_box(square, points), score=score, keypoints=FaceKeypoints(points=points)
            )
            for square, points, score in self.squares(image, within)
        ]

    def squares(self, image: Pixels, within: Box | None = None) -> list[tuple[Box, Floats, float]]:
        """(the model's own square, six keypoints (6, 2), score) of every face, best first."""
        left, top, right, bottom = _region(image, within)
        if right <= left or bottom <= top:
            return []
        scale, shift = letterbox(image[top:bottom, left:right], self._input)
        outputs = self._model.run(self._input)
        logits = self._real(_SCORES, outputs[_SCORES].ravel())
        (likely,) = np.nonzero(logits > self._min_logit)
        if not len(likely):
            return []
        raw = self._real(_BOXES, outputs[_BOXES][0, likely])
        points = _decode(raw, self._anchors[likely])
        points = (points - shift) * scale + np.array([left, top], np.float32)
        merged = _merge(points, _sigmoid(logits[likely]))
        return [(_corners(face), face[2:], score) for face, score in merged]

    def _real(self, name: str, raw: Floats) -> Floats:
        line = self._lines.get(name)
        if line is None:
            return raw
        scale, offset = (np.array(part, np.float32) for part in (line.scale, line.offset))
        return np.asarray(raw * scale + offset, np.float32)


def _lines(path: Path) -> dict[str, Lines]:
    """What makes each output real: our own file's card says so, MediaPipe's has none."""
    card = path.with_suffix(".json")
    return read_detector_card(path).outputs if card.is_file() else {}


def _region(image: Pixels, within: Box | None) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is looked at, cut so that it shrinks by whole pixels."""
    left, top, right, bottom = 0, 0, image.shape[1], image.shape[0]
    if within is not None:
        left, top = max(0, round(within.x1)), max(0, round(within.y1))
        right, bottom = min(right, round(within.x2)), min(bottom, round(within.y2))
    whole = max(1, max(right - left, bottom - top) // _SIZE)
    spare_x, spare_y = max(0, right - left) % whole, max(0, bottom - top) % whole
    left, top = left + spare_x // 2, top + spare_y // 2
    return left, top, right - (spare_x - spare_x // 2), bottom - (spare_y - spare_y // 2)


def _anchors() -> Floats:
    """Anchor centres in input pixels, float32 (896, 2): the cells of each layer, row by row."""
    centers: list[Floats] = []
    for stride in sorted(set(_STRIDES)):
        cells = _SIZE // stride
        ys, xs = np.mgrid[0:cells, 0:cells].astype(np.float32)
        grid = (np.stack([xs.ravel(), ys.ravel()], axis=1) + 0.5) * stride
        centers.append(np.repeat(grid, _ANCHORS_PER_CELL * _STRIDES.count(stride), axis=0))
    return np.concatenate(centers).astype(np.float32)


def _decode(raw: Floats, anchors: Floats) -> Floats:
    """Input-pixel points, float32 (n, 8, 2): two box corners, then six keypoints."""
    pairs = raw.reshape(-1, 8, 2)
    points = pairs + anchors[:, None, :]
    half = pairs[:, 1] / 2.0
    center = points[:, 0].copy()
    points[:, 0], points[:, 1] = center - half, center + half
    return points


def _merge(points: Floats, scores: Floats) -> list[tuple[Floats, float]]:
    """Weighted non-maximum suppression: anchors that see one face give one mean, best first."""
    order = np.argsort(-scores, kind="stable")
    faces: list[tuple[Floats, float]] = []
    while len(order):
        same = _iou(points[order[0]], points[order]) > _SAME_FACE_IOU
        same[0] = True
        weights = scores[order[same]]
        mean = np.average(points[order[same]], axis=0, weights=weights)
        faces.append((mean.astype(np.float32), float(scores[order[0]])))
        order = order[~same]
    return faces


def _iou(one: Floats, many: Floats) -> Floats:
    """Intersection over union of one face's box (its first two points) with many."""
    low = np.maximum(one[0], many[:, 0])
    high = np.minimum(one[1], many[:, 1])
    shared = np.maximum(high - low, 0.0).prod(axis=1)
    area = (one[1] - one[0]).prod() + (many[:, 1] - many[:, 0]).prod(axis=1) - shared
    return np.asarray(shared / np.maximum(area, 1e-6), np.float32)


def _corners(points: Floats) -> Box:
    (x1, y1), (x2, y2) = points[0].tolist(), points[1].tolist()
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0))), np.float32)


def _opened(config: DetectorConfig, model: ModelFile) -> BlazeFace:
    return BlazeFace(find(model.name), min_score=config.min_score, threads=config.threads)


INT8: Final = DetectorKind(
    name="blazeface",
    what="BlazeFace in int8, shipped",
    model=FACE_DETECTOR_INT8,
    open=lambda config: _opened(config, FACE_DETECTOR_INT8),
)
FLOAT: Final = DetectorKind(
    name="blazeface_float",
    what="BlazeFace as MediaPipe publishes it",
    model=FACE_DETECTOR,
    open=lambda config: _opened(config, FACE_DETECTOR),
)
