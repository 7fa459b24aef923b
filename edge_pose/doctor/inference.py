"""Model files, and whether they run here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok
from edge_pose.doctor.machine import Machine
from edge_pose.errors import ModelError
from edge_pose.models.catalog import CATALOG, FACE, HEAD_POSE, ModelFile, find, located
from edge_pose.models.install import problem
from edge_pose.plural import counted
from edge_pose.vision.detector.kind import DetectorKind
from edge_pose.vision.detector.opening import detector_kind
from edge_pose.vision.needed_models import needed_models
from edge_pose.vision.tflite.interpreter import ImageModel
from edge_pose.vision.tflite.loading import runtime_name

_RUNS = 20
_PATIENCE_S = 1.0


def check_models(_: Machine, config: Config) -> Iterator[Finding]:
    """Every model file that the config needs is there, and none is damaged."""
    needed = needed_models(config)
    for entry in CATALOG:
        trouble = problem(entry)
        if trouble is None:
            yield ok("model", f"{entry.name}: {located(entry)}")
        elif entry in needed or located(entry) is not None:
            fix = "edge-pose models install --mesh" if entry.member else "install edge-pose again"
            yield fail("model", trouble, fix)
        else:
            yield ok("model", f"{entry.name}: not installed, and this config does not need it")


def check_inference(_: Machine, config: Config) -> Iterator[Finding]:
    """The configured detector runs on the CPU; the pose model runs where the config wants it."""
    detector = detector_kind(config.detector.backend)
    if detector.model is None:
        yield _opens(detector, config)
    else:
        yield _runs("inference", detector.model.name, config.detector.threads, None)
    delegate = config.pose.delegate
    if delegate:
        yield _runs("delegate", _pose_model(config).name, config.pose.threads, delegate)
    else:
        yield ok("delegate", "none: the CPU does it")


def _pose_model(config: Config) -> ModelFile:
    mesh = config.pose.landmarks == "mesh"
    return HEAD_POSE if mesh else FACE[config.model.weights]


def _opens(kind: DetectorKind, config: Config) -> Finding:
    try:
        kind.open(config.detector)
    except ModelError as error:
        return fail("inference", str(error), "install its package, or detector.backend = blazeface")
    return ok("inference", f"detector {kind.name} ({kind.what}) opens")


def _runs(check: str, name: str, threads: int, delegate: str | None) -> Finding:
    try:
        model = ImageModel(
            find(name), gain=1 / 127.5, offset=-1.0, threads=threads, delegate=delegate
        )
        width, height = model.size
        image = np.zeros((height, width, 3), dtype=np.uint8)
        model.run(image)
        each_ms = _best_ms(lambda: model.run(image))
        where = f"on {delegate}" if delegate else f"in {runtime_name()}"
    except ModelError as error:
        fix = "check pose.delegate, or leave it empty for the CPU" if delegate else (
            "edge-pose models install; pip install ai-edge-litert"
        )  # fmt: skip
        return fail(check, str(error), fix)
    return ok(check, f"{name} takes {each_ms:.1f} ms {where}, {counted(threads, 'thread')}")


def _best_ms(run: Callable[[], object]) -> float:
    """The quickest of some runs, within about a second: others may be using the processor."""
    best_s, end_s = float("inf"), time.perf_counter() + _PATIENCE_S
    for _ in range(_RUNS):
        began_s = time.perf_counter()
        run()
        now_s = time.perf_counter()
        best_s = min(best_s, now_s - began_s)
        if now_s > end_s:
            break
    return best_s * 1e3
