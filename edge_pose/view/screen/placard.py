"""A picture of words only: shown while there is no camera picture, or no fresh one."""

from __future__ import annotations

import cv2

from edge_pose.view.drawing.banner import draw_notice
from edge_pose.view.drawing.brush import Brush, Canvas
from edge_pose.view.drawing.easel import Easel
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.palette import NIGHT, Palette
from edge_pose.view.wording import Notice


def draw_placard(canvas: Canvas, headline: str, detail: str, palette: Palette = NIGHT) -> None:
    """The words in large letters over what is left of the picture, dimmed."""
    cv2.convertScaleAbs(canvas, canvas, 0.35)
    height, width = canvas.shape[:2]
    easel = Easel(Brush(canvas), Layout(width, height), palette)
    draw_notice(easel, Notice(headline, detail, level=None))
