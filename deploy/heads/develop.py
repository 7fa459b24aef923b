"""From linear light to the camera's picture: exposure, curve, blur, noise, compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.light import LightKind

Rng = np.random.Generator
Picture = NDArray[np.float32]

_DEVELOP_STREAM = 104
_INFRARED_SENSOR = np.array([0.6, 0.25, 0.15], np.float32)
_GREY = np.array([0.30, 0.59, 0.11], np.float32)
_DARK = ("night", "nir", "tunnel", "oncoming")


def developed(
    light: NDArray[np.float32], number: int, kind: LightKind, face: tuple[int, int, int, int]
) -> NDArray[np.uint8]:
    """The picture, uint8 RGB (height, width, 3), of linear RGBA; exposed for the face, a box
    (x1, y1, x2, y2) in pixels."""
    rng = np.random.default_rng([_DEVELOP_STREAM, number])
    infrared = kind in ("nir", "nirday")
    alpha = np.clip(light[..., 3:], 0.0, 1.0)
    behind = np.float32(rng.uniform(0.0, 0.2))
    seen: Picture = light[..., :3] + behind * (1.0 - alpha)
    grey = infrared or rng.random() < 0.1
    if grey:
        seen = np.repeat((seen @ (_INFRARED_SENSOR if infrared else _GREY))[..., None], 3, axis=2)
    else:
        seen = seen * (1.0 + rng.normal(0.0, 0.06, 3)).astype(np.float32)  # white balance
    exposed = _exposed(seen, rng, kind, face)
    blurred = _blurred(exposed, rng)
    noisy = _noisy(blurred, rng, strong=kind in _DARK, grey=grey)
    return np.asarray((np.clip(noisy, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8))


def jpeg(picture: NDArray[np.uint8], number: int) -> bytes:
    """A JPEG of RGB (height, width, 3)."""
    quality = int(np.random.default_rng([_DEVELOP_STREAM + 1, number]).integers(70, 97))
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data)


def _exposed(seen: Picture, rng: Rng, kind: LightKind, face: tuple[int, int, int, int]) -> Picture:
    """Brought to a level by the face, highlights rolled off, sRGB's curve."""
    x1, y1, x2, y2 = face
    grey = seen[y1 : y2 + 1, x1 : x2 + 1] @ _GREY
    level = float(np.median(grey)) + 0.25 * float(np.percentile(grey, 90))
    aim = rng.uniform(0.05, 0.25) if kind in ("night", "oncoming") else rng.uniform(0.14, 0.42)
    linear = seen * np.float32(aim / max(level, 1e-4))
    rolled = np.where(linear > 0.7, 0.7 + 0.3 * np.tanh((linear - 0.7) / 0.45), linear)
    bright = 1.055 * np.maximum(rolled, 1e-6) ** (1 / 2.4) - 0.055
    curved = np.where(rolled < 0.0031308, rolled * 12.92, bright)
    return np.asarray((curved - 0.45) * rng.uniform(0.85, 1.15) + 0.45, np.float32)


def _blurred(picture: Picture, rng: Rng) -> Picture:
    """Out of focus for some, shaken along a line for a few, sharpened by the camera for some."""
    drawn = rng.random()
    if drawn < 0.35:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.2)), np.float32)
    if drawn < 0.45:
        length, turn = rng.uniform(2.0, 5.0), rng.uniform(0.0, np.pi)
        return np.asarray(cv2.filter2D(picture, -1, _streak(length, turn)), np.float32)
    if drawn < 0.60:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        return np.asarray(picture + rng.uniform(0.2, 0.8) * (picture - soft), np.float32)
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


def _noisy(picture: Picture, rng: Rng, *, strong: bool, grey: bool) -> Picture:
    """Grain, and rows that waver as rolling readout makes them."""
    height, width = picture.shape[:2]
    sigma = rng.uniform(0.004, 0.03) if strong else rng.uniform(0.002, 0.015)
    grain = rng.normal(0.0, sigma, (height, width, 1 if grey else 3))
    rows = rng.normal(0.0, sigma * rng.uniform(0.0, 0.5), (height, 1, 1))
    return np.asarray(picture + grain + rows, np.float32)
