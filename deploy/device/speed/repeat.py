"""Repeats inferences and frames in the emulated root, so that their instructions can be counted.

    repeat.py model.tflite...      some inferences of each at one thread, then frames of the demo
                                   clip through the whole pipeline

Prints name and number of repetitions of each; ``instructions.c`` counts from one getppid() to the
next. What comes before the first of a pair is warm-up.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.tflite.interpreter import TensorModel

_INFERENCES = 2
_FRAMES, _WARM_UP = 60, 8
"""Two seconds at 30 a second: the detector looks at a held face once."""


def main() -> None:
    cv2.setNumThreads(1)
    for path in map(Path, sys.argv[1:]):
        repeat_model(path)
    repeat_frames()


def repeat_model(path: Path) -> None:
    model = TensorModel(path, threads=1)
    random = np.random.default_rng(0)
    inputs: dict[str, NDArray[Any]] = {
        name: random.integers(0, 100, tensor.shape).astype(tensor.dtype)
        for name, tensor in model.inputs.items()
    }
    model.run(inputs)
    os.getppid()
    for _ in range(_INFERENCES):
        model.run(inputs)
    os.getppid()
    print(path.stem, _INFERENCES, flush=True)


def repeat_frames() -> None:
    from edge_pose.capture import open_source
    from edge_pose.clock import SystemClock
    from edge_pose.config.loader import load
    from edge_pose.pipeline import Pipeline
    from edge_pose.values import Frame

    config = load(None, ['camera.source="demo:"', "camera.fast=true", "pose.threads=1"])
    pipeline = Pipeline(config)
    frames = list[Frame]()
    with open_source(config.camera, SystemClock()) as source:
        while len(frames) < _WARM_UP + _FRAMES and (frame := source.read()) is not None:
            image = np.asarray(cv2.resize(frame.image, (640, 480)), np.uint8)
            frames.append(Frame(image=image, t=frame.index / 30.0, index=frame.index))
    for frame in frames[:_WARM_UP]:
        pipeline.step(frame)
    os.getppid()
    for frame in frames[_WARM_UP:]:
        pipeline.step(frame)
    os.getppid()
    print("frame", len(frames) - _WARM_UP, flush=True)


if __name__ == "__main__":
    main()
