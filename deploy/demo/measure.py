"""How far a replay's trace of the demo clip lies from the clip's truth.

    edge-pose replay edge_pose/demo/demo.mp4 --out out/demo [--set pose.mode=fit]
    python -m deploy.demo.measure out/demo/trace.csv

The truth is what was rendered, so this measures the reader and the renderer together.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.demo.script import ACTS

Floats = NDArray[np.float64]
_ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")
_TRUTH = Path(__file__).resolve().parents[2] / "edge_pose" / "demo" / "demo_truth.csv"


def read_angles(path: Path) -> tuple[Floats, Floats]:
    """Times (N,) and yaw, pitch, roll (N, 3) of a table; NaN where no face was found."""
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    times = np.array([float(row["t_s"]) for row in rows])
    return times, np.array([[float(row[a] or "nan") for a in _ANGLES] for row in rows])


def spans(times: Floats) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Name and frames of each held act, of all that is attentive, and of the whole clip."""
    busy = np.zeros(len(times), bool)
    for act in ACTS:
        busy |= (times > act.start_s) & (times < act.end_s)
    yield "attentive", ~busy
    for act in ACTS:
        held = (times > act.start_s + act.go_s) & (times < act.end_s - act.return_s)
        yield act.name, held
    yield "whole clip", np.ones(len(times), bool)


def report(trace: Path, truth: Path = _TRUTH) -> str:
    """One line a span: truth, median error and 95 % absolute error of yaw, pitch, roll."""
    times, wanted = read_angles(truth)
    _, found = read_angles(trace)
    if len(found) != len(wanted):
        raise SystemExit(f"{trace}: {len(found)} frames, the clip has {len(wanted)}")
    error = found - wanted
    seen = ~np.isnan(error[:, 0])
    lines = [f"a face in {seen.mean():.1%} of {len(seen)} frames; degrees: yaw pitch roll"]
    for name, inside in spans(times):
        part = error[inside & seen]
        if len(part):
            lines.append(
                f"{name:13s} truth {_three(np.median(wanted[inside], axis=0))}   median error "
                f"{_three(np.median(part, axis=0))}   95 % {_three(_p95(part))}"
            )
    return "\n".join(lines)


def _p95(error: Floats) -> Floats:
    return np.asarray(np.percentile(np.abs(error), 95, axis=0))


def _three(values: Floats) -> str:
    return " ".join(f"{value:6.1f}" for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description="measure a trace of the demo clip")
    parser.add_argument("trace", type=Path, help="trace.csv of `edge-pose replay`")
    print(report(parser.parse_args().trace))


if __name__ == "__main__":
    main()
