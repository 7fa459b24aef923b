"""A face network that begins as the shipped single pose network: its int8 weights, made float.

    python -m deploy.model.training.from_file edge_pose/models/head_pose_int8.tflite \\
        --lessons FOLDER --out start.pt

Trunk, pooling, pose and spread say what the file says (to the rounding of eight bits); landmarks
are fitted to its features by ridge regression. Normalisation layers get the statistics of training
crops, so that training goes on from there.
"""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from deploy.model.architectures.face_torch import LAST, TAP, FaceNetwork
from deploy.model.architectures.parts import EPSILON
from deploy.model.training.face_batches import SHAPE
from deploy.model.training.lesson_sets import files_of, still_crops
from deploy.model.training.shelf import Shelf

_LAYER = re.compile(r"/((?:stem|last|tap\d|stage\d_block\d_\w+?)(?:_pool)?)_(relu|norm)_")
_OLD_TAP = 48
_RIDGE = 3.0
_CROPS = 3000


def begun(path: Path, crops: Tensor, points: Tensor) -> FaceNetwork:
    """``crops``: (N, 3, S, S) from -1 to 1 of training faces; ``points``: (N, 136)."""
    network = FaceNetwork(crops.shape[2])
    network.eval()
    biases: dict[str, Tensor] = {}
    with torch.no_grad():
        for name, kernel, bias in weights_of(path):
            if name in ("pose", "spread"):
                _head(network.layers[name], kernel, bias)
            else:
                biases |= _convolution(network, name, kernel, bias)
        _statistics(network, biases, crops)
        _landmarks(network, crops, points)
    return network


def weights_of(path: Path) -> Iterator[tuple[str, NDArray[np.float32], NDArray[np.float32]]]:
    """Layer name, real kernel as stored and real bias of every operator with weights."""
    litert = importlib.import_module("ai_edge_litert.interpreter")
    kind = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = litert.Interpreter(model_path=str(path), experimental_op_resolver_type=kind)
    interpreter.allocate_tensors()
    details = {d["index"]: d for d in interpreter.get_tensor_details()}
    for op in interpreter._get_ops_details():
        if op["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            _, kernel, bias = (details[int(i)] for i in op["inputs"])
            result = details[int(op["outputs"][0])]["name"]
            dense = op["op_name"] == "FULLY_CONNECTED"
            name = re.findall(r"/(\w+?)_\d/MatMul", kernel["name"])[0] if dense else _name(result)
            yield name, _real(interpreter, kernel), _real(interpreter, bias)


def _name(result: str) -> str:
    found = _LAYER.search(result)
    if found is None:
        raise ValueError(f"{result}: no layer of the known network")
    return found[1]


def _real(interpreter: Any, detail: dict[str, Any]) -> NDArray[np.float32]:
    values = interpreter.get_tensor(detail["index"]).astype(np.float32)
    scales = detail["quantization_parameters"]["scales"]
    shape = [1] * values.ndim
    shape[detail["quantization_parameters"]["quantized_dimension"]] = -1
    return np.asarray(values * scales.reshape(shape), np.float32)


def _convolution(
    network: FaceNetwork, name: str, kernel: NDArray[np.float32], bias: NDArray[np.float32]
) -> dict[str, Tensor]:
    """Puts the kernel in place; the bias goes to the normalisation, by its name."""
    layers = network.layers
    layer = layers[name if name in layers else f"{name}_conv"]
    depthwise = layer.groups > 1
    order = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
    values = torch.from_numpy(kernel.transpose(order).copy())
    count = len(values)
    layer.weight[:count] = values
    norm = layers[f"{name}_norm"]
    norm.running_var.fill_(1.0 - EPSILON)
    norm.bias[:count] = torch.from_numpy(bias)
    return {f"{name}_norm": norm.bias.clone()}


def _head(layer: nn.Linear, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
    layer.weight.zero_()
    parts = ((0, LAST, LAST), (LAST, _OLD_TAP, TAP), (LAST + TAP, _OLD_TAP, TAP))
    read = 0
    for start, count, _ in parts:
        layer.weight[:, start : start + count] = torch.from_numpy(kernel[:, read : read + count])
        read += count
    layer.bias.copy_(torch.from_numpy(bias))


class _Watched(nn.Module):
    """A normalisation that keeps mean and mean square of what comes in, batch by batch.

    As it is not at rest itself, what it stands for is not folded into the weights before it.
    """

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.norm = norm
        self.seen: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        flat = x.transpose(0, 1).flatten(1)
        self.seen.append(torch.stack([flat.mean(1), (flat**2).mean(1)]))
        out: Tensor = self.norm(x)
        return out


def _statistics(network: FaceNetwork, biases: dict[str, Tensor], crops: Tensor) -> None:
    """Normalisation that does nothing, written as mean and variance of what comes in."""
    watched = {name: _Watched(network.layers[name]) for name in biases}
    network.layers.update(watched)
    for part in crops[:1024].split(64):
        network(part)
    network.layers.update({name: layer.norm for name, layer in watched.items()})
    for name, bias in biases.items():
        mean, square = torch.stack(watched[name].seen).mean(0)
        norm, variance = network.layers[name], (square - mean**2).clamp(min=1e-8)
        _evened(network, name.removesuffix("_norm"), variance)
        # The kernel now gives variance 1, so the gain gives back the old one.
        norm.running_mean.copy_(mean / variance.sqrt())
        norm.running_var.fill_(1.0)
        norm.weight.copy_((variance * (1.0 + EPSILON)).sqrt())
        norm.bias.copy_(bias + mean)


def _evened(network: FaceNetwork, name: str, variance: Tensor) -> None:
    layer = network.layers[name if name in network.layers else f"{name}_conv"]
    layer.weight /= variance.sqrt().view(-1, 1, 1, 1)


def _landmarks(network: FaceNetwork, crops: Tensor, points: Tensor) -> None:
    """Ridge regression of the landmarks on the features."""
    features = torch.cat([network.features(part) for part in crops.split(64)]).double()
    mean = features.mean(0)
    x, y = features - mean, points.double() - points.double().mean(0)
    normal = x.T @ x + _RIDGE * torch.eye(x.shape[1], dtype=torch.float64)
    kernel = torch.linalg.solve(normal, x.T @ y).T
    head = network.layers["landmarks"]
    head.weight.copy_(kernel)
    head.bias.copy_(points.double().mean(0) - kernel @ mean)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    paths = files_of(args.lessons, "real-1", strips=False)
    shelf = Shelf.read(paths, SHAPE, torch.device("cpu"))
    rows = shelf.rows(0, shelf.labels["points"].isfinite().all(dim=2).all(dim=1))
    rows = rows[:: max(1, len(rows) // _CROPS)]
    image, points = still_crops(shelf.take(rows))
    network = begun(args.model, image, points.flatten(1))
    torch.save(network.state_dict(), args.out)
    print(f"{args.out}: begins as {args.model.name}, statistics of {len(rows)} crops")


if __name__ == "__main__":
    main()
