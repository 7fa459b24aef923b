"""The eye network: a strip of both eyes in; where they look, how open and how visible out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models.card import EyesCard, read_eyes_card, verified
from edge_pose.values import HeadPose
from edge_pose.vision.eyes.strip import cut_strip, grey_table, strip_to_image
from edge_pose.vision.face.face_network import probability
from edge_pose.vision.face.ibug import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from edge_pose.vision.tflite.interpreter import TensorModel
from edge_pose.vision.tflite.tensors import mean_numbers

Pixels = NDArray[np.uint8]
Numbers = dict[str, list[float]]

_MAX_STD_DEG = 45.0
_SHAPES = {"gaze": 2, "gaze_spread": 1, "opening": 2, "closed": 2, "visible": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class EyesReading:
    """Both eyes; pairs are (left, right), the person's own. ``yaw_deg``, ``pitch_deg``: eye in
    head, mean of both eyes, yaw > 0 to image left, pitch > 0 up; ``std_deg``: its expected error.
    ``opening``: 0 shut … 1 this face's open eye as far as one picture tells. ``shut``: probability
    that the lid is shut (not: lowered); ``visible``: that the eye can be seen."""

    yaw_deg: float
    pitch_deg: float
    std_deg: float
    opening: tuple[float, float]
    shut: tuple[float, float]
    visible: tuple[float, float]


class EyeNetwork:
    """An eye network from its .tflite file and the card beside it; for one thread."""

    def __init__(self, path: Path, *, threads: int = 1, delegate: str | None = None) -> None:
        self.card: EyesCard = read_eyes_card(path)
        self._model = TensorModel(
            verified(path, self.card.sha256),
            outputs=tuple(_SHAPES),
            threads=threads,
            delegate=delegate,
        )
        _check(self._model, self.card)
        self._size = (self.card.input.width, self.card.input.height)
        strip = self._model.inputs["strip"]
        self._strip = np.zeros(strip.shape, strip.dtype)
        self._inputs: dict[str, NDArray[Any]] = {"strip": self._strip}
        self._head = self._model.inputs.get("head")
        if self._head is not None:
            self._inputs["head"] = np.zeros((1, 2), self._head.dtype)

    def read(self, image: Pixels, points: NDArray[np.floating], pose: HeadPose) -> EyesReading:
        """The eyes of a face with 68 landmarks (68, 2 or more) in a BGR image."""
        right = (float(points[RIGHT_EYE_OUTER, 0]), float(points[RIGHT_EYE_OUTER, 1]))
        left = (float(points[LEFT_EYE_OUTER, 0]), float(points[LEFT_EYE_OUTER, 1]))
        width, height = self._size
        to_image = strip_to_image(
            right, left, width=width, height=height, share=self.card.input.strip_scale
        )
        return self.read_strip(cut_strip(image, to_image, self._size), pose)

    def read_strip(self, strip: Pixels, pose: HeadPose) -> EyesReading:
        """The eyes in a finished strip, uint8 grey (height, width)."""
        table = self._model.inputs["strip"].native(grey_table(strip, self.card.input.clip))
        native = cv2.LUT(strip, table)
        numbers = self._run(native, pose.yaw_deg, pose.pitch_deg)
        if self.card.mirror_average:
            mirror = self._run(native[:, ::-1], -pose.yaw_deg, pose.pitch_deg)
            numbers = _mean(numbers, mirror)
        return self._reading(numbers)

    def _run(self, native: NDArray[Any], yaw_deg: float, pitch_deg: float) -> Numbers:
        self._strip[0, :, :, 0] = native
        if self._head is not None:
            limit = self.card.input.head_limit
            for place, angle in enumerate((yaw_deg, pitch_deg)):
                share = max(-limit, min(limit, angle / self.card.input.head_scale_deg))
                self._inputs["head"][0, place] = self._head.quantised(share)
        outputs = self._model.run_small(self._inputs)
        return {name: mean_numbers(outputs[name], count) for name, count in _SHAPES.items()}

    def _reading(self, numbers: Numbers) -> EyesReading:
        card = self.card
        yaw, pitch = (
            max(-90.0, min(90.0, number * card.gaze_scale_deg - zero))
            for number, zero in zip(numbers["gaze"], card.gaze_zero_deg, strict=True)
        )
        spread = card.gaze_spread.scale * numbers["gaze_spread"][0] + card.gaze_spread.offset
        opening = [min(1.5, max(0.0, number)) for number in numbers["opening"]]
        shut = [probability(logit - card.closed_threshold) for logit in numbers["closed"]]
        seen = [probability(logit - card.visible_threshold) for logit in numbers["visible"]]
        return EyesReading(
            yaw_deg=yaw,
            pitch_deg=pitch,
            std_deg=min(_MAX_STD_DEG, math.exp(min(5.0, spread))),
            opening=(opening[0], opening[1]),
            shut=(shut[0], shut[1]),
            visible=(seen[0], seen[1]),
        )


def _mean(one: Numbers, mirror: Numbers) -> Numbers:
    """The mean of a strip's numbers and its mirror image's, put back: left and right change
    places, and yaw its sign."""
    back = {name: numbers[::-1] for name, numbers in mirror.items()}
    back["gaze"] = [-mirror["gaze"][0], mirror["gaze"][1]]
    return {
        name: [(a + b) / 2.0 for a, b in zip(one[name], back[name], strict=True)] for name in one
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
