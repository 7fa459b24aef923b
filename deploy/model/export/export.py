"""From averaged weights to the shipped file: centred, int8, spread calibrated, card written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.architectures import architecture
from deploy.model.augment.example import Strength
from deploy.model.augment.occlusion import hidden
from deploy.model.base.accuracy import accuracy
from deploy.model.base.angles import geodesic_deg
from deploy.model.base.estimates import Estimates, estimate, open_model
from deploy.model.base.weights import read_values, restore
from deploy.model.data.crops import CROP_SCALE, crops_of
from deploy.model.data.datasets import Samples
from deploy.model.export.card import write_card
from deploy.model.export.centre import centre
from deploy.model.export.quantise import int8_bytes
from deploy.model.training.feed import Feed, shares_of

REPRESENTATIVE, HIDDEN = 600, 30


def trained(run: Path) -> tuple[keras.Model, dict[str, Any]]:
    """The network of a training folder with its averaged weights, and its recipe."""
    recipe: dict[str, Any] = json.loads((run / "recipe.json").read_text("utf-8"))
    network = architecture(recipe["architecture"]).build(recipe["size"], recipe["width"])
    restore(network, read_values(run / "average.npz")["weights"])
    return network, recipe


def finished(run: Path, validation: Samples) -> tuple[keras.Model, dict[str, Any]]:
    """``trained``, with its mean turn on validation faces taken out: what is to be converted."""
    network, recipe = trained(run)
    if architecture(recipe["architecture"]).head == "rotation6d":
        centre(network, crops_of(validation, recipe["size"]), validation.rotation)
    return network, recipe


def export(run: Path, training: list[Samples], validation: Samples, out: Path) -> None:
    """Writes ``out`` (.tflite) and its card from a training folder."""
    network, recipe = finished(run, validation)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(int8_bytes(network, representative(training, recipe["size"])))
    found = estimate(open_model(out), crops_of(validation, recipe["size"]))
    calibration = calibrate(found, validation.rotation)
    write_card(
        out,
        name=f"{recipe['architecture']} ×{recipe['width']:g} at {recipe['size']} px",
        size=recipe["size"],
        crop_scale=CROP_SCALE,
        head=architecture(recipe["architecture"]).head,
        spread=calibration,
        recipe=recipe,
        accuracy={"validation": accuracy(found.rotation, validation.rotation).rounded()},
    )


def representative(training: list[Samples], size: int) -> NDArray[np.uint8]:
    """Crops that set the int8 ranges: training faces, a tenth without a face, some hidden.

    Without the latter two the spread of int8 saturates just where it should say "no face".
    """
    feed = Feed(
        training,
        shares_of(training),
        size=size,
        batch=REPRESENTATIVE,
        steps=1,
        strength=Strength(photometry=False),
        absent=0.1,
    )
    image, _ = feed[0]
    crops = np.asarray(np.rint((image + 1.0) * 127.5), np.uint8)
    rng = np.random.default_rng(0)
    return np.concatenate([crops, [hidden(crop, rng) for crop in crops[:HIDDEN]]])


def calibrate(found: Estimates, truth: NDArray[np.floating]) -> dict[str, float]:
    """Scale and offset so that exp(scale · spread + offset) is the expected error in degrees.

    The least Laplace likelihood err / e^s + s over a small grid, on validation faces.
    """
    error = geodesic_deg(found.rotation, truth)
    best = (math.inf, 1.0, 0.0)
    for scale in np.arange(0.5, 2.01, 0.05):
        shape = scale * found.spread
        offset = math.log(float(np.mean(error * np.exp(-shape))))
        loss = float(np.mean(error * np.exp(-shape - offset) + shape + offset))
        best = min(best, (loss, float(scale), offset))
    return {"scale": round(best[1], 3), "offset": round(best[2], 3)}
