"""float32, dynamic range and int8 of one network in one run: size, accuracy, latency.

    python -m deploy.model compare --from TRAINING_FOLDER

Run it with nothing else running. The article's claims for comparison: 4 × smaller, 2.3 × faster.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.accuracy import accuracy
from deploy.model.base.estimates import estimate, open_model
from deploy.model.export.convert import Precision, to_tflite
from deploy.model.export.quantise import int8_bytes

THREADS = (1, 2)


def write_all(network: keras.Model, crops: NDArray[np.uint8], out: Path) -> list[Path]:
    """The three files of a network; ``crops`` set the ranges of int8."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    precisions: tuple[Precision, ...] = ("float32", "dynamic", "int8")
    for precision in precisions:
        path = out / f"{precision}.tflite"
        int8 = precision == "int8"
        path.write_bytes(int8_bytes(network, crops) if int8 else to_tflite(network, precision))
        paths.append(path)
    return paths


def table(
    paths: Sequence[Path],
    sets: Mapping[str, tuple[NDArray[np.uint8], NDArray[np.floating]]],
) -> list[str]:
    """``sets``: name → crops and true rotations."""
    first = np.median(latency_ms(paths[0], 1))
    lines = [f"{'':10s}{'bytes':>9s}  1 thread ms (×)  2 threads ms   mean error, geodesic on sets"]
    for path in paths:
        one, two = (np.median(latency_ms(path, threads)) for threads in THREADS)
        model = open_model(path)
        errors = []
        for name, (crops, truth) in sets.items():
            found = accuracy(estimate(model, crops).rotation, truth)
            errors.append(f"{name} {found.mean:.2f} ± {found.error:.2f}, {found.geodesic:.2f}")
        lines.append(
            f"{path.stem:10s}{path.stat().st_size:9d}  {one:6.3f} ({first / one:4.2f})   {two:6.3f}"
            f"         {'; '.join(errors)}"
        )
    return lines


def latency_ms(path: Path, threads: int, runs: int = 400) -> NDArray[np.float64]:
    """Milliseconds of each of many runs at batch 1, warmed up."""
    model = open_model(path, threads)
    crop = np.random.default_rng(0).integers(0, 256, (*model.size, 3)).astype(np.uint8)
    for _ in range(50):
        model.run(crop)
    taken = np.empty(runs)
    for i in range(runs):
        start = time.perf_counter()
        model.run(crop)
        taken[i] = (time.perf_counter() - start) * 1000.0
    return taken
