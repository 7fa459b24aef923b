"""The overlay as a video file: what ``edge-pose replay --video`` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import cv2

from edge_pose.config.view import OverlayConfig
from edge_pose.errors import SinkError
from edge_pose.values import Scene
from edge_pose.view.drawing.overlay import Overlay


class Film:
    """Draws each scene and appends it (MPEG-4 in an .mp4, which OpenCV writes everywhere)."""

    def __init__(self, path: Path, fps: float, config: OverlayConfig) -> None:
        self._path = path
        self._fps = fps
        self._overlay = Overlay(config)
        self._writer: Any = None

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
        code = cv2.VideoWriter.fourcc(*"mp4v")
        writer = cv2.VideoWriter(str(self._path), code, self._fps, (width, height))
        if not writer.isOpened():
            raise SinkError(f"{self._path}: the video cannot be written; is the folder writable?")
        return writer
