"""Pools over a whole map in steps that XNNPACK runs fast.

A depthwise kernel of more than 25 taps goes an odd way there, one channel at a time: the face
network's pools over 14 × 14 and 7 × 7 numbers took a quarter of its time for a thousandth of its
work. A map of T = a · b places and C channels is therefore read as (a, 1, b · C): a kernel of a × 1
sums a of them, and one of b × 1 the b sums of each channel. What lies between is rounded too, each
place by a step that fits it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from deploy.model.export.graph import Graph, Operator
from deploy.model.export.maps import Examples, maps_of

TAPS = 25
"""What XNNPACK's depthwise kernels hold."""
_ROOM = 1.5
"""By how much other pictures may exceed the examples before the sums are cut."""
_TOP = 127


def split_pools(graph: Graph, examples: Examples) -> int:
    """Splits every pool of more taps than are fast; how many steps that took."""
    steps = 0
    while slow := [one for one in graph.operators if _rows(graph, one)]:
        peaks = _sum_peaks(graph, slow, examples)
        for pool in slow:
            _split(graph, pool, peaks[pool.output])
        steps += len(slow)
    return steps


def _rows(graph: Graph, one: Operator) -> int:
    """How many taps of a slow pool can be summed at first; 0 for all else."""
    if one.kind != "DEPTHWISE_CONV_2D" or graph.shape(one.output)[1:3] != (1, 1):
        return 0
    taps = int(np.prod(graph.shape(one.inputs[1])[1:3]))
    if taps <= TAPS:
        return 0
    return max((n for n in range(2, TAPS + 1) if taps % n == 0), default=0)


def _sum_peaks(
    graph: Graph, pools: Sequence[Operator], examples: Examples
) -> dict[int, NDArray[np.int64]]:
    """By a pool's output: the greatest sum at each place between the two steps, (b, C)."""
    kernels = {pool.output: _in_rows(graph, pool) for pool in pools}
    peaks = {tensor: np.ones(kernel.shape[1:], np.int64) for tensor, kernel in kernels.items()}
    for maps in maps_of(graph.content(), examples):
        for pool in pools:
            kernel = kernels[pool.output]
            level = maps[pool.inputs[0]].astype(np.int64) - graph.zero(pool.inputs[0])
            sums = np.abs((level.reshape(kernel.shape) * kernel).sum(axis=0))
            peaks[pool.output] = np.maximum(peaks[pool.output], sums)
    return peaks


def _in_rows(graph: Graph, pool: Operator) -> NDArray[np.int64]:
    """The pool's weights as (a, b, C)."""
    weights = graph.numbers(pool.inputs[1])
    return weights.reshape(_rows(graph, pool), -1, weights.shape[-1]).astype(np.int64)


def _split(graph: Graph, pool: Operator, peaks: NDArray[np.int64]) -> None:
    features, weights, bias = pool.inputs
    rows, rest, channels = _in_rows(graph, pool).shape
    (read,), sizes = graph.steps(features), graph.steps(weights)
    # What a step of each sum is worth: whole parts of a unit of its channel.
    worth = _ROOM * peaks * read * sizes / _TOP
    unit = worth.max(axis=0) / _TOP
    parts = np.ceil(worth / unit).clip(1, _TOP)

    spread = _reshaped(graph, pool, features, (1, rows, 1, rest * channels))
    sums = graph.like(pool.output, "sums")
    graph.set_shape(sums, (1, 1, 1, rest * channels))
    graph.set_steps(sums, np.ones(1))
    graph.set_zero(sums, 0)
    graph.insert_like(pool, [spread, *_first(graph, pool, parts * unit)], sums, before=pool)
    pool.node.inputs = [_reshaped(graph, pool, sums, (1, rest, 1, channels)), weights, bias]

    moved = np.rint(graph.numbers(bias) * graph.steps(bias) / unit)
    graph.set_numbers(weights, parts.astype(np.int8).reshape(1, rest, 1, channels))
    graph.set_numbers(bias, moved.astype(np.int64))
    for tensor in (weights, bias):
        graph.set_steps(tensor, unit)


def _first(graph: Graph, pool: Operator, worth: NDArray[np.float64]) -> tuple[int, int]:
    """Weights and bias of the first sums, in steps of ``worth`` (b, C)."""
    features, weights, bias = pool.inputs
    taps = _in_rows(graph, pool)
    sizes = (graph.steps(weights) / worth).ravel()
    kernel, nothing = graph.like(weights, "first_kernel"), graph.like(bias, "first_bias")
    graph.set_numbers(kernel, taps.reshape(1, len(taps), 1, sizes.size))
    graph.set_numbers(nothing, np.zeros(sizes.size, np.int64))
    (read,) = graph.steps(features)
    graph.set_steps(kernel, sizes)
    graph.set_steps(nothing, sizes * read)
    return kernel, nothing


def _reshaped(graph: Graph, pool: Operator, tensor: int, shape: tuple[int, ...]) -> int:
    """The tensor's numbers in another shape, by an operator before ``pool``."""
    flat = next(one for one in graph.operators if one.kind == "RESHAPE")
    wanted = graph.like(flat.inputs[1], "shape")
    graph.set_numbers(wanted, np.array(shape, np.int32))
    found = graph.like(tensor, "reshaped")
    graph.set_shape(found, shape)
    graph.insert_like(flat, [tensor, wanted], found, before=pool)
    return found
