"""The 3D fit against closed forms and OpenCV's solvers, on heads whose pose is known exactly.

    python -m deploy.model.morphable.compare

Heads: yaw ±75°, pitch ±40°, roll ±30°, 150 px, 68 landmarks through a pinhole camera (800 px
focal length, about 0.7 m away) with 1 px noise. ``mean`` heads all have the mean face, which every
method is given; ``own`` heads have their own shape (ten modes, one standard deviation each), which
only a morphable fit can follow. solvePnP is given the true camera; weak-perspective rotations are
turned by the view ray, as the program does. Times are CPU time of one core.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.testing.heads import Head, random_head
from edge_pose.values import HeadPose
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFit, FaceFitter, FitOptions
from edge_pose.vision.fit.metric_fit import MetricFitter
from edge_pose.vision.geometry import (
    corrected_for_ray,
    euler_angles,
    geodesic_deg,
    pixel_direction,
    rotation_matrix,
)

Array = NDArray[np.float64]
Method = Callable[[Array], Array | None]

SIZE, FOCAL_PX, FACE_PX, NOISE_PX = (640, 480), 800.0, 150.0, 1.0
HFOV_DEG = 2.0 * math.degrees(math.atan(SIZE[0] / (2.0 * FOCAL_PX)))
CENTER = (SIZE[0] / 2.0, SIZE[1] / 2.0)
OPTIONS = FitOptions(robust=6.0)
_FLIP = np.diag([1.0, -1.0, -1.0])
_WILD_DEG = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One method on one kind of heads; degrees and milliseconds. ``wild``: share of heads missed
    or more than 20° off."""

    method: str
    mean: float
    std: float
    worst: float
    wild: float
    ms: float

    def __str__(self) -> str:
        return (
            f"| {self.method} | {self.mean:.2f} ± {self.std:.2f} | {self.worst:.1f} | "
            f"{100 * self.wild:.1f} % | {self.ms:.2f} |"
        )


def evenly(basis: FaceBasis) -> FaceBasis:
    """The basis with the noise that these heads have."""
    face_mm = float(np.ptp(basis.mean[:, :2], axis=0).max())
    return FaceBasis(
        mean=basis.mean,
        modes=basis.modes,
        identity=basis.identity,
        noise_mm=np.full(basis.mean.shape, NOISE_PX * face_mm / FACE_PX),
    )


def seen(head: Head, rng: np.random.Generator) -> Array:
    """The landmarks (68, 2) of a head before the camera."""
    face_mm = float(np.ptp(head.shape[:, :2], axis=0).max())
    place = np.array([0.0, 0.0, -FOCAL_PX * face_mm / FACE_PX])
    points = head.through(place, focal_px=FOCAL_PX, center=CENTER)
    return np.asarray(points + rng.normal(0.0, NOISE_PX, points.shape))


def methods(basis: FaceBasis) -> Iterator[tuple[str, Method]]:
    """Every way to a rotation, by name."""
    rigid = basis.chosen(identity=0, expression=0)
    yield "closed form (POS: affine, then SVD)", _fit(rigid, FitOptions(max_iterations=0))
    yield "LM, rigid mean face", _fit(rigid, OPTIONS)
    yield "LM, 10 shape modes, weak perspective", _fit(basis, OPTIONS)
    yield "LM, 10 shape modes, perspective", _metric(basis)
    for name in ("EPNP", "SQPNP", "ITERATIVE"):
        yield f"cv2.solvePnP {name}", _pnp(rigid.mean, getattr(cv2, f"SOLVEPNP_{name}"))


def _fit(basis: FaceBasis, options: FitOptions) -> Method:
    fitter = FaceFitter(basis, options=options)

    def rotation(points: Array) -> Array | None:
        fit = fitter.fit(points)
        return None if fit is None else _from_camera(fit.rotation, points)

    return rotation


def _from_camera(rotation: Array, points: Array) -> Array:
    """A rotation as the face's own crop shows it, turned by the view ray through its middle."""
    yaw, pitch, roll = euler_angles(rotation)
    x, y = points.mean(axis=0).tolist()
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    turned = corrected_for_ray(pose, pixel_direction(x, y, SIZE, HFOV_DEG))
    return rotation_matrix(turned.yaw_deg, turned.pitch_deg, turned.roll_deg)


def _metric(basis: FaceBasis) -> Method:
    first = FaceFitter(basis, options=OPTIONS)
    second = MetricFitter(basis, size=SIZE, focal_px=FOCAL_PX, options=OPTIONS)

    def rotation(points: Array) -> Array | None:
        start = first.fit(points)
        fit = None if start is None else second.fit(points, start)
        return None if fit is None else fit.rotation

    return rotation


def _pnp(model: Array, flag: int) -> Method:
    camera = np.array([[FOCAL_PX, 0.0, CENTER[0]], [0.0, FOCAL_PX, CENTER[1]], [0.0, 0.0, 1.0]])
    turned = np.ascontiguousarray(model @ _FLIP)

    def rotation(points: Array) -> Array | None:
        found, vector, _ = cv2.solvePnP(turned, points, camera, None, flags=flag)
        if not found:
            return None
        return np.asarray(_FLIP @ cv2.Rodrigues(vector)[0] @ _FLIP, np.float64)

    return rotation


def measured(name: str, method: Method, heads: list[tuple[Head, Array]]) -> Row:
    """Errors over all heads and the time of one call (the median of five runs over all)."""
    found = [(method(points), head) for head, points in heads]
    errors = np.array(
        [180.0 if turn is None else geodesic_deg(turn, head.rotation) for turn, head in found]
    )
    times = []
    for _ in range(5):
        start = time.process_time()
        for _, points in heads[:100]:
            method(points)
        times.append(time.process_time() - start)
    sane = errors[errors <= _WILD_DEG]
    return Row(
        method=name,
        mean=float(sane.mean()),
        std=float(sane.std()),
        worst=float(errors.max()),
        wild=float((errors > _WILD_DEG).mean()),
        ms=1000.0 * float(np.median(times)) / min(100, len(heads)),
    )


def speed(basis: FaceBasis, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """Milliseconds of CPU time per fit of pose and ten modes, cold and warm."""
    for name, vertices in (("68 landmarks", IBUG_68), ("468 landmarks", None)):
        part = evenly(basis.chosen(vertices, identity=5, expression=5))
        for depth in (False, True):
            fitter = FaceFitter(part, depth=depth, options=OPTIONS)
            frames = []
            for _ in range(100):
                points = random_head(part, rng).seen()
                noise = rng.normal(0.0, NOISE_PX, (2, *points.shape))
                frames.append((points + noise[0], points + noise[1]))
            label = f"{name}, {'x y z' if depth else 'x y'}"
            starts: list[FaceFit | None] = [None] * len(frames)
            yield f"{label}, cold", _per_fit(fitter, [a for a, _ in frames], starts)
            starts = [fitter.fit(a) for a, _ in frames]
            yield f"{label}, warm", _per_fit(fitter, [b for _, b in frames], starts)


def _per_fit(fitter: FaceFitter, frames: list[Array], starts: list[FaceFit | None]) -> float:
    times = []
    for _ in range(5):
        begin = time.process_time()
        for points, start in zip(frames, starts, strict=True):
            fitter.fit(points, start)
        times.append(time.process_time() - begin)
    return 1000.0 * float(np.median(times)) / len(frames)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--heads", type=int, default=1000)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    full = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz")
    basis = evenly(full.chosen(IBUG_68, identity=5, expression=5))
    for kind, std in (("mean", 0.0), ("own", 1.0)):
        heads = [random_head(basis, rng, std=std) for _ in range(args.heads)]
        pairs = [(head, seen(head, rng)) for head in heads]
        print(f"\n{args.heads} heads of {kind} shape\n")
        print("| method | error ± std, deg | worst | wild | ms |\n|---|---|---|---|---|")
        for name, method in methods(basis):
            print(measured(name, method, pairs), flush=True)
    print("\n| one fit (pose + 10 modes) | ms |\n|---|---|")
    for name, milliseconds in speed(full, rng):
        print(f"| {name} | {milliseconds:.2f} |")


if __name__ == "__main__":
    main()
