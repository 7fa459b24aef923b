"""Files made lighter: fewer channels, faster pools, finer features; the same numbers come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deploy.model.export.finer import fill_pooled, pool_in_copies
from deploy.model.export.graph import Graph, Operator
from deploy.model.export.maps import extremes
from deploy.model.export.runner import Runner
from deploy.model.export.split_pools import TAPS, split_pools
from deploy.model.export.thin import MULTIPLE, thinned
from edge_pose.models.catalog import PACKAGE_FOLDER

Floats = NDArray[np.float32]
SILENT = 16


@pytest.fixture(scope="module")
def shipped() -> bytes:
    """The single pose network, whose pools are as they were converted."""
    return (PACKAGE_FOLDER / "head_pose_int8.tflite").read_bytes()


@pytest.fixture(scope="module")
def pictures(shipped: bytes) -> dict[str, Floats]:
    (side,) = {Graph(shipped).shape(tensor)[1] for tensor in Graph(shipped).given().values()}
    coarse = np.random.default_rng(0).uniform(-1.0, 1.0, (6, side // 8, side // 8, 3))
    return {"image": coarse.repeat(8, axis=1).repeat(8, axis=2).astype(np.float32)}


def _outputs(content: bytes, pictures: dict[str, Floats], folder: Path) -> dict[str, Floats]:
    path = folder / "file.tflite"
    path.write_bytes(content)
    return Runner(path).run_all(pictures)


def _pools(graph: Graph) -> list[Operator]:
    return [
        one
        for one in graph.operators
        if one.kind == "DEPTHWISE_CONV_2D" and graph.shape(one.output)[1:3] == (1, 1)
    ]


def _silenced(content: bytes) -> tuple[bytes, int]:
    """With channels of the last wide map under zero for ever; the map's width."""
    graph = Graph(content)
    wide = graph.writer(_pools(graph)[0].inputs[0])
    assert wide is not None
    _, weights, bias = wide.inputs
    kernel, level = graph.numbers(weights), graph.numbers(bias)
    kernel[:SILENT], level[:SILENT] = 0, -1000
    graph.set_numbers(weights, kernel)
    graph.set_numbers(bias, level)
    return graph.content(), len(kernel)


def test_a_graph_written_again_is_the_same_network(
    shipped: bytes, pictures: dict[str, Floats], tmp_path: Path
) -> None:
    before = _outputs(shipped, pictures, tmp_path)
    after = _outputs(Graph(shipped).content(), pictures, tmp_path)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_channels_that_say_nothing_go_and_nothing_else_changes(
    shipped: bytes, pictures: dict[str, Floats], tmp_path: Path
) -> None:
    content, width = _silenced(shipped)
    graph = Graph(content)
    removed = thinned(graph, extremes(content, pictures))
    assert removed >= SILENT
    assert graph.shape(_pools(graph)[0].output)[-1] <= width - SILENT
    before, after = (_outputs(one, pictures, tmp_path) for one in (content, graph.content()))
    step = Runner(tmp_path / "file.tflite").step
    assert all(np.abs(before[name] - after[name]).max() < 1.5 * step(name) for name in before)


def test_what_moves_on_any_example_stays(shipped: bytes, pictures: dict[str, Floats]) -> None:
    graph, seen = Graph(shipped), extremes(shipped, pictures)
    moving = {tensor: (low, np.maximum(high, low + 1)) for tensor, (low, high) in seen.items()}
    assert thinned(graph, moving) == 0


def test_a_map_that_says_nothing_at_all_keeps_a_few_channels(
    shipped: bytes, pictures: dict[str, Floats], tmp_path: Path
) -> None:
    graph = Graph(shipped)
    thinned(graph, {tensor: (low, low) for tensor, (low, _) in extremes(shipped, pictures).items()})
    assert {graph.shape(pool.output)[-1] for pool in _pools(graph)} == {MULTIPLE}
    assert "pose" in _outputs(graph.content(), pictures, tmp_path)


def test_a_constant_that_several_read_is_each_ones_own(shipped: bytes) -> None:
    graph = Graph(shipped)
    held = [one.inputs[2] for one in graph.operators if one.kind.endswith("CONV_2D")]
    assert len(set(held)) == len(held)
    first, *others = held
    before = [graph.numbers(tensor) for tensor in others]
    graph.set_numbers(first, graph.numbers(first) + 1)
    assert all(map(np.array_equal, before, (graph.numbers(tensor) for tensor in others)))


def test_pools_in_two_steps_give_the_same_to_parts_of_a_step(
    shipped: bytes, pictures: dict[str, Floats], tmp_path: Path
) -> None:
    graph = Graph(shipped)
    assert split_pools(graph, pictures) == 2
    taps = [np.prod(graph.shape(one.inputs[1])[1:3]) for one in _pools(graph)]
    assert max(taps) <= TAPS
    before = _outputs(shipped, pictures, tmp_path)
    after = _outputs(graph.content(), pictures, tmp_path)
    assert np.abs(before["pose"] - after["pose"]).max() < 0.03


def test_the_pose_reads_what_is_pooled_in_copies(
    shipped: bytes, pictures: dict[str, Floats], tmp_path: Path
) -> None:
    graph = Graph(shipped)
    fill_pooled(graph, extremes(shipped, pictures))
    pool_in_copies(graph, "pose")
    assert len(_pools(graph)) == 3 * len(_pools(Graph(shipped)))
    before = _outputs(shipped, pictures, tmp_path)
    after = _outputs(graph.content(), pictures, tmp_path)
    assert np.abs(before["pose"] - after["pose"]).max() < 0.03


def test_a_map_that_is_full_is_not_lifted_beyond_its_range(
    shipped: bytes, pictures: dict[str, Floats]
) -> None:
    graph, seen = Graph(shipped), extremes(shipped, pictures)
    full = {tensor: (low, np.full_like(high, 127)) for tensor, (low, high) in seen.items()}
    fill_pooled(graph, full)
    assert graph.content() == Graph(shipped).content()
    fill_pooled(graph, seen)
    lifted = extremes(graph.content(), pictures)
    for pool in _pools(graph):
        was, now = seen[pool.inputs[0]][1], lifted[pool.inputs[0]][1]
        assert (now[was < 127] < 127).all()
        assert (now >= was).all()
