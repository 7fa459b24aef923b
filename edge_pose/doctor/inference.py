"""Model files, and whether they run here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import Machine
from edge_pose.errors import ModelError
from edge_pose.models.catalog import (
    CATALOG,
    FACE_DETECTOR,
    FACE_LANDMARKS,
    HEAD_POSE,
    find,
    located,
)
from edge_pose.models.install import problem
from edge_pose.plural import counted
from edge_pose.vision.tflite.interpreter import ImageModel
from edge_pose.vision.tflite.loading import runtime_name

_RUNS = 20
_PATIENCE_S = 1.0


def check_models(_: Machine, config: Config) -> Iterator[Finding]:
    """Every model file is there and has its checksum."""
    for entry in CATALOG:
        trouble = problem(entry)
        if trouble is None:
            yield ok("model", f"{entry.name}: {located(entry)}")
        elif entry == FACE_LANDMARKS and not _needs_mesh(config):
            yield warn("model", trouble, "not needed: eyes are off and pose.mode is network")
        else:
            fix = "edge-pose models install" if entry.member else "install edge-pose again"
            yield fail("model", trouble, fix)


def _needs_mesh(config: Config) -> bool:
    """Eyes and mouth are read from the mesh, and every pose mode but ``network`` fits it."""
    return config.eyes.enabled or config.pose.mode != "network"


def check_inference(_: Machine, config: Config) -> Iterator[Finding]:
    """The detector runs on the CPU; the pose model runs where the config wants it."""
    yield _runs("inference", FACE_DETECTOR.name, config.detector.threads, None)
    delegate = config.pose.delegate
    if delegate:
        yield _runs("delegate", HEAD_POSE.name, config.pose.threads, delegate)
    else:
        yield ok("delegate", "none: the CPU does it")


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
