"""MQTT with a picture of each alert, for who has switched that on: else no image leaves the
device."""

from __future__ import annotations

import cv2

from edge_pose.sinks.mqtt.sink import MqttSink
from edge_pose.values import Alert, AlertLevel, Frame

_WIDTH = 640
_QUALITY = 75


class PictureMqttSink(MqttSink):
    """Sends the newest frame with each warning and critical alert, as it is raised and as it
    rises; never retained, never later, and not in privacy mode."""

    _frame: Frame | None = None

    def frame(self, frame: Frame) -> None:
        self._frame = frame

    def _raised(self, alert: Alert) -> None:
        wanted = alert.level >= AlertLevel.WARNING and not self._controls.private
        if self._frame is None or not wanted or not self.link.connected:
            return
        self._connection.publish(self._topics.picture, _jpeg(self._frame))


def _jpeg(frame: Frame) -> bytes:
    width, height = frame.size
    image = frame.image
    if width > _WIDTH:
        size = (_WIDTH, round(height * _WIDTH / width))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return coded.tobytes()
