"""Where training begins: nothing, another training, or ImageNet; and what of it stays fixed."""

from __future__ import annotations

from pathlib import Path

import keras

from deploy.model.weights import read_values, restore

_IMAGENET_WIDTHS = (0.35, 0.5, 0.75, 1.0)


def begin(network: keras.Model, weights: str, width: float) -> None:
    """``weights``: ``none``, ``imagenet``, or an ``average.npz`` of an earlier training."""
    if weights == "none":
        return
    if weights == "imagenet":
        _imagenet(network, width)
        return
    path = Path(weights)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such weights; expected average.npz of a training")
    restore(network, read_values(path)["weights"])


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
