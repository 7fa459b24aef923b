"""The eye network: a strip of both eyes in; where they look, how open and how visible out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models.card import EyesCard, read_eyes_card, verified
from edge_pose.values import HeadPose
from edge_pose.vision.eyes.strip import Affine, cut_strip, grey_table, strip_to_image
from edge_pose.vision.face.face_network import probability
from edge_pose.vision.face.ibug import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from edge_pose.vision.tflite.interpreter import TensorModel
from edge_pose.vision.tflite.tensors import Outputs, mean_of_copies

Pixels = NDArray[np.uint8]

_MAX_STD_DEG = 45.0
_SHAPES = {"gaze": 2, "gaze_spread": 1, "opening": 2, "closed": 2, "visible": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesReading:
    """Both eyes; pairs are (left, right), the person's own. ``yaw_deg``, ``pitch_deg``: eye in
    head, mean of both eyes, yaw > 0 to image left, pitch > 0 up; ``std_deg``: its expected error.
    ``opening``: 0 shut … 1 this face's open eye as far as one picture tells. ``shut``: probability
    that the lid is shut (not: lowered); ``visible``: that the eye can be seen. ``iris``: centres
    in image pixels ((x, y), (x, y)), or None where the network gives none."""

    yaw_deg: float
    pitch_deg: float
    std_deg: float
    opening: tuple[float, float]
    shut: tuple[float, float]
    visible: tuple[float, float]
    iris: tuple[tuple[float, float], tuple[float, float]] | None = None


class EyeNetwork:
    """An eye network from its .tflite file and the card beside it; for one thread."""

    def __init__(self, path: Path, *, threads: int = 1, delegate: str | None = None) -> None:
        self.card: EyesCard = read_eyes_card(path)
        self._model = TensorModel(
            verified(path, self.card.sha256), threads=threads, delegate=delegate
        )
        _check(self._model, self.card)
        self._size = (self.card.input.width, self.card.input.height)
        strip = self._model.inputs["strip"]
        self._strip = np.zeros(strip.shape, strip.dtype)
        self._inputs = {"strip": self._strip}
        self._head = self._model.inputs.get("head")

    def read(self, image: Pixels, points: NDArray[np.floating], pose: HeadPose) -> EyesReading:
        """The eyes of a face with 68 landmarks (68, 2 or more) in a BGR image."""
        right = (float(points[RIGHT_EYE_OUTER, 0]), float(points[RIGHT_EYE_OUTER, 1]))
        left = (float(points[LEFT_EYE_OUTER, 0]), float(points[LEFT_EYE_OUTER, 1]))
        width, height = self._size
        to_image = strip_to_image(
            right, left, width=width, height=height, share=self.card.input.strip_scale
        )
        strip = cut_strip(image, to_image, self._size)
        return self.read_strip(strip, pose, to_image)

    def read_strip(
        self, strip: Pixels, pose: HeadPose, to_image: Affine | None = None
    ) -> EyesReading:
        """The eyes in a finished strip, uint8 grey (height, width)."""
        real = self._run(strip, pose.yaw_deg, pose.pitch_deg)
        if self.card.mirror_average:
            mirror = self._run(np.ascontiguousarray(strip[:, ::-1]), -pose.yaw_deg, pose.pitch_deg)
            real = _mean(real, mirror)
        return self._reading(real, to_image)

    def _run(self, strip: Pixels, yaw_deg: float, pitch_deg: float) -> Outputs:
        table = self._model.inputs["strip"].native(grey_table(strip, self.card.input.clip))
        cv2.LUT(strip, table, dst=self._strip[0, :, :, 0])
        if self._head is not None:
            limit = self.card.input.head_limit
            head = np.array([[yaw_deg, pitch_deg]]) / self.card.input.head_scale_deg
            self._inputs["head"] = self._head.native(np.clip(head, -limit, limit))
        outputs = self._model.run(self._inputs)
        return {name: mean_of_copies(outputs[name], n) for name, n in _SHAPES.items()} | {
            name: values.ravel() for name, values in outputs.items() if name not in _SHAPES
        }

    def _reading(self, real: Outputs, to_image: Affine | None) -> EyesReading:
        card = self.card
        yaw, pitch = (real["gaze"] * card.gaze_scale_deg - card.gaze_zero_deg).tolist()
        spread = card.gaze_spread.scale * float(real["gaze_spread"][0])
        shut = [probability(x - card.closed_threshold) for x in real["closed"].tolist()]
        seen = [probability(x - card.visible_threshold) for x in real["visible"].tolist()]
        opening = [min(1.5, max(0.0, x)) for x in real["opening"].tolist()]
        return EyesReading(
            yaw_deg=min(90.0, max(-90.0, yaw)),
            pitch_deg=min(90.0, max(-90.0, pitch)),
            std_deg=min(_MAX_STD_DEG, math.exp(min(5.0, spread + card.gaze_spread.offset))),
            opening=(opening[0], opening[1]),
            shut=(shut[0], shut[1]),
            visible=(seen[0], seen[1]),
            iris=self._iris(real, to_image),
        )

    def _iris(
        self, real: Outputs, to_image: Affine | None
    ) -> tuple[tuple[float, float], tuple[float, float]] | None:
        if "iris" not in real or to_image is None:
            return None
        width, height = self._size
        units = real["iris"].reshape(2, 2).astype(np.float64)
        strip_px = (units + 1.0) / 2.0 * (width, height) - 0.5
        (x1, y1), (x2, y2) = (strip_px @ to_image[:, :2].T + to_image[:, 2]).tolist()
        return (x1, y1), (x2, y2)


def _mean(one: Outputs, mirror: Outputs) -> Outputs:
    """The mean of a strip's outputs and its mirror image's, put back."""
    back = {
        "gaze": mirror["gaze"] * np.array([-1.0, 1.0], np.float32),
        "gaze_spread": mirror["gaze_spread"],
        **{name: mirror[name][..., ::-1] for name in ("opening", "closed", "visible")},
    }
    if "iris" in mirror:
        swapped = mirror["iris"].reshape(2, 2)[::-1] * np.array([-1.0, 1.0], np.float32)
        back["iris"] = swapped.reshape(one["iris"].shape)
    return {
        name: np.asarray((one[name] + values) / 2.0, np.float32) for name, values in back.items()
    }


def _check(model: TensorModel, card: EyesCard) -> None:
    wanted = (1, card.input.height, card.input.width, 1)
    strip = model.inputs.get("strip")
    if strip is None or strip.shape != wanted:
        found = strip.shape if strip else sorted(model.inputs)
        raise ModelError(f"{model.path}: expected an input `strip` {wanted}, got {found}")
    for name, count in _SHAPES.items():
        shape = model.output_shapes.get(name, ())
        if not shape or math.prod(shape) % count:
            raise ModelError(f"{model.path}: output `{name}` is {shape}, expected {count} numbers")
