"""From linear light to the camera's picture: exposure, curve, blur, noise, compression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.light import LightKind

Rng = np.random.Generator
Picture = NDArray[np.float32]

_SENSOR_STREAM, _NOISE_STREAM = 104, 105
_GREY = np.array([0.30, 0.59, 0.11], np.float32)
_DARK = ("night", "nir", "tunnel", "oncoming")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A camera's habits. ``aim``: the linear level the face is exposed to; ``blur_px``: of the
    lens; ``shake_px``: length and turn of a streak; ``sharpen``: the camera's own, 0 none;
    ``grain``: noise, standard deviation of full scale; ``rows``: its share that whole rows have.
    """

    aim: float
    contrast: float
    white: tuple[float, float, float]
    grey: bool
    blur_px: float
    shake_px: tuple[float, float]
    sharpen: float
    grain: float
    rows: float
    behind: float
    quality: int


def sampled_sensor(rng: Rng, kind: LightKind) -> Sensor:
    """Out of focus for a third, shaken for a tenth, sharpened by the camera for some."""
    dark, drawn = kind in _DARK, rng.random()
    low = kind in ("night", "oncoming")
    red, green, blue = (1.0 + rng.normal(0.0, 0.06, 3)).tolist()
    return Sensor(
        aim=float(rng.uniform(0.05, 0.25) if low else rng.uniform(0.14, 0.42)),
        contrast=float(rng.uniform(0.85, 1.15)),
        white=(red, green, blue),
        grey=kind in ("nir", "nirday") or bool(rng.random() < 0.1),
        blur_px=float(rng.uniform(0.4, 1.2)) if drawn < 0.35 else 0.0,
        shake_px=(float(rng.uniform(2, 5)), float(rng.uniform(0, np.pi)))
        if 0.35 <= drawn < 0.45
        else (0.0, 0.0),
        sharpen=float(rng.uniform(0.2, 0.8)) if 0.45 <= drawn < 0.6 else 0.0,
        grain=float(rng.uniform(0.004, 0.03) if dark else rng.uniform(0.002, 0.015)),
        rows=float(rng.uniform(0.0, 0.5)),
        behind=float(rng.uniform(0.0, 0.2)),
        quality=int(rng.integers(70, 97)),
    )


def sensor_of(number: int, kind: LightKind) -> Sensor:
    """The sensor of a numbered picture."""
    return sampled_sensor(np.random.default_rng([_SENSOR_STREAM, number]), kind)


def developed(
    light: NDArray[np.float32],
    sensor: Sensor,
    number: int,
    face: tuple[int, int, int, int],
    *,
    metered: NDArray[np.float32] | None = None,
) -> NDArray[np.uint8]:
    """The picture, uint8 RGB (height, width, 3), of linear RGBA; exposed for the face, a box
    (x1, y1, x2, y2) in pixels; ``number`` seeds its noise; ``metered``: another light for which
    the camera is still exposed."""
    seen = _sensed(light, sensor)
    gain = _gain(seen if metered is None else _sensed(metered, sensor), sensor, face)
    blurred = _blurred(_curved(seen * gain, sensor), sensor)
    noisy = _noisy(blurred, sensor, np.random.default_rng([_NOISE_STREAM, number]))
    return np.asarray((np.clip(noisy, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8))


def jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    """A JPEG of RGB (height, width, 3)."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data)


def _sensed(light: NDArray[np.float32], sensor: Sensor) -> Picture:
    """By the sensor's colours, with what shows where nothing is."""
    alpha = np.clip(light[..., 3:], 0.0, 1.0)
    seen: Picture = light[..., :3] + np.float32(sensor.behind) * (1.0 - alpha)
    if sensor.grey:
        return np.repeat((seen @ _GREY)[..., None], 3, axis=2)
    return np.asarray(seen * np.array(sensor.white, np.float32), np.float32)


def _gain(seen: Picture, sensor: Sensor, face: tuple[int, int, int, int]) -> np.float32:
    """What brings the face to the level that the sensor aims at."""
    x1, y1, x2, y2 = face
    grey = seen[y1 : y2 + 1, x1 : x2 + 1] @ _GREY
    level = float(np.median(grey)) + 0.25 * float(np.percentile(grey, 90))
    return np.float32(sensor.aim / max(level, 1e-4))


def _curved(linear: Picture, sensor: Sensor) -> Picture:
    """Highlights rolled off, sRGB's curve."""
    rolled = np.where(linear > 0.7, 0.7 + 0.3 * np.tanh((linear - 0.7) / 0.45), linear)
    bright = 1.055 * np.maximum(rolled, 1e-6) ** (1 / 2.4) - 0.055
    curved = np.where(rolled < 0.0031308, rolled * 12.92, bright)
    return np.asarray((curved - 0.45) * sensor.contrast + 0.45, np.float32)


def _blurred(picture: Picture, sensor: Sensor) -> Picture:
    if sensor.blur_px > 0.0:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sensor.blur_px), np.float32)
    if sensor.shake_px[0] > 0.0:
        return np.asarray(cv2.filter2D(picture, -1, _streak(*sensor.shake_px)), np.float32)
    if sensor.sharpen > 0.0:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        return np.asarray(picture + sensor.sharpen * (picture - soft), np.float32)
    return picture


def _streak(length: float, turn: float) -> Picture:
    kernel = np.zeros((7, 7), np.float32)
    step = np.array([np.cos(turn), np.sin(turn)]) * length / 2.0
    start, end = (3.5 - step) * 16, (3.5 + step) * 16
    cv2.line(
        kernel, tuple(start.astype(int).tolist()), tuple(end.astype(int).tolist()), 1.0,
        1, cv2.LINE_AA, 4,
    )  # fmt: skip
    return np.asarray(kernel / max(float(kernel.sum()), 1e-6), np.float32)


def _noisy(picture: Picture, sensor: Sensor, rng: Rng) -> Picture:
    """Grain, and rows that waver as rolling readout makes them."""
    height, width = picture.shape[:2]
    grain = rng.normal(0.0, sensor.grain, (height, width, 1 if sensor.grey else 3))
    rows = rng.normal(0.0, sensor.grain * sensor.rows, (height, 1, 1))
    return np.asarray(picture + grain + rows, np.float32)
