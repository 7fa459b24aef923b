"""Judges the pictures by face detectors: a plain rendered head must be found like a real one."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.estimates import Finder, framed
from deploy.heads.judge_faces import is_bare, is_plain
from deploy.heads.reader import Rendered, read

MOST_YAW_DEG = 60.0
_SURE = 0.5

Finds = Callable[[Rendered], bool]


def recall(folders: list[Path]) -> str:
    """Of the heads within ± 60° of yaw with nothing worn or held: how many each detector finds, by
    day and in any light."""
    detectors: dict[str, Finds] = {"the shipped detector": Finder().found}
    if importlib.util.find_spec("mediapipe"):
        detectors["MediaPipe's own"] = _mediapipe()
    seen = [
        (is_plain(rendered), [finds(rendered) for finds in detectors.values()])
        for rendered in _bare(folders)
    ]
    lines = []
    for k, name in enumerate(detectors):
        for light, all_lights in (("by day", False), ("in any light", True)):
            hits = [found[k] for plain, found in seen if plain or all_lights]
            share = 100.0 * sum(hits) / max(len(hits), 1)
            lines.append(f"{name}, {light}: {sum(hits)} of {len(hits)} heads, {share:.1f} %")
    return "\n".join(lines)


def _bare(folders: list[Path]) -> Iterator[Rendered]:
    for folder in folders:
        for rendered in read(folder, "faces"):
            if is_bare(rendered) and abs(rendered.number("yaw_deg")) < MOST_YAW_DEG:
                yield rendered


def _mediapipe() -> Finds:
    solutions = importlib.import_module("mediapipe").solutions
    detector = solutions.face_detection.FaceDetection(
        model_selection=0, min_detection_confidence=_SURE
    )

    def finds(rendered: Rendered) -> bool:
        picture: NDArray[np.uint8] = framed(rendered.image)[0]
        return bool(detector.process(np.ascontiguousarray(picture[..., ::-1])).detections)

    return finds
