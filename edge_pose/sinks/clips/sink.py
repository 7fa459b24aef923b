"""Clips around alerts: off by default, since they are images of a person.

While switched on, encoded frames of the last seconds wait in memory; nothing touches the disk
until an alert of the configured level comes. A clip is one ZIP: numbered JPEGs and ``clip.json``.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from edge_pose.config.sinks import ClipsConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.sinks.clips.files import LEAST_ROOM, Picture, prune_clips, write_clip
from edge_pose.sinks.store.reserve import room
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, AlertPhase, DriverState, Frame, Health

log = logging.getLogger(__name__)

FOLDER = "clips"
_LONGEST_S = 60.0


@dataclass(slots=True)
class _Clip:
    """A clip in the making: from the pictures before the alert to ``until_s``."""

    alerts: list[Alert]
    start_s: float
    until_s: float
    pictures: list[Picture] = field(default_factory=list)


class ClipsSink:
    """Keeps a ring of JPEGs; an alert turns it into a file, more alerts meanwhile lengthen it."""

    name = "clips"

    def __init__(
        self,
        config: ClipsConfig,
        *,
        state_dir: Path,
        vehicle_id: str,
        wall: WallTime,
        controls: Controls | None = None,
    ) -> None:
        self._controls = controls or Controls()
        self._config = config
        self._folder = state_dir / FOLDER
        self._vehicle_id = vehicle_id
        self._wall = wall
        self._ring: deque[Picture] = deque()
        self._clip: _Clip | None = None
        self._last_s = float("-inf")
        self._full = False

    def open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SinkError(
                f"{self._folder}: {error}; make the state directory writable"
            ) from error
        self._prune()

    def frame(self, frame: Frame) -> None:
        """Encode at most ``fps`` images a second; a clock that goes back begins anew. In privacy
        mode nothing is kept, and what was is forgotten."""
        if self._controls.private:
            self._ring.clear()
            self._clip = None
            return
        if frame.t < self._last_s:
            self._finish()
            self._ring.clear()
        elif frame.t - self._last_s < 0.999 / self._config.fps:
            return
        self._last_s = frame.t
        picture = Picture(t_s=frame.t, jpeg=self._encode(frame))
        self._ring.append(picture)
        while self._ring[0].t_s < frame.t - self._config.before_s:
            self._ring.popleft()
        if self._clip is not None:
            self._clip.pictures.append(picture)
            self._finish_when_due(frame.t)

    def alert(self, alert: Alert) -> None:
        ended = alert.phase is AlertPhase.END
        if ended or alert.level < self._config.level or self._controls.private:
            return
        until_s = alert.t_s + self._config.after_s
        if self._clip is None:
            self._clip = _Clip([alert], alert.t_s, until_s, list(self._ring))
        else:
            self._clip.alerts.append(alert)
            self._clip.until_s = min(until_s, self._clip.start_s + _LONGEST_S)

    def state(self, state: DriverState, health: Health) -> None:  # noqa: ARG002
        """Also ends a clip whose camera has stopped."""
        self._finish_when_due(state.t_s)

    def close(self) -> None:
        self._finish()
        self._ring.clear()

    def _encode(self, frame: Frame) -> bytes:
        width, height = frame.size
        wide = min(width, self._config.width)
        size = (wide, max(1, round(height * wide / width)))
        small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
        done, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, self._config.quality])
        if not done:
            raise SinkError(f"clips: a {width}x{height} frame cannot be encoded; set clips.width")
        return bytes(jpeg.tobytes())

    def _finish_when_due(self, t_s: float) -> None:
        if self._clip is not None and t_s >= self._clip.until_s:
            self._finish()

    def _finish(self) -> None:
        clip, self._clip = self._clip, None
        if clip is None or not clip.pictures:
            return
        self._prune()
        if room(self._folder) < LEAST_ROOM:
            self._say_full(True)
            return
        self._say_full(False)
        path = write_clip(
            self._folder, clip.pictures, clip.alerts, vehicle_id=self._vehicle_id,
            utc_s=self._wall.at(clip.start_s), synchronised=self._wall.synchronised,
        )  # fmt: skip
        log.info("clip of %d images written: %s", len(clip.pictures), path.name)
        self._prune()

    def _say_full(self, full: bool) -> None:
        """Once when clips give way to events, and once when there is room again."""
        if full and not self._full:
            log.warning("clips: the disk is nearly full, none are kept; free some space")
        self._full = full

    def _prune(self) -> None:
        by_age = self._wall.trusted  # an unset clock, or one that jumped, must not delete anything
        prune_clips(self._folder, self._config, self._wall.now() if by_age else None)
