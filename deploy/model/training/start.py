"""Where training begins: nothing, another training, or ImageNet; and what of it stays fixed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.architectures import architecture
from deploy.model.base.weights import read_values, restore

_IMAGENET_WIDTHS = (0.35, 0.5, 0.75, 1.0)


def begin(network: keras.Model, weights: str, width: float) -> None:
    """``weights``: ``none``, ``imagenet``, or an ``average.npz`` of an earlier training, also of
    another architecture (``graft``)."""
    if weights == "none":
        return
    if weights == "imagenet":
        _imagenet(network, width)
        return
    path = Path(weights)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such weights; expected average.npz of a training")
    values = read_values(path)["weights"]
    if (donor := _other_architecture(path, network)) is None:
        restore(network, values)
        return
    restore(donor, values)
    graft(donor, network)


def _other_architecture(path: Path, network: keras.Model) -> keras.Model | None:
    """The network whose weights these are, where its recipe says that it is another one."""
    recipe = path.with_name("recipe.json")
    if not recipe.is_file():
        return None
    told = json.loads(recipe.read_text("utf-8"))
    donor = architecture(told["architecture"]).build(told["size"], told["width"])
    return None if donor.name == network.name else donor


def graft(donor: keras.Model, network: keras.Model) -> list[str]:
    """Takes over every layer of the same name; the names of those that stay as they began.

    A dense layer that reads more features than the donor's begins with zeros for the new ones, so
    where all else is the same the network begins by saying what the donor said.
    """
    own = []
    for layer in (layer for layer in network.layers if layer.weights):
        try:
            given = donor.get_layer(layer.name).get_weights()
        except ValueError:
            own.append(layer.name)
            continue
        layer.set_weights([_widened(g, w.shape) for g, w in zip(given, layer.weights, strict=True)])
    return own


def _widened(values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if values.shape[1:] != tuple(shape)[1:] or len(values) > shape[0]:
        raise ValueError(f"weights of {values.shape} do not begin a layer of {tuple(shape)}")
    wide = np.zeros(shape, values.dtype)
    wide[: len(values)] = values
    return wide


def freeze(network: keras.Model, what: str) -> None:
    """``none``; ``base``: only the heads learn; ``last-N``: the heads and the last N blocks learn.

    Normalisation in the frozen part keeps its statistics too.
    """
    if what == "none":
        return
    names = [layer.name for layer in network.layers]
    blocks = list(dict.fromkeys(n.rsplit("_", 1)[0] for n in names if n.endswith("_project")))
    if what == "base":
        first = next(i for i, n in enumerate(names) if n in ("last_conv", "mean"))
    elif what.startswith("last-") and 1 <= int(what[5:]) <= len(blocks):
        first = next(i for i, n in enumerate(names) if n.startswith(blocks[-int(what[5:])]))
    else:
        raise ValueError(f"freeze {what!r}: expected none, base or last-1 … last-{len(blocks)}")
    for layer in network.layers[:first]:
        layer.trainable = False


def _imagenet(network: keras.Model, width: float) -> None:
    """Keras's published MobileNetV2 weights, layer after layer; its trunk is ours."""
    if width not in _IMAGENET_WIDTHS or "stem_conv" not in {x.name for x in network.layers}:
        raise ValueError(
            f"ImageNet weights exist for MobileNetV2 of widths {_IMAGENET_WIDTHS}, not {width:g}"
        )
    try:
        donor = keras.applications.MobileNetV2(alpha=width, include_top=False, weights="imagenet")
    except Exception as error:
        raise OSError(
            "ImageNet weights could not be had (they are downloaded from storage.googleapis.com): "
            f"{error}; go on with --weights none, or put the file into ~/.keras/models"
        ) from error
    transplant(donor, network)


def transplant(donor: keras.Model, network: keras.Model) -> int:
    """Copies the weights of like layers in order, up to the last block; how many layers."""
    ours = [x for x in network.layers if x.weights and x.name.startswith(("stem", "stage"))]
    theirs = [x for x in donor.layers if x.weights][: len(ours)]
    for mine, other in zip(ours, theirs, strict=True):
        mine.set_weights(other.get_weights())
    return len(ours)
