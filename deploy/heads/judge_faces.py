"""Judges head and landmarks on rendered pictures, against the exact truth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.estimates import FaceEstimate
from deploy.heads.reader import Rendered
from edge_pose.vision.geometry import euler_angles, geodesic_deg

Line = list[str]
FacePair = tuple[Rendered, FaceEstimate]

_YAW_EDGES = (0, 15, 30, 45, 60, 75, 91)
_PITCH_EDGES, _ROLL_EDGES = (-46, -25, -10, 10, 25, 46), (0, 10, 20, 36)
_OUTER_CORNERS, _INNER = (36, 45), slice(17, 68)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoseErrors:
    """Of N pictures, degrees: ``signed`` (N, 3) yaw, pitch, roll; ``geodesic`` (N,)."""

    signed: Floats
    geodesic: Floats

    @classmethod
    def of(cls, pairs: Sequence[FacePair]) -> PoseErrors:
        angles = [np.array(euler_angles(e.rotation)) - euler_angles(r.rotation) for r, e in pairs]
        signed = (np.array(angles).reshape(-1, 3) + 180.0) % 360.0 - 180.0
        apart = [geodesic_deg(e.rotation, r.rotation) for r, e in pairs]
        return cls(signed=signed, geodesic=np.array(apart))

    def cells(self) -> Line:
        mean = np.abs(self.signed).mean(axis=0)
        yaw, pitch, roll = (f"{x:.1f}" for x in mean)
        return [f"{mean.mean():.2f}", yaw, pitch, roll, f"{self.geodesic.mean():.1f}"]


HEAD = ["which", "n", "mean °", "yaw", "pitch", "roll", "geodesic", "landmarks %", "found %"]


def face_lines(pairs: Sequence[FacePair]) -> Iterator[Line]:
    """A line for each bin of yaw, pitch and roll, and for each thing worn or shone."""
    for name, chosen in _groups(pairs):
        if len(chosen) >= 5:
            landmarks = 100.0 * float(np.mean([landmark_error(r, e.points) for r, e in chosen]))
            found = 100.0 * float(np.mean([e.found for _, e in chosen]))
            cells = [*PoseErrors.of(chosen).cells(), f"{landmarks:.1f}", f"{found:.0f}"]
            yield [name, str(len(chosen)), *cells]


def _groups(pairs: Sequence[FacePair]) -> Iterator[tuple[str, list[FacePair]]]:
    yield "all", list(pairs)
    bins: tuple[tuple[str, str, tuple[int, ...], Callable[[float], float]], ...] = (
        ("yaw ±", "yaw_deg", _YAW_EDGES, abs),
        ("pitch", "pitch_deg", _PITCH_EDGES, float),
        ("roll ±", "roll_deg", _ROLL_EDGES, abs),
    )
    for label, column, edges, part in bins:
        for low, high in pairwise(edges):
            chosen = [p for p in pairs if low <= part(p[0].number(column)) < high]
            yield f"{label} {low} … {high}", chosen
    for name, test in _TESTS.items():
        yield (
            f"yaw to 60, {name}",
            [p for p in pairs if abs(p[0].number("yaw_deg")) < 60 and test(p[0])],
        )
    frontal = [p for p in pairs if is_plain(p[0]) and _is_frontal(p[0])]
    yield "yaw and pitch to 20, plain", frontal


def is_plain(rendered: Rendered) -> bool:
    """Nothing worn or held, by day."""
    return is_bare(rendered) and rendered.text("light") in ("day", "sun", "overcast")


def is_bare(rendered: Rendered) -> bool:
    """Nothing worn or held."""
    bare = not (rendered.text("glasses") or rendered.text("head"))
    return bare and rendered.number("mask") == 0 and rendered.number("hand") == 0


def _is_frontal(rendered: Rendered) -> bool:
    return max(abs(rendered.number("yaw_deg")), abs(rendered.number("pitch_deg"))) < 20.0


_TESTS: dict[str, Callable[[Rendered], bool]] = {
    "plain": is_plain,
    "infrared": lambda r: r.number("ir") == 1,
    "night, tunnel, oncoming lights": lambda r: r.text("light") in ("night", "tunnel", "oncoming"),
    "low sun": lambda r: r.text("light") == "sun",
    "dark skin": lambda r: "darkskinned" in r.text("skin"),
    "pale skin": lambda r: "lightskinned" in r.text("skin"),
    "clear glasses": lambda r: r.text("glasses") == "clear",
    "dark glasses": lambda r: r.number("dark_glasses") == 1,
    "mask": lambda r: r.number("mask") == 1,
    "cap, hat, scarf": lambda r: r.text("head") != "",
    "hand, phone, bottle": lambda r: r.number("hand") == 1,
    "beard": lambda r: r.number("beard_mm") > 3.0,
}


def landmark_error(rendered: Rendered, points: NDArray[np.floating]) -> float:
    """Mean distance of the visible inner landmarks, as the mesh defines them, by the distance of
    the outer eye corners in space, which a turned head does not shorten."""
    seen = rendered.visible[_INNER]
    if not seen.any():
        return 0.0
    apart = np.linalg.norm((points - rendered.mesh)[_INNER][seen], axis=1)
    return float(apart.mean() / eye_distance_px(rendered))


def eye_distance_px(rendered: Rendered) -> float:
    """The outer eye corners' distance in space, in pixels at their depth."""
    right, left = rendered.points[list(_OUTER_CORNERS)]
    flat = float(np.hypot(*(left - right)))
    return flat / max(0.35, math.cos(math.radians(rendered.number("yaw_deg"))))


def calibration(pairs: Sequence[FacePair]) -> str:
    """How well the spread told the error."""
    told = [(e.std_deg, geodesic_deg(e.rotation, r.rotation)) for r, e in pairs if e.std_deg]
    if not told:
        return "no spread"
    spread, error = np.array(told).T
    within = 100.0 * float(np.mean(error < 2.0 * spread))
    rank = float(np.corrcoef(spread.argsort().argsort(), error.argsort().argsort())[0, 1])
    return (
        f"error by spread {float(np.mean(error) / np.mean(spread)):.2f} (1 is told right), "
        f"rank correlation {rank:.2f}, within 2 spreads {within:.0f} %"
    )


def independence(pairs: Sequence[FacePair]) -> str:
    """The head's angle between the two pictures of a pair: same head, other gaze, lids, speech."""
    by_pair: dict[float, list[FaceEstimate]] = {}
    for rendered, estimate in pairs:
        if rendered.number("pair") >= 0 and abs(rendered.number("yaw_deg")) < 60:
            by_pair.setdefault(rendered.number("pair"), []).append(estimate)
    apart = [geodesic_deg(*(e.rotation for e in two)) for two in by_pair.values() if len(two) == 2]
    if not apart:
        return "no pairs"
    median, most = np.percentile(apart, [50, 90])
    return f"{len(apart)} pairs, median {median:.1f}°, 90 % below {most:.1f}°"
