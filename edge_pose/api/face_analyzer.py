"""Faces of a still picture, measured one by one."""

from __future__ import annotations

from typing import Self

import cv2

from edge_pose.api.images import Image, Order, bgr_image
from edge_pose.config.root import Config
from edge_pose.values import Box, Face
from edge_pose.vision.stills.still_faces import StillFaces


class FaceAnalyzer:
    """Finds every face of a picture and measures it: box, head pose, 68 landmarks, eyes.

    Models are loaded at the first picture and kept. Not thread-safe: one analyzer a thread.
    Raises ModelError where a model file is missing (``edge-pose models install`` brings it).
    """

    def __init__(self, config: Config | None = None) -> None:
        self._config = config or Config()
        self._faces: StillFaces | None = None

    def __call__(
        self, image: Image, *, order: Order = "bgr", box: Box | None = None
    ) -> tuple[Face, ...]:
        """All faces, the largest first; empty where there is none.

        ``image``: uint8, (height, width, 3), channels in ``order``; grey and a fourth (alpha)
        channel are taken too. ``box``: a tight face box in pixels (brow to chin, ear to ear), to
        measure that face alone and look for no other. Raises ImageError for other arrays.
        """
        pixels = bgr_image(image, order)
        if self._faces is None:
            cv2.setNumThreads(1)
            self._faces = StillFaces.build(self._config)
        return self._faces.measure(pixels, box)

    def close(self) -> None:
        """Let go of the models; the next picture loads them again."""
        self._faces = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
