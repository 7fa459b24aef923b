"""A trained network as a TFLite file: float32, dynamic range or full int8."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

Precision = Literal["float32", "dynamic", "int8"]
OUTPUTS = ("pose", "spread")


def to_tflite(
    network: keras.Model, precision: Precision, examples: NDArray[np.uint8] | None = None
) -> bytes:
    """The file's bytes. ``examples``: uint8 RGB crops (N, S, S, 3) that set the int8 ranges.

    Signature ``serving_default``: ``image`` → ``pose``, ``spread``; batch 1. Training-only outputs
    are dropped. int8 in and out, weights per channel.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        _save(tf, network, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        _quantise(tf, converter, precision, examples)
        return bytes(converter.convert())


def _quantise(
    tf: Any, converter: Any, precision: Precision, examples: NDArray[np.uint8] | None
) -> None:
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "int8":
        if examples is None:
            raise ValueError("full int8 needs representative crops")
        converter.representative_dataset = lambda: _calibration(examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8


def _save(tf: Any, network: keras.Model, folder: str) -> None:
    """A SavedModel with the one signature; batch 1, so that no shape is computed at run time."""
    shape = (1, *network.inputs[0].shape[1:])

    def serving(image: Any) -> dict[str, Any]:
        outputs = network(image, training=False)
        return {name: outputs[name] for name in OUTPUTS}

    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serving_default", serving, input_signature=[tf.TensorSpec(shape, tf.float32, name="image")]
    )
    archive.write_out(folder, verbose=False)


def _calibration(examples: NDArray[np.uint8]) -> Iterator[list[NDArray[np.float32]]]:
    for crop in examples:
        yield [crop[None].astype(np.float32) / 127.5 - 1.0]
