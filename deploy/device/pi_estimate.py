"""How fast a Raspberry Pi 4B would be, estimated from counted instructions; nobody timed a board.

    make pi-estimate

Published for MobileNetV2 1.0 at 224 pixels on a Pi 4B (BCM2711, ARM64) with XNNPACK on all four
cores: 17 ms in int8, 46 ms in float32. Source: github.com/google/XNNPACK, README, "Raspberry Pi",
February 2022. That network and ours are run by the same wheel on an emulated Cortex-A72 that
counts instructions; a model is taken to need as many milliseconds for an instruction as the
published network of its own number format. ``edge-pose bench`` on a board gives the true number.
"""

from __future__ import annotations

import argparse
import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORES = 4
PUBLISHED_MS = {"int8": 17.0, "float32": 46.0}
REFERENCE = {"int8": "mobilenet_v2_int8", "float32": "mobilenet_v2_float32"}
FORMAT = {
    "mobilenet_v2_int8": "int8",
    "mobilenet_v2_float32": "float32",
    "face_int8": "int8",
    "eyes_int8": "int8",
    "face_detector_int8": "int8",
    "head_pose_int8": "int8",
    "face_detection_short_range": "float32",
    "face_landmark": "float32",
}
FRAME = "frame"
CALLS_A_FRAME = {"face_int8": 1.0, "eyes_int8": 1.0, "face_detector_int8": 1.0 / 60.0}
"""At the default settings and 30 frames a second: the eyes are read 15 times a second, each strip
as it is and mirrored; the detector looks once in two seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Of one inference or one frame. ``macs``: None where not counted."""

    name: str
    instructions: float
    macs: int | None
    four_cores_ms: float
    one_core_ms: float


def per_run(rows: list[dict[str, str]]) -> dict[str, float]:
    """Instructions of one repetition."""
    return {row["name"]: int(row["instructions"]) / int(row["times"]) for row in rows}


def estimates(instructions: dict[str, float], macs: dict[str, int]) -> list[Estimate]:
    """Networks first, then the whole frame.

    Four cores: as published. One core: as if the published network used four perfectly, which is
    the slowest that one core can be.
    """
    ms = {kind: PUBLISHED_MS[kind] / instructions[name] for kind, name in REFERENCE.items()}
    networks = [
        Estimate(
            name=name,
            instructions=instructions[name],
            macs=macs.get(name),
            four_cores_ms=instructions[name] * ms[kind],
            one_core_ms=instructions[name] * ms[kind] * CORES,
        )
        for name, kind in FORMAT.items()
        if name in instructions
    ]
    if FRAME not in instructions:
        return networks
    return [*networks, _frame(instructions[FRAME], networks, max(ms.values()) * CORES)]


def _frame(instructions: float, networks: list[Estimate], slowest: float) -> Estimate:
    """A frame: its networks on four cores or one; all else (Python, OpenCV) on one core, at the
    slower of the two rates, ``slowest`` ms an instruction."""
    used = [(CALLS_A_FRAME[n.name], n) for n in networks if n.name in CALLS_A_FRAME]
    rest = instructions - sum(calls * n.instructions for calls, n in used)
    return Estimate(
        name=FRAME,
        instructions=instructions,
        macs=None,
        four_cores_ms=rest * slowest + sum(calls * n.four_cores_ms for calls, n in used),
        one_core_ms=rest * slowest + sum(calls * n.one_core_ms for calls, n in used),
    )


def own_error(instructions: dict[str, float]) -> float:
    """What the method would have said of the float32 network from the int8 one, over the truth."""
    ratio = instructions[REFERENCE["float32"]] / instructions[REFERENCE["int8"]]
    return ratio * PUBLISHED_MS["int8"] / PUBLISHED_MS["float32"]


def table(found: list[Estimate]) -> str:
    lines = [
        "| | million instructions | million MACs | of the reference "
        "| ms, 4 cores | a second | ms, 1 core | a second |",
        "|---|---|---|---|---|---|---|---|",
    ]
    reference = next(e.instructions for e in found if e.name == REFERENCE["int8"])
    for e in found:
        macs = "" if e.macs is None else f"{e.macs / 1e6:.1f}"
        lines.append(
            f"| {e.name} | {e.instructions / 1e6:.1f} | {macs} | {e.instructions / reference:.3f} "
            f"| {e.four_cores_ms:.1f} | {1e3 / e.four_cores_ms:.0f} "
            f"| {e.one_core_ms:.1f} | {1e3 / e.one_core_ms:.0f} |"
        )
    return "\n".join(lines)


def macs_of(path: Path) -> int:
    """Multiply-accumulates of a model file's convolutions and dense layers."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter: Any = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    shapes = {
        d["index"]: tuple(int(n) for n in d["shape"]) for d in interpreter.get_tensor_details()
    }
    return sum(_macs(node, shapes) for node in interpreter._get_ops_details())


def _macs(node: dict[str, Any], shapes: dict[int, tuple[int, ...]]) -> int:
    if node["op_name"] not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return 0
    weights, output = shapes[int(node["inputs"][1])], shapes[int(node["outputs"][0])]
    # Weights: [out, high, wide, in], depthwise [1, high, wide, channels], dense [out, in].
    kept = weights[1:3] if node["op_name"] == "DEPTHWISE_CONV_2D" else weights[1:]
    return math.prod(output) * math.prod(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description="estimates the speed of a Raspberry Pi 4B")
    parser.add_argument("counts", type=Path, help="name, times, instructions of each thing")
    parser.add_argument("models", type=Path, nargs="*", help="model files, for their MACs")
    args = parser.parse_args()
    with args.counts.open(newline="") as file:
        instructions = per_run(list(csv.DictReader(file)))
    macs = {path.stem: macs_of(path) for path in args.models}
    print("ESTIMATE, not measured on a board (deploy/device/boards.md says how it is made)\n")
    print(table(estimates(instructions, macs)))
    error = own_error(instructions)
    print(f"\nThe method on itself: float32 reference from int8, {error:.2f} × the published time")


if __name__ == "__main__":
    main()
