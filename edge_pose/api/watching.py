"""The whole loop as an iterator: a camera or a clip in, results out."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike

from edge_pose.api.settings import with_preset, with_source
from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.monitor import Preset
from edge_pose.config.root import Config
from edge_pose.errors import SourceLost
from edge_pose.pipeline import Pipeline, Result
from edge_pose.values import NeutralPose


def watch(
    source: str | PathLike[str] = "auto",
    *,
    preset: Preset | None = None,
    config: Config | None = None,
    neutral: NeutralPose | None = None,
) -> Iterator[Result]:
    """One result for each frame of a camera or clip, until it ends or you stop iterating.

    ``source``: a video file, or any address that ``camera.source`` takes (``picamera2:0``,
    ``v4l2:/dev/video0``, ``rtsp://…``, ``demo:``). Files are read as fast as you iterate, with
    times of their own from 0; a lost camera is opened again. ``result.frame`` holds the image.
    Raises SourceError (no such camera or file), ConfigError, ModelError: at the call, not later.
    """
    chosen = with_source(with_preset(config or Config(), preset), source)
    camera = open_source(chosen.camera, SystemClock())
    camera.open()
    try:
        pipeline = Pipeline(chosen, neutral=neutral)
    except BaseException:
        camera.close()
        raise

    def results() -> Iterator[Result]:
        try:
            while True:
                try:
                    frame = camera.read()
                except SourceLost:  # it is logged, and the next read tries to get it back
                    continue
                if frame is None:
                    return
                yield pipeline.step(frame)
        finally:
            camera.close()
            pipeline.close()

    return results()
