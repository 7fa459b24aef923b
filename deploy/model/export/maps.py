"""What the maps inside an int8 file reach on examples, in their own steps."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int64]
Maps = dict[int, NDArray[np.int8]]
"""By tensor: one picture's map (height, width, channels)."""
Extremes = dict[int, tuple[Levels, Levels]]
"""By tensor: the least and the greatest number of each of its channels."""
Examples = Mapping[str, NDArray[np.floating]]
"""Real input values by input name, (N, …)."""


def maps_of(content: bytes, examples: Examples) -> Iterator[Maps]:
    """Every map of the file with four axes, picture by picture."""
    litert = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = litert.Interpreter(
        model_content=content,
        num_threads=1,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    details = {detail["index"]: detail for detail in interpreter.get_tensor_details()}
    written = [int(t) for node in interpreter._get_ops_details() for t in node["outputs"]]
    places = [place for place in written if len(details[place]["shape"]) == 4]
    signature = interpreter.get_signature_runner("serving_default").get_input_details()
    for i in range(len(next(iter(examples.values())))):
        for name, detail in signature.items():
            interpreter.set_tensor(detail["index"], _stored(examples[name][i : i + 1], detail))
        interpreter.invoke()
        yield {place: interpreter.get_tensor(place)[0] for place in places}


def extremes(content: bytes, examples: Examples) -> Extremes:
    """Of every map."""
    found: Extremes = {}
    for maps in maps_of(content, examples):
        for place, values in maps.items():
            low, high = values.min(axis=(0, 1)), values.max(axis=(0, 1))
            before = found.get(place, (low, high))
            found[place] = (
                np.minimum(low.astype(np.int64), before[0]),
                np.maximum(high.astype(np.int64), before[1]),
            )
    return found


def _stored(values: NDArray[np.floating], detail: Mapping[str, Any]) -> NDArray[np.int8]:
    scale, zero = detail["quantization"]
    return np.asarray(np.clip(np.rint(values / scale) + zero, -128, 127), np.int8)
