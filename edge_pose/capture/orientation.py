"""Turning and flipping, so that a Frame shows the scene upright and unmirrored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2

from edge_pose.capture.images import Image
from edge_pose.config.capture import CaptureConfig

_ROTATIONS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """First flips, as the camera delivers the image; then a clockwise rotation."""

    horizontal: bool = False
    vertical: bool = False
    rotate: int = 0

    @classmethod
    def of(cls, config: CaptureConfig) -> Orientation:
        """What the config asks for; ``mirrored`` is one more horizontal flip."""
        return cls(
            horizontal=(config.flip in ("horizontal", "both")) != config.mirrored,
            vertical=config.flip in ("vertical", "both"),
            rotate=config.rotate,
        )

    def apply(self, image: Image) -> Image:
        """The upright image; the same array when there is nothing to do."""
        if self.horizontal or self.vertical:
            code = -1 if self.horizontal and self.vertical else int(self.horizontal)
            image = cast(Image, cv2.flip(image, code))
        if self.rotate:
            image = cast(Image, cv2.rotate(image, _ROTATIONS[self.rotate]))
        return image
