"""The operator check: every operator of a model file, its type, and who runs it.

    python -m deploy.model opcheck edge_pose/models/head_pose_int8.tflite

Fails when an operator computes in floating point or when XNNPACK leaves it to the slow kernels.
"""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One node of the graph. ``types``: of its activations, inputs then outputs."""

    name: str
    types: tuple[str, ...]
    int8: bool
    delegated: bool


def operators(path: Path) -> list[Operator]:
    """The nodes of the file in order of execution."""
    plain, delegated = _interpreter(path, delegate=False), _interpreter(path, delegate=True)
    kept = Counter(_signature(node) for node in _left_over(delegated))
    out = []
    for node in plain._get_ops_details():
        types = _types(plain, node)
        taken = kept[_signature(node)] == 0
        kept[_signature(node)] -= 0 if taken else 1
        int8 = all(kind in ("int8", "int32") for kind in types)
        out.append(Operator(name=node["op_name"], types=types, int8=int8, delegated=taken))
    return out


def report(path: Path) -> tuple[str, bool]:
    """The table as text and whether all is well."""
    nodes = operators(path)
    rows = Counter((n.name, "→".join(_shorter(n.types)), n.int8, n.delegated) for n in nodes)
    lines = [f"{'operator':24s}{'types':28s}{'int8':6s}{'XNNPACK':8s}count"]
    for (name, types, int8, taken), count in rows.items():
        lines.append(f"{name:24s}{types:28s}{_yes(int8):6s}{_yes(taken):8s}{count}")
    bad = [n for n in nodes if not (n.int8 and n.delegated)]
    lines.append(
        f"{len(nodes)} operators, {len(bad)} not int8 or not delegated"
        + ("" if not bad else ": " + ", ".join(sorted({n.name for n in bad})))
    )
    return "\n".join(lines), not bad


def _interpreter(path: Path, *, delegate: bool) -> Any:
    litert = importlib.import_module("ai_edge_litert.interpreter")
    kinds = litert.OpResolverType
    kind = kinds.BUILTIN if delegate else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = litert.Interpreter(
        model_path=str(path), num_threads=1, experimental_op_resolver_type=kind
    )
    interpreter.allocate_tensors()
    return interpreter


def _left_over(interpreter: Any) -> list[dict[str, Any]]:
    """Nodes that still run once the delegate has taken its share.

    The list keeps replaced nodes too; those whose output only the delegate's node writes are gone.
    """
    nodes = list(interpreter._get_ops_details())
    plan = [node for node in nodes if node["op_name"] == "DELEGATE"]
    taken = {int(t) for node in plan for t in _covered(nodes, node)}
    return [n for n in nodes if n["op_name"] != "DELEGATE" and not _inside(n, taken)]


def _covered(nodes: list[dict[str, Any]], delegate: dict[str, Any]) -> set[int]:
    """Tensors that a delegate node computes: walking back from its outputs to its inputs."""
    producer = {int(t): n for n in nodes if n["op_name"] != "DELEGATE" for t in n["outputs"]}
    stop = {int(t) for t in delegate["inputs"]}
    reached: set[int] = set()
    queue = [int(t) for t in delegate["outputs"]]
    while queue:
        tensor = queue.pop()
        if tensor in reached or tensor in stop or tensor not in producer:
            continue
        reached.add(tensor)
        queue += [int(t) for t in producer[tensor]["inputs"] if t >= 0]
    return reached


def _inside(node: dict[str, Any], taken: set[int]) -> bool:
    return all(int(t) in taken for t in node["outputs"])


def _signature(node: dict[str, Any]) -> tuple[str, tuple[int, ...]]:
    return node["op_name"], tuple(int(t) for t in node["outputs"])


def _types(interpreter: Any, node: dict[str, Any]) -> tuple[str, ...]:
    details = {d["index"]: d for d in interpreter.get_tensor_details()}
    places = [int(t) for t in (*node["inputs"], *node["outputs"]) if t >= 0]
    return tuple(np.dtype(details[t]["dtype"]).name for t in places if t in details)


def _shorter(types: tuple[str, ...]) -> tuple[str, ...]:
    return (",".join(types[:-1]), types[-1])


def _yes(value: bool) -> str:
    return "yes" if value else "NO"
