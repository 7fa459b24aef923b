"""BlazeFace short range (Apache-2.0) as a full-int8 file of ours, and what that costs.

    python -m deploy.detector.quantise ../shared/faces edge_pose/models/face_detector_int8.tflite

The weights are the published ones; labelled faces in frames set the int8 ranges and nothing else.
Needs the training stack and the float file (``edge-pose models install --mesh``).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.detector.rebuild import rebuilt
from deploy.detector.recall import compared
from deploy.detector.scenes import scenes
from edge_pose.models import find
from edge_pose.vision.detector.letterbox import letterboxed

FLOAT = "face_detection_short_range"
LIMITS = {"regressors": [70.0, 70.0, 150.0, 150.0, *[80.0] * 12], "classificators": [5.0]}
"""Logits, and input pixels (centre, size, six points, from the anchor), beyond which nothing is
told of a face in a 128-pixel input."""
CEILING = 16.0
"""Of activations; 99.9 % of those on real frames are below 8."""
CALIBRATION, JUDGED = 400, 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path, help="../shared/faces")
    parser.add_argument("out", type=Path, help="the .tflite; its card is written beside it")
    args = parser.parse_args()
    published = find(FLOAT)
    network = rebuilt(published, limits=LIMITS, ceiling=CEILING)
    examples = [scene.image for scene in scenes(args.faces, "train", CALIBRATION, seed=1)]
    args.out.write_bytes(quantised(network, examples))
    write_card(args.out, published, {})
    accuracy = compared(published, args.out, scenes(args.faces, "val", JUDGED, seed=2))
    write_card(args.out, published, accuracy)
    print(json.dumps(accuracy, indent=1))


def quantised(network: keras.Model, images: list[NDArray[np.uint8]]) -> bytes:
    """The file's bytes: int8 weights per channel, int8 activations, input and outputs."""
    import tensorflow as tf

    names = list(LIMITS)

    def serving(image: Any) -> dict[str, Any]:
        outputs = network(image, training=False)
        return {name: outputs[name] for name in names}

    def examples() -> Iterator[list[NDArray[np.float32]]]:
        for image in images:
            yield [letterboxed(image, 128)[None].astype(np.float32) / 127.5 - 1.0]

    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(network)
        spec = tf.TensorSpec(network.inputs[0].shape, tf.float32, name="image")
        archive.add_endpoint("serving_default", serving, input_signature=[spec])
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = examples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        return bytes(converter.convert())


def write_card(model: Path, published: Path, accuracy: dict[str, Any]) -> None:
    content = model.read_bytes()
    card = {
        "name": "BlazeFace short range, int8",
        "file": model.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "input": {"size": 128},
        "outputs": {
            name: {
                "scale": [round(limit / 3.0, 6) for limit in limits],
                "offset": [-limit for limit in limits],
            }
            for name, limits in LIMITS.items()
        },
        "quantisation": "full int8, weights per channel, post-training; input and outputs int8; "
        "the file gives 3 + 3 · output / limit; see outputs",
        "from": {
            "file": published.name,
            "sha256": hashlib.sha256(published.read_bytes()).hexdigest(),
            "source": "mediapipe 0.10.18, modules/face_detection",
            "paper": "Bazarevsky et al., BlazeFace: Sub-millisecond Neural Face Detection on "
            "Mobile GPUs, 2019",
        },
        "data": f"{CALIBRATION} labelled faces in frames set the ranges of the numbers; no weight "
        "was trained and no photo is in the file",
        "licence": "Apache-2.0 (MediaPipe), changed: quantised to int8",
        "recipe": "python -m deploy.detector.quantise ../shared/faces "
        "edge_pose/models/face_detector_int8.tflite",
        "commit": _commit(),
        "accuracy": accuracy,
    }
    text = json.dumps(card, indent=1, ensure_ascii=False)
    model.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def _commit() -> str:
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    return found.stdout.strip()


if __name__ == "__main__":
    main()
