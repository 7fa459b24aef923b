"""The one look shared by monitor, page and replay video: a scene becomes a finished picture."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from edge_pose.config.view import OverlayConfig
from edge_pose.values import Box, HeadPose, Scene
from edge_pose.view import banner, brush, gizmo, wording
from edge_pose.view import palette as palettes
from edge_pose.view.dock import Dock
from edge_pose.view.face import confidence, draw_face, seen_pose
from edge_pose.view.icons import draw_silhouette, draw_struck_camera
from edge_pose.view.layout import Layout
from edge_pose.view.palette import Palette, Tone
from edge_pose.view.typeface import bold

_SHADOW = (16, 12, 8)


class Overlay:
    """Draws scenes. Remembers only which palette ``auto`` last chose."""

    def __init__(self, config: OverlayConfig) -> None:
        self._config = config
        self._palette = palettes.DAY

    def draw(self, scene: Scene, out: brush.Canvas | None = None) -> brush.Canvas:
        """The finished picture: uint8 BGR of the frame's size; into ``out`` where given.

        The frame's own image is never written to.
        """
        brightness = scene.observation.image.brightness if scene.observation.image else None
        self._palette = palettes.choose(self._config.palette, brightness, self._palette)
        canvas = self._ground(scene, out)
        layout = Layout(canvas.shape[1], canvas.shape[0])
        notice = wording.notice(scene)
        tone = banner.tone_of(self._palette, notice.level)
        gauge = self._palette.levels[min(3, max(0, scene.state.level))]
        pose = self._on_stage(canvas, layout, scene, tone)
        Dock(canvas, layout, self._palette, gauge).draw(scene.state, pose)
        banner.draw_notice(canvas, layout, self._palette, notice, scene.health)
        return canvas

    def _ground(self, scene: Scene, out: brush.Canvas | None) -> brush.Canvas:
        image = scene.frame.image
        canvas = np.empty_like(image) if out is None else out
        if self._config.privacy:
            canvas[:] = _backdrop(image.shape[1], image.shape[0], self._palette.backdrop)
            return canvas
        if self._config.mirrored:
            cv2.flip(image, 1, canvas)
            image = canvas
        if self._palette.picture_gain != 1.0:
            cv2.convertScaleAbs(image, canvas, self._palette.picture_gain)
        elif image is not canvas:
            np.copyto(canvas, image)
        return canvas

    def _on_stage(
        self, canvas: brush.Canvas, layout: Layout, scene: Scene, tone: Tone
    ) -> HeadPose | None:
        """What fills the middle; returns the pose as this picture shows it."""
        box, pose = self._as_shown(scene)
        if wording.blocked(scene):
            _blocked(canvas, layout, self._palette)
        elif box is None:
            _no_face(canvas, layout, tone)
        elif self._config.privacy:
            self._stand_in(canvas, box, pose, scene)
        if box is not None and self._config.face and not wording.blocked(scene):
            draw_face(canvas, layout, box, pose, confidence(scene.observation), self._palette, tone)
        return pose

    def _as_shown(self, scene: Scene) -> tuple[Box | None, HeadPose | None]:
        """Box and pose in this picture, mirrored where the picture is."""
        box, pose = scene.observation.box, seen_pose(scene)
        if not scene.observation.face or box is None:
            return None, None
        if not self._config.mirrored:
            return box, pose
        width = scene.frame.size[0]
        flipped = Box(x1=width - box.x2, y1=box.y1, x2=width - box.x1, y2=box.y2)
        if pose is None:
            return flipped, None
        return flipped, replace(pose, yaw_deg=-pose.yaw_deg, roll_deg=-pose.roll_deg)

    def _stand_in(
        self, canvas: brush.Canvas, box: Box, pose: HeadPose | None, scene: Scene
    ) -> None:
        """The drawn head in the driver's place."""
        turn = gizmo.rotation(pose or HeadPose(yaw_deg=0, pitch_deg=0, roll_deg=0))
        x, y = box.center
        radius = box.height * 0.72
        head = (x, y - box.height * 0.12)
        gizmo.draw_head(canvas, head, radius, turn, self._palette.skin, _SHADOW, scene.state.eyes)


@lru_cache(maxsize=4)
def _backdrop(
    width: int, height: int, ends: tuple[palettes.Colour, palettes.Colour]
) -> brush.Canvas:
    """A calm vertical gradient."""
    rise = np.linspace(0.0, 1.0, height)[:, None, None]
    top, bottom = (np.array(c, np.float64) for c in ends)
    column = top * (1 - rise) + bottom * rise
    return np.broadcast_to(np.round(column), (height, width, 3)).astype(np.uint8)


def _caption(canvas: brush.Canvas, layout: Layout, text: str, line: float, tone: Tone) -> None:
    size = layout.body
    width, tall = bold().width(text, size), layout.chip
    x = round((layout.width - width) / 2 - layout.padding)
    rect = (x, round(line), round(width + 2 * layout.padding), tall)
    brush.panel(canvas, rect, tall // 2, tone.fill, 0.92)
    at = (x + layout.padding, line + (tall - bold().cap_height(size)) / 2)
    brush.write(canvas, bold(), text, at, size, tone.ink)


def _no_face(canvas: brush.Canvas, layout: Layout, tone: Tone) -> None:
    """Where a face is looked for, while there is none."""
    _, y, width, height = layout.stage
    radius = height * 0.28
    centre = (width / 2, y + height * 0.40)
    draw_silhouette(canvas, centre, radius, _SHADOW, layout.stroke * 2)
    draw_silhouette(canvas, centre, radius, tone.line, layout.stroke)


def _blocked(canvas: brush.Canvas, layout: Layout, palette: Palette) -> None:
    """The picture is no use: say so in the middle of it."""
    _, y, width, height = layout.stage
    cv2.convertScaleAbs(canvas, canvas, 0.45)
    half = height * 0.17
    centre = (width / 2, y + height * 0.40)
    draw_struck_camera(canvas, centre, half, palette.levels[1].line, layout.stroke * 2)
    _caption(
        canvas, layout, "Clean or uncover the camera", centre[1] + half * 1.5, palette.levels[1]
    )
