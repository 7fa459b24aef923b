"""The one look shared by monitor, page and replay video: a scene becomes a finished picture."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from edge_pose.config.view import OverlayConfig
from edge_pose.values import Box, CameraCondition, HeadPose, Scene
from edge_pose.view import wording
from edge_pose.view.drawing import banner, gizmo
from edge_pose.view.drawing import palette as palettes
from edge_pose.view.drawing.brush import Brush, Canvas
from edge_pose.view.drawing.dock import draw_dock
from edge_pose.view.drawing.easel import SHADOW, Easel
from edge_pose.view.drawing.face import confidence, draw_face, draw_region, seen_pose
from edge_pose.view.drawing.icons import draw_silhouette, draw_struck_camera
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.palette import Palette
from edge_pose.view.drawing.place import Place, head_place
from edge_pose.view.drawing.sight import asleep, sight_in_head
from edge_pose.view.drawing.typeface import bold

_SMALLEST = (160, 120)
"""Below this no letter can be read: the picture is left as it is."""
_AHEAD = HeadPose(yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)
_HEAD_SHARE = 0.72
"""Half the height of a whole head in sides of its face."""


class Overlay:
    """Draws scenes. Remembers only which palette ``auto`` last chose."""

    def __init__(self, config: OverlayConfig) -> None:
        self._config = config
        self._palette = palettes.DAY

    @property
    def palette(self) -> Palette:
        """The colours of the last picture."""
        return self._palette

    def draw(
        self,
        scene: Scene,
        out: Canvas | None = None,
        *,
        notice: wording.Notice | None = None,
        bare: bool = False,
    ) -> Canvas:
        """The finished picture: uint8 BGR of the frame's size; into ``out`` where given.

        ``notice`` takes the place of what the state has to say (the calibration guide's words).
        ``bare``: only what belongs to the picture itself, no banner and no gauges, for a page
        that shows these in letters of its own.
        The frame's own image is never written to. Under 160×120 nothing is drawn over it.
        """
        quality = scene.observation.image
        brightness = quality.brightness if quality else None
        self._palette = palettes.choose(self._config.palette, brightness, self._palette)
        canvas = self._ground(scene.frame.image, out)
        height, width = canvas.shape[:2]
        if width < _SMALLEST[0] or height < _SMALLEST[1]:
            return canvas
        easel = Easel(Brush(canvas), Layout(width, height), self._palette)
        notice = notice or wording.notice(scene)
        pose = self._stage(easel, scene, notice)
        if bare:
            return canvas
        draw_dock(easel, scene.state, pose)
        banner.draw_notice(easel, notice, scene.health, wording.distance(scene.observation))
        return canvas

    def _ground(self, image: Canvas, out: Canvas | None) -> Canvas:
        """The camera picture as it is to be seen, or the backdrop in its place."""
        canvas = np.empty_like(image) if out is None else out
        if self._config.privacy:
            canvas[:] = _backdrop(image.shape[1], image.shape[0], self._palette)
            return canvas
        if self._config.mirrored:
            cv2.flip(image, 1, canvas)
            image = canvas
        if self._palette.picture_gain != 1.0:
            cv2.convertScaleAbs(image, canvas, self._palette.picture_gain)
        elif image is not canvas:
            np.copyto(canvas, image)
        return canvas

    def _stage(self, easel: Easel, scene: Scene, notice: wording.Notice) -> HeadPose | None:
        """What fills the middle; returns the pose as this picture shows it."""
        box, pose = self._as_shown(scene)
        if scene.state.camera is not CameraCondition.OK:
            _no_sight(easel, scene.state.camera)
        elif box is None:
            _no_face(easel, notice)
        else:
            place = head_place(scene, box, pose or _AHEAD, self._config.mirrored)
            if self._config.privacy:
                _stand_in(easel, place, pose, scene)
            if self._config.face:
                sure, tone = confidence(scene.observation), easel.tone(notice.level)
                shown = place if pose and not asleep(scene.state) else None
                beam = sight_in_head(scene, mirrored=self._config.mirrored)
                draw_face(easel, box, shown, sure, tone, beam=beam)
                draw_region(easel, box, scene.state.region)
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


@lru_cache(maxsize=4)
def _backdrop(width: int, height: int, palette: Palette) -> Canvas:
    """A calm vertical gradient."""
    rise = np.linspace(0.0, 1.0, height)[:, None, None]
    top, bottom = (np.array(colour, np.float64) for colour in palette.backdrop)
    column = np.rint(top * (1 - rise) + bottom * rise).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(column, (height, width, 3)))


def _stand_in(easel: Easel, place: Place, pose: HeadPose | None, scene: Scene) -> None:
    """The drawn head in the driver's place."""
    palette = easel.palette
    head = gizmo.Head(
        pose=pose or _AHEAD,
        eyes=scene.state.eyes,
        skin=palette.skin,
        ink=palette.feature,
        white=palette.white,
    )
    x, y = place.pixels(place.skull)[0].tolist()
    gizmo.draw_head(easel.brush, (x, y), place.side * _HEAD_SHARE, head)


def _no_face(easel: Easel, notice: wording.Notice) -> None:
    """Where a face is looked for, while there is none."""
    layout = easel.layout
    _, y, width, height = layout.stage
    centre, radius = (width / 2, y + height * 0.38), height * 0.27
    draw_silhouette(easel.brush, centre, radius, SHADOW, layout.rim)
    draw_silhouette(easel.brush, centre, radius, easel.tone(notice.level).line, layout.stroke)


_NO_SIGHT = {
    CameraCondition.BLOCKED: "Uncover or clean the camera",
    CameraCondition.FROZEN: "The picture stands still",
    CameraCondition.LOST: "The camera is lost",
}


def _no_sight(easel: Easel, condition: CameraCondition) -> None:
    """The picture is no use: say so in the middle of it."""
    layout, tone, canvas = easel.layout, easel.palette.levels[1], easel.brush.canvas
    cv2.convertScaleAbs(canvas, canvas, 0.35)
    _, y, width, height = layout.stage
    half = height * 0.17
    centre = (width / 2, y + height * 0.38)
    draw_struck_camera(easel.brush, centre, half, tone.line, layout.stroke * 2)
    text = _NO_SIGHT[condition]
    wide = round(bold().width(text, layout.body) + 2 * layout.padding)
    top = round(centre[1] + half * 1.45)
    pill = ((width - wide) // 2, top, wide, layout.chip)
    easel.brush.panel(pill, layout.chip // 2, tone.fill, 0.94)
    easel.middle(text, width / 2, top + layout.chip / 2, layout.body, tone.ink)
