"""Our whole frame beside MediaPipe's FaceMesh with solvePnP in Python: one clip, one run.

    python -m deploy.device.speed.against_mediapipe CLIP [--frames 300] [--set pose.mode=network]

Needs mediapipe 0.10.18 (Python 3.12 and older) in the same environment. Both see the same decoded
frames in turns of a few, each just written to memory, as a camera's are; start-up is left out.
Ours is everything of a frame: image quality, tracking, face and eye network, gaze and all rules;
theirs is the refined mesh and one solvePnP.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.config.loader import load
from edge_pose.pipeline import Pipeline
from edge_pose.values import Frame

Image = NDArray[np.uint8]

_WARM_UP, _TURN = 30, 10
_MODEL = np.array(
    [(0, 0, 0), (0, -63.6, -12.5), (-43.3, 32.7, -26), (43.3, 32.7, -26), (-28.9, -28.9, -24.1),
     (28.9, -28.9, -24.1)], np.float64,
)  # fmt: skip
"""Nose tip, chin, outer eye corners, mouth corners, mm: the six points of countless tutorials."""
_VERTICES = (1, 152, 33, 263, 61, 291)


@dataclass
class Spent:
    """Seconds of each frame."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        self.wall.append(time.perf_counter() - wall)
        self.processor.append(time.process_time() - processor)


class FaceMeshPnp:
    """MediaPipe's mesh and the head's rotation by solvePnP."""

    def __init__(self) -> None:
        from mediapipe.python.solutions.face_mesh import FaceMesh

        self._mesh: Any = FaceMesh(max_num_faces=1, refine_landmarks=True)

    def step(self, image: Image) -> object:
        """The rotation vector of the first face, None where there is none."""
        found = self._mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)).multi_face_landmarks
        if not found:
            return None
        height, width = image.shape[:2]
        seen = np.array(
            [(p.x * width, p.y * height) for p in (found[0].landmark[v] for v in _VERTICES)]
        )
        camera = np.array([[width, 0, width / 2], [0, width, height / 2], [0, 0, 1]], np.float64)
        return cv2.solvePnP(_MODEL, seen, camera, None)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description="our frame beside FaceMesh with solvePnP")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    args = parser.parse_args()
    images = _images(args.clip, args.frames + _WARM_UP)
    ours, theirs = Spent(), Spent()
    run(images, ours, theirs, args.settings)
    for name, spent in (("edge_pose", ours), ("FaceMesh + solvePnP", theirs)):
        wall, processor = (1e3 * float(np.mean(part)) for part in (spent.wall, spent.processor))
        print(f"{name:20} wall {wall:6.2f} ms, processor {processor:6.2f} ms a frame (mean)")
    for kind in ("wall", "processor"):
        ratio = np.mean(getattr(ours, kind)) / np.mean(getattr(theirs, kind))
        print(f"{kind}: ours is {ratio:.2f} × theirs")


def run(images: Sequence[Image], ours: Spent, theirs: Spent, settings: Sequence[str]) -> None:
    """In turns of a few frames each, so that both meet the same load of the machine."""
    pipeline, mesh = Pipeline(load(None, list(settings))), FaceMeshPnp()
    warm, rest = images[:_WARM_UP], images[_WARM_UP:]
    for index, image in enumerate(warm):
        pipeline.step(Frame(image=image, t=index / 30.0, index=index))
        mesh.step(image)
    numbered = enumerate(rest, start=_WARM_UP)
    while turn := list(islice(numbered, _TURN)):
        for index, image in turn:
            frame = Frame(image=image.copy(), t=index / 30.0, index=index)
            ours.time(lambda frame=frame: pipeline.step(frame))  # type: ignore[misc]
        for _, image in turn:
            copy = image.copy()
            theirs.time(lambda image=copy: mesh.step(image))  # type: ignore[misc]


def _images(clip: Path, count: int) -> list[Image]:
    video = cv2.VideoCapture(str(clip))
    found: list[Image] = []
    while len(found) < count:
        read, image = video.read()
        if not read:
            break
        found.append(np.asarray(image, np.uint8))
    return found


if __name__ == "__main__":
    main()
