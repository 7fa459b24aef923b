"""How many labelled faces a detector finds, beside the float file it was made from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from deploy.detector.scenes import FaceScene
from edge_pose.values import Box
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.detector.detection import Detection

FOUND_IOU = 0.5


def compared(published: Path, ours: Path, judged: Iterable[FaceScene]) -> dict[str, Any]:
    """Recall of both, false finds for each picture, and how far our boxes lie from theirs, in
    shares of the box's longer side."""
    detectors = {"float": BlazeFace(published), "int8": BlazeFace(ours)}
    hits: dict[str, list[bool]] = {name: [] for name in detectors}
    extra = dict.fromkeys(detectors, 0)
    shifts: list[float] = []
    for scene in judged:
        boxes: list[Box] = []
        for name, detector in detectors.items():
            found = detector.detect(scene.image)
            face = _match(found, scene.box)
            hits[name].append(face is not None)
            extra[name] += len(found) - (face is not None)
            boxes += [face.box] if face else []
        if len(boxes) == 2:
            shifts.append(_shift(*boxes))
    count = len(hits["float"])
    return {
        "faces": count,
        **{f"recall, {name}": round(float(np.mean(seen)), 4) for name, seen in hits.items()},
        **{f"other finds, {name}": number for name, number in extra.items()},
        "box side's shift, mean": round(float(np.mean(shifts)), 4),
        "box side's shift, 95th percentile": round(float(np.percentile(shifts, 95)), 4),
    }


def _match(found: list[Detection], box: Box) -> Detection | None:
    return next((face for face in found if face.box.iou(box) > FOUND_IOU), None)


def _shift(one: Box, two: Box) -> float:
    sides = [abs(getattr(one, side) - getattr(two, side)) for side in ("x1", "y1", "x2", "y2")]
    return float(np.mean(sides)) / one.side
