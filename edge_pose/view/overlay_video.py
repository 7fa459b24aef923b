"""The overlay as a video file that a browser plays: what ``edge-pose replay --video`` writes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Self

import cv2

from edge_pose.config.view import OverlayConfig
from edge_pose.errors import SinkError
from edge_pose.values import Scene
from edge_pose.view.drawing.overlay import Overlay

log = logging.getLogger(__name__)

_FORMATS = (("mp4", "avc1"), ("webm", "VP80"), ("mp4", "mp4v"))
"""Container and codec, best first. H.264 where OpenCV was built with an encoder for it (the one
of PyPI is not); VP8 plays in every browser as well; MPEG-4 Part 2 in players only."""


class Film:
    """Draws each scene and appends it. ``path``: without its ending, which the format gives."""

    def __init__(self, path: Path, fps: float, config: OverlayConfig) -> None:
        self._stem = path
        self._fps = fps
        self._overlay = Overlay(config)
        self._writer: Any = None
        self.path: Path | None = None
        """Where it is written, from the first scene on."""

    def write(self, scene: Scene) -> None:
        """Append one scene; the first one decides the size. Raises SinkError."""
        picture = self._overlay.draw(scene)
        if self._writer is None:
            self._writer = self._open(picture.shape[1], picture.shape[0])
        self._writer.write(picture)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.release()

    def _open(self, width: int, height: int) -> Any:
        """The first format that can be written here; OpenCV's own complaints are left out."""
        loudness = cv2.utils.logging.getLogLevel()
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            for ending, codec in _FORMATS:
                path = self._stem.with_name(f"{self._stem.name}.{ending}")
                code = cv2.VideoWriter.fourcc(*codec)
                writer = cv2.VideoWriter(str(path), code, self._fps, (width, height))
                if writer.isOpened():
                    self.path = path
                    if codec == "mp4v":
                        log.warning("%s: this OpenCV encodes for players, not for browsers", path)
                    return writer
                path.unlink(missing_ok=True)
        finally:
            cv2.utils.logging.setLogLevel(loudness)
        raise SinkError(f"{self._stem}: the video cannot be written; is the folder writable?")
