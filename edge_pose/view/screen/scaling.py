"""Fitting a scene to a screen: scaled before drawing, so that lines and letters stay sharp."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from edge_pose.values import Box, Scene
from edge_pose.view.drawing.brush import Canvas

Size = tuple[int, int]
"""(width, height) in pixels."""

_LEAST: Size = (640, 480)
_MOST: Size = (960, 720)
_ROTATIONS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def fitted_size(picture: Size, room: Size) -> Size:
    """The largest size of the picture's shape that fits the room."""
    scale = min(room[0] / picture[0], room[1] / picture[1])
    return max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))


def readable_size(picture: Size) -> Size:
    """The picture's shape at a size that a page shows well: 640×480 at least, 960×720 at most.

    Small camera pictures are enlarged before drawing, so that letters stay sharp.
    """
    width, height = picture
    if width < _LEAST[0] and height < _LEAST[1]:
        return fitted_size(picture, _LEAST)
    if width > _MOST[0] or height > _MOST[1]:
        return fitted_size(picture, _MOST)
    return picture


def scaled(scene: Scene, size: Size) -> Scene:
    """The same scene seen at another size: picture, face box, focal length."""
    width, height = scene.frame.size
    if (width, height) == size:
        return scene
    shrinks = size[0] < width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    image = np.asarray(cv2.resize(scene.frame.image, size, interpolation=how), np.uint8)
    sx, sy = size[0] / width, size[1] / height
    box, focal_px = scene.observation.box, scene.observation.focal_px
    if box is not None:
        box = Box(x1=box.x1 * sx, y1=box.y1 * sy, x2=box.x2 * sx, y2=box.y2 * sy)
    return replace(
        scene,
        frame=replace(scene.frame, image=image),
        observation=replace(
            scene.observation, box=box, focal_px=focal_px * sx if focal_px else focal_px
        ),
    )


def upright_room(screen: Size, rotate: int) -> Size:
    """The room a person sees on a screen that is mounted turned."""
    return (screen[1], screen[0]) if rotate in (90, 270) else screen


def mounted(picture: Canvas, rotate: int) -> Canvas:
    """The picture turned clockwise for a screen mounted on its side."""
    if rotate == 0:
        return picture
    return np.asarray(cv2.rotate(picture, _ROTATIONS[rotate]), np.uint8)


def upright_point(point: tuple[float, float], screen: Size, rotate: int) -> tuple[float, float]:
    """Where a touch lies in the picture as the person sees it; undoes ``mounted``."""
    x, y = point
    width, height = screen
    return {
        0: (x, y),
        90: (y, width - x),
        180: (width - x, height - y),
        270: (height - y, x),
    }[rotate]
