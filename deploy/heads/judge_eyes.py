"""Judges eyes on rendered pictures: lids shut, open and lowered; the line of sight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from deploy.heads.estimates import EyesEstimate
from deploy.heads.reader import Rendered

Line = list[str]
EyesPair = tuple[Rendered, EyesEstimate]

_OPEN = 0.8
"""A lid at least this share of the face's own open one is open."""


def lid_lines(
    judged: Iterable[tuple[Rendered, tuple[float, float]]],
) -> Iterator[Line]:
    """Shut against open, and against lowered, lids: areas under the curve. The second value of
    each judged picture: how shut (right, left), larger is more shut."""
    eyes = [_Eye(r, part, s) for r, both in judged for part, s in zip("rl", both, strict=True)]
    seen = [eye for eye in eyes if eye.rendered.number(f"eye_{eye.part}_visible") == 1]
    groups: dict[str, Callable[[Rendered], bool]] = {
        "yaw to 50": lambda r: abs(r.number("yaw_deg")) < 50,
        "yaw to 20": lambda r: abs(r.number("yaw_deg")) < 20,
        "yaw 20 … 50": lambda r: 20 <= abs(r.number("yaw_deg")) < 50,
        "pitch below −10": lambda r: r.number("pitch_deg") < -10 and abs(r.number("yaw_deg")) < 50,
        "clear glasses": lambda r: r.text("glasses") == "clear" and abs(r.number("yaw_deg")) < 50,
        "infrared": lambda r: r.number("ir") == 1 and abs(r.number("yaw_deg")) < 50,
    }
    for name, test in groups.items():
        shut = [eye.value for eye in seen if test(eye.rendered) and eye.is_shut]
        opened = [eye.value for eye in seen if test(eye.rendered) and eye.is_open]
        lowered = [eye.value for eye in seen if test(eye.rendered) and eye.is_lowered]
        if min(len(shut), len(opened), len(lowered)) >= 5:
            counts = f"{len(shut)} / {len(opened)} / {len(lowered)}"
            yield [name, counts, f"{auc(shut, opened):.3f}", f"{auc(shut, lowered):.3f}"]


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    rendered: Rendered
    part: str
    value: float

    @property
    def is_shut(self) -> bool:
        return self.rendered.number(f"shut_{self.part}") == 1

    @property
    def is_open(self) -> bool:
        return self.rendered.number(f"open_{self.part}") >= _OPEN

    @property
    def is_lowered(self) -> bool:
        down = self.rendered.number("gaze_head_pitch") < -14.0
        return not self.is_shut and not self.is_open and down


def auc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The share of pairs in the right order; ties count half."""
    a, b = np.array(higher)[:, None], np.array(lower)[None]
    return float((a > b).mean() + 0.5 * (a == b).mean())


def gaze_lines(pairs: Sequence[EyesPair]) -> Iterator[Line]:
    """Errors of the line of sight where at least one eye is open and visible."""
    told = [(r, e.look) for r, e in pairs if e.look is not None and _looks(r)]
    for name, test in _GAZE_TESTS.items():
        errors = [_sight_error(r, look) for r, look in told if test(r)]
        if len(errors) >= 5:
            yaw, pitch, angle = np.abs(np.array(errors)).mean(axis=0)
            yield [name, str(len(errors)), f"{yaw:.1f}", f"{pitch:.1f}", f"{angle:.1f}"]


_GAZE_TESTS: dict[str, Callable[[Rendered], bool]] = {
    "all": lambda _: True,
    "yaw to 20": lambda r: abs(r.number("yaw_deg")) < 20,
    "yaw 20 … 50": lambda r: abs(r.number("yaw_deg")) >= 20,
    "looking down": lambda r: r.number("gaze_head_pitch") < -14,
    "clear glasses": lambda r: r.text("glasses") == "clear",
    "infrared": lambda r: r.number("ir") == 1,
}


def _looks(rendered: Rendered) -> bool:
    return any(
        rendered.number(f"eye_{p}_visible") == 1 and rendered.number(f"shut_{p}") == 0 for p in "rl"
    )


def _sight_error(rendered: Rendered, look: tuple[float, float]) -> tuple[float, float, float]:
    yaw = look[0] - rendered.number("gaze_head_yaw")
    pitch = look[1] - rendered.number("gaze_head_pitch")
    return yaw, pitch, math.hypot(yaw, pitch)
