"""A trained network as a TFLite file: float32, dynamic range or full int8."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

Precision = Literal["float32", "dynamic", "int8"]
OUTPUTS = ("pose", "spread")
Examples = Mapping[str, NDArray[np.float32]]
"""What sets the int8 ranges: real input values by input name, (N, …)."""


def image_examples(crops: NDArray[np.uint8]) -> Examples:
    """Of uint8 RGB crops (N, S, S, 3)."""
    return {"image": crops.astype(np.float32) / 127.5 - 1.0}


def to_tflite(
    network: keras.Model,
    precision: Precision,
    examples: Examples | None = None,
    outputs: Sequence[str] = OUTPUTS,
) -> bytes:
    """The file's bytes; batch 1, int8 in and out, weights per channel.

    Signature ``serving_default``: the network's inputs by name → ``outputs``. Other outputs, as
    those for training only, are dropped.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        _save(tf, network, outputs, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        _quantise(tf, converter, precision, examples)
        return bytes(converter.convert())


def _quantise(tf: Any, converter: Any, precision: Precision, examples: Examples | None) -> None:
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "int8":
        if examples is None:
            raise ValueError("full int8 needs representative examples")
        converter.representative_dataset = lambda: _calibration(examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8


def _save(tf: Any, network: keras.Model, outputs: Sequence[str], folder: str) -> None:
    """A SavedModel with the one signature; batch 1, so that no shape is computed at run time."""
    signature = [
        tf.TensorSpec((1, *tensor.shape[1:]), tf.float32, name=tensor.name)
        for tensor in network.inputs
    ]

    def serving(*inputs: Any) -> dict[str, Any]:
        found = network(inputs[0] if len(inputs) == 1 else list(inputs), training=False)
        return {name: found[name] for name in outputs}

    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint("serving_default", serving, input_signature=signature)
    archive.write_out(folder, verbose=False)


def _calibration(examples: Examples) -> Iterator[dict[str, NDArray[np.float32]]]:
    for i in range(len(next(iter(examples.values())))):
        yield {name: values[i : i + 1] for name, values in examples.items()}
