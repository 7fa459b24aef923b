"""The accuracy table of a model file: evaluation photos, robustness, large poses, validation.

    python -m deploy.model evaluate edge_pose/models/head_pose_int8.tflite

Nothing is chosen by the evaluation photos.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment.occlusion import hidden
from deploy.model.base.accuracy import HEADER, accuracy, signed_errors
from deploy.model.base.angles import euler_deg, geodesic_deg
from deploy.model.base.estimates import Estimates, estimate, open_model
from deploy.model.data.crops import crops_of
from deploy.model.data.datasets import Samples
from deploy.model.data.photos import Photo, crops, rotations
from edge_pose.values import Box
from edge_pose.vision.tflite.interpreter import ImageModel

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Section:
    """One part of the report: its lines, and its numbers for the card."""

    lines: list[str]
    numbers: dict[str, Any]


def evaluation(model: Path, photos: list[Photo]) -> Section:
    """Clean photos and the robustness table."""
    interpreter = open_model(model)
    size = interpreter.size[0]
    truth = rotations(photos)
    lines, numbers = [HEADER], {}
    for name, changed in _variants(photos):
        rotation = np.concatenate([estimate(interpreter, crops(v, size)).rotation for v in changed])
        found = accuracy(rotation, np.concatenate([truth] * len(changed)))
        lines.append(f"{name:26s}{found.row()}")
        numbers[name] = found.rounded()
    clean = estimate(interpreter, crops(photos, size))
    lines += _by_yaw(clean, truth)
    return Section(lines=lines, numbers=numbers)


def _variants(photos: list[Photo]) -> Iterable[tuple[str, list[list[Photo]]]]:
    yield "clean", [photos]
    yield "half brightness", [_each(photos, lambda image: np.uint8(image // 2))]
    yield "grey", [_each(photos, _grey)]
    yield "blur, sigma 2", [_each(photos, lambda i: cv2.GaussianBlur(i, (0, 0), 2.0))]
    sides = ((0.1, 0.0), (-0.1, 0.0), (0.0, 0.1), (0.0, -0.1))
    yield "box shifted 10 %", [[_shifted(photo, *by) for photo in photos] for by in sides]
    yield "box scaled 0.85", [[_scaled(photo, 0.85) for photo in photos]]
    yield "box scaled 1.2", [[_scaled(photo, 1.2) for photo in photos]]


def _each(photos: list[Photo], change: Callable[[Pixels], Any]) -> list[Photo]:
    return [Photo(image=change(p.image), box=p.box, rotation=p.rotation) for p in photos]


def _grey(image: Pixels) -> Any:
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def _shifted(photo: Photo, right: float, down: float) -> Photo:
    x, y = right * photo.box.side, down * photo.box.side
    box = Box(x1=photo.box.x1 + x, y1=photo.box.y1 + y, x2=photo.box.x2 + x, y2=photo.box.y2 + y)
    return Photo(image=photo.image, box=box, rotation=photo.rotation)


def _scaled(photo: Photo, factor: float) -> Photo:
    x, y = photo.box.center
    wide, high = photo.box.width * factor / 2, photo.box.height * factor / 2
    box = Box(x1=x - wide, y1=y - high, x2=x + wide, y2=y + high)
    return Photo(image=photo.image, box=box, rotation=photo.rotation)


def _by_yaw(found: Estimates, truth: NDArray[np.float64]) -> list[str]:
    yaw = np.abs(euler_deg(truth)[:, 0])
    lines = []
    for low, high in ((0, 15), (15, 30), (30, 90)):
        part = (yaw >= low) & (yaw < high)
        if part.any():
            row = accuracy(found.rotation[part], truth[part]).row()
            lines.append(f"{f'|yaw| {low}-{high}':26s}{row}")
    return lines


def validation(model: Path, samples: Samples) -> Section:
    """The 2 020 validation faces: by yaw, glasses, mask and source, and what the spread knows."""
    interpreter = open_model(model)
    found = estimate(interpreter, crops_of(samples, interpreter.size[0]))
    lines, numbers = [HEADER], {}
    for name, part in _groups(samples):
        if part.sum() >= 10:
            measured = accuracy(found.rotation[part], samples.rotation[part])
            lines.append(f"{name:26s}{measured.row()}")
            numbers[name] = measured.rounded()
    numbers["spread"] = _spread(found, samples) | _blocked(interpreter, samples, found)
    lines.append(f"spread: {numbers['spread']}")
    return Section(lines=lines, numbers=numbers)


def _groups(samples: Samples) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    yaw = np.abs(samples.yaw_deg)
    yield "all", np.ones(len(samples), bool)
    for low, high in ((0, 15), (15, 30), (30, 45), (45, 60), (60, 90)):
        yield f"|yaw| {low}-{high}", (yaw >= low) & (yaw < high)
    yield "|yaw| 45 and more", yaw >= 45
    for name, mark in (
        ("glasses", "glasses=1"),
        ("no glasses", "glasses=2"),
        ("yawning", "yawn=1"),
        ("in a car", "incar"),
        ("mostly grey (mixed)", "mixed"),
        ("colour (web)", "web"),
    ):
        yield name, np.char.find(samples.tag, mark) >= 0


def _spread(found: Estimates, samples: Samples) -> dict[str, float]:
    error = geodesic_deg(found.rotation, samples.rotation)
    ranks = np.stack([np.argsort(np.argsort(values)) for values in (error, found.spread)])
    quarter = np.argsort(found.spread)
    size = len(quarter) // 4
    return {
        "rank_correlation": round(float(np.atleast_2d(np.corrcoef(ranks))[0, 1]), 2),
        "error_surest_quarter": round(float(error[quarter[:size]].mean()), 2),
        "error_least_sure_quarter": round(float(error[quarter[-size:]].mean()), 2),
    }


def _blocked(model: ImageModel, samples: Samples, found: Estimates) -> dict[str, float]:
    """How many faces hidden almost wholly read as less sure than 99 % of plain faces."""
    rng = np.random.default_rng(0)
    crops = crops_of(samples.pick(np.arange(min(200, len(samples)))), model.size[0])
    seen = estimate(model, np.stack([hidden(crop, rng) for crop in crops])).spread
    return {"blocked_recognised": round(float((seen > np.quantile(found.spread, 0.99)).mean()), 3)}


def large_poses(model: Path, photos: list[Photo], landmarker: Path) -> Section:
    """The evaluation photos turned by face profiling: error of yaw by how far they look away."""
    from deploy.model.evaluation.turned_photos import turned

    interpreter = open_model(model)
    made = turned(photos, landmarker)
    truth = rotations(made)
    found = estimate(interpreter, crops(made, interpreter.size[0]))
    yaw, error = euler_deg(truth)[:, 0], signed_errors(found.rotation, truth)[:, 0]
    guess = euler_deg(found.rotation)[:, 0]
    lines, numbers = ["profiled photos: |yaw|, n, mean |yaw error|, geodesic, wrong sign"], {}
    for low, high in ((0, 30), (30, 45), (45, 60), (60, 75), (75, 90), (60, 90)):
        part = (np.abs(yaw) >= low) & (np.abs(yaw) <= high)
        wrong = int((np.sign(yaw[part]) != np.sign(guess[part])).sum()) if low >= 30 else 0
        geodesic = float(geodesic_deg(found.rotation[part], truth[part]).mean())
        value = float(np.abs(error[part]).mean())
        lines.append(
            f"  {low:2d}-{high:2d}  {part.sum():4d}  {value:5.2f}  {geodesic:5.2f}  {wrong}"
        )
        numbers[f"{low}-{high}"] = {
            "count": int(part.sum()),
            "yaw": round(value, 2),
            "geodesic": round(geodesic, 2),
            "wrong_sign": wrong,
        }
    return Section(lines=lines, numbers=numbers)
