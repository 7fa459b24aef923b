"""Finer steps where int8 rounds the face network's pose most.

Of the rounding noise of its angles a quarter came from the pooled features and an eighth from the
map that is pooled; the residual streams make half, in thirty parts. So maps are lifted until they
fill ReLU6's range, and the pose reads each pooled number in three copies a third of a step apart,
whose mean has finer steps, as the pose itself has had.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deploy.model.export.graph import Graph, Operator
from deploy.model.export.maps import Extremes

FULL = 0.75
"""The share of a map's range that a channel's greatest number of the examples is lifted to."""
_MOST = 8.0
_HIGHEST = 127
PARTS = (-1 / 3, 1 / 3)
"""Of one step: where the copies lie beside the number itself."""


def fill_pooled(graph: Graph, seen: Extremes) -> None:
    """Lifts the channels of every map after ReLU6 that is pooled whole."""
    for pool in _pools(graph):
        wide = graph.made_by("CONV_2D", pool.inputs[0])
        _, high = seen[wide.output]
        zero = graph.zero(wide.output)
        peak = np.maximum(high - zero, 1)
        _lift(graph, wide, pool, np.clip(FULL * (_HIGHEST - zero) / peak, 1.0, _MOST))


def pool_in_copies(graph: Graph, output: str) -> None:
    """The output ``output`` reads every pooled number in copies beside it."""
    head = graph.made_by("FULLY_CONNECTED", graph.outputs()[output])
    joined = graph.made_by("CONCATENATION", head.inputs[0])
    rows = [joined.output]
    for part in PARTS:
        copies = [_copy(graph, tensor, part, before=head) for tensor in joined.inputs]
        rows.append(_join(graph, joined, copies, before=head))
    _read_mean(graph, head, _join(graph, joined, rows, before=head))


def _join(graph: Graph, joined: Operator, parts: Sequence[int], before: Operator) -> int:
    """Side by side; a few at a time, because XNNPACK takes no more than five."""
    wide = graph.like(joined.output, "side_by_side")
    graph.set_shape(wide, (1, sum(graph.shape(tensor)[-1] for tensor in parts)))
    graph.insert_like(joined, parts, wide, before)
    return wide


def _pools(graph: Graph) -> list[Operator]:
    """Depthwise operators that leave one number of each channel."""
    kind = "DEPTHWISE_CONV_2D"
    return [
        one
        for one in graph.operators
        if one.kind == kind and graph.shape(one.output)[1:3] == (1, 1)
    ]


def _lift(graph: Graph, wide: Operator, pool: Operator, gain: NDArray[np.float64]) -> None:
    """The map times ``gain``, taken back where it is read: only the sizes of steps change."""
    for tensor in wide.inputs[1:]:
        graph.set_steps(tensor, graph.steps(tensor) * gain)
    _, weights, bias = pool.inputs
    graph.set_steps(weights, graph.steps(weights) / gain)
    graph.set_steps(bias, graph.steps(bias) / gain)
    graph.set_numbers(bias, np.rint(graph.numbers(bias) * gain).astype(np.int64))


def _copy(graph: Graph, tensor: int, part: float, before: Operator) -> int:
    """Another pool of the same map, its bias moved by a part of a step, flattened as that is."""
    flat = graph.made_by("RESHAPE", tensor)
    pool = graph.made_by("DEPTHWISE_CONV_2D", flat.inputs[0])
    features, weights, bias = pool.inputs
    moved = graph.like(bias, "moved_bias")
    (step,) = graph.steps(pool.output)
    more = np.rint(part * step / graph.steps(bias)).astype(np.int64)
    graph.set_numbers(moved, graph.numbers(bias) + more)
    pooled, flattened = graph.like(pool.output, "pooled"), graph.like(tensor, "flattened")
    graph.insert_like(pool, [features, weights, moved], pooled, before)
    graph.insert_like(flat, [pooled, *flat.inputs[1:]], flattened, before)
    return flattened


def _read_mean(graph: Graph, head: Operator, wider: int) -> None:
    copies = len(PARTS) + 1
    _, weights, bias = head.inputs
    graph.set_numbers(weights, np.tile(graph.numbers(weights), (1, copies)))
    graph.set_numbers(bias, graph.numbers(bias) * copies)
    for tensor in (weights, bias):
        graph.set_steps(tensor, graph.steps(tensor) / copies)
    head.node.inputs = [wider, weights, bias]
