"""Takes out channels that say nothing: the same numbers from a smaller file.

Weight decay drives channels under zero, where ReLU6 leaves nothing of them: 576 of the 960 last
ones of the face network were 0 on each of 6 000 pictures. A channel that never moves is a constant,
and goes into the bias of who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.model.export.graph import Graph, Operator
from deploy.model.export.maps import Extremes

MULTIPLE = 8
"""Processors work on so many channels at once: a few silent ones may stay to fill them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """A 1 × 1 convolution, the depthwise one behind it, and who reads that: operators whose input
    holds its channels from ``first`` on. ``passed``: tensors in between, all but their inputs."""

    wide: Operator
    depthwise: Operator
    readers: list[Operator]
    passed: list[int]
    first: int


def thinned(graph: Graph, seen: Extremes) -> int:
    """Takes out of ``graph`` what never moved in ``seen``; how many channels that were."""
    depthwise = [one for one in graph.operators if one.kind == "DEPTHWISE_CONV_2D"]
    # One after the other: what goes moves the places of what is read beside it.
    chains = (_chain(graph, one) for one in depthwise)
    return sum(_thin(graph, chain, seen) for chain in chains if chain is not None)


def _chain(graph: Graph, depthwise: Operator) -> _Chain | None:
    wide = graph.writer(depthwise.inputs[0])
    if wide is None or wide.kind != "CONV_2D" or graph.readers(wide.output) != [depthwise]:
        return None
    tensor, first, passed = depthwise.output, 0, [depthwise.output]
    while len(readers := graph.readers(tensor)) == 1 and readers[0].kind in (
        "RESHAPE",
        "CONCATENATION",
    ):
        (through,) = readers
        if through.kind == "CONCATENATION":
            before = through.inputs[: through.inputs.index(tensor)]
            first += sum(graph.shape(one)[-1] for one in before)
        tensor = through.output
        passed.append(tensor)
    if not all(_mixes(graph, reader) for reader in readers):
        return None
    return _Chain(wide=wide, depthwise=depthwise, readers=readers, passed=passed, first=first)


def _mixes(graph: Graph, reader: Operator) -> bool:
    """Whether it weighs channels place by place, so that a constant one is part of its bias."""
    if reader.kind == "FULLY_CONNECTED":
        return True
    return reader.kind == "CONV_2D" and graph.shape(reader.inputs[1])[1:3] == (1, 1)


def _thin(graph: Graph, chain: _Chain, seen: Extremes) -> int:
    low, high = seen[chain.depthwise.output]
    silent = np.flatnonzero(low == high)
    kept = max(1, -(-(len(low) - len(silent)) // MULTIPLE)) * MULTIPLE
    silent = silent[: max(0, len(low) - kept)]
    if not len(silent):
        return 0
    for reader in chain.readers:
        level = low[silent] - graph.zero(reader.inputs[0])
        _drop_read(graph, reader, silent + chain.first, level)
    for operator, axis in ((chain.depthwise, -1), (chain.wide, 0)):
        _drop_written(graph, operator, silent, axis)
    for tensor in (chain.wide.output, *chain.passed):
        *rest, width = graph.shape(tensor)
        graph.set_shape(tensor, (*rest, width - len(silent)))
        _follow(graph, tensor)
    return len(silent)


def _drop_read(
    graph: Graph, reader: Operator, silent: NDArray[np.integer], level: NDArray[np.integer]
) -> None:
    weights, bias = graph.numbers(reader.inputs[1]), graph.numbers(reader.inputs[2])
    constant = weights.reshape(len(weights), -1)[:, silent].astype(np.int64) @ level
    graph.set_numbers(reader.inputs[1], np.delete(weights, silent, axis=-1))
    graph.set_numbers(reader.inputs[2], bias + constant)


def _drop_written(graph: Graph, operator: Operator, silent: NDArray[np.integer], axis: int) -> None:
    _, weights, bias = operator.inputs
    graph.set_numbers(weights, np.delete(graph.numbers(weights), silent, axis=axis))
    graph.set_numbers(bias, np.delete(graph.numbers(bias), silent))
    for tensor in (weights, bias):
        graph.set_steps(tensor, np.delete(graph.steps(tensor), silent))


def _follow(graph: Graph, tensor: int) -> None:
    """A reshape holds the shape that it gives as a constant, too."""
    writer = graph.writer(tensor)
    if writer is not None and writer.kind == "RESHAPE":
        wanted = graph.like(writer.inputs[1], "shape")  # another reshape may hold the same one
        graph.set_numbers(wanted, np.array(graph.shape(tensor), np.int32))
        writer.node.inputs = [writer.inputs[0], wanted]
