"""Several architectures under one equal budget: the table from which the shipped one is chosen.

    python -m deploy.model table --out out/model/table mobilenetv2-6d hopenet …

Same data, images seen, size, optimizer and augmentation for all. Choice is by validation faces;
the evaluation photos are not opened here.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from deploy.model.architectures import architecture
from deploy.model.architectures.macs import macs
from deploy.model.base.accuracy import accuracy
from deploy.model.base.estimates import estimate, from_outputs, open_model
from deploy.model.base.predict import predict
from deploy.model.data.crops import crops_of
from deploy.model.data.datasets import Samples
from deploy.model.evaluation.compare import latency_ms
from deploy.model.export.export import representative
from deploy.model.export.opcheck import operators
from deploy.model.export.quantise import int8_bytes
from deploy.model.training.train import Recipe, train

BUDGET = Recipe(size=48, width=0.35, images=200_192, epoch=50_048, warm_up=10_000, half_life=15_000)


def row_name(name: str, recipe: Recipe) -> str:
    """How a row is called: the architecture and the options tried with it."""
    tried = [
        f"consistency {recipe.consistency:g}" if recipe.consistency else "",
        f"style {recipe.style:g}" if recipe.style else "",
        "second opinion" if recipe.second_opinion else "",
    ]
    return " ".join([name, *filter(None, tried)])


def measure(
    name: str, recipe: Recipe, sources: Sequence[Samples], validation: Samples, out: Path
) -> dict[str, object]:
    """Trains one architecture and measures it, float and int8, on validation faces."""
    row = row_name(name, recipe)
    folder = out / row.replace(" ", "-")
    recipe = replace(recipe, architecture=name)
    network = train(recipe, sources, validation, folder)
    crops = crops_of(validation, recipe.size)
    outputs = predict(network, crops)
    found = from_outputs(outputs["pose"], outputs["spread"][:, 0])
    path = folder / "int8.tflite"
    path.write_bytes(int8_bytes(network, representative(list(sources), recipe.size)))
    quantised = estimate(open_model(path), crops)
    nodes = operators(path)
    exact = accuracy(found.rotation, validation.rotation)
    return {
        "architecture": row,
        "about": architecture(name).about,
        "images": recipe.epochs * recipe.steps * recipe.batch,
        "val_mean_error": round(exact.mean, 2),
        "val_standard_error": round(exact.error, 2),
        "val_geodesic": round(exact.geodesic, 2),
        "int8_mean_error": round(accuracy(quantised.rotation, validation.rotation).mean, 2),
        "million_macs": round(macs(network) / 1e6, 1),
        "int8_bytes": path.stat().st_size,
        "int8_ms_one_thread": round(float(np.median(latency_ms(path, 1))), 3),
        "operators_that_fall_back": sum(not (n.int8 and n.delegated) for n in nodes),
    }


def present(path: Path) -> set[str]:
    """Architectures that the table's CSV file has already."""
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as text:
        return {row["architecture"] for row in csv.DictReader(text)}


def add_row(path: Path, row: dict[str, object]) -> None:
    """Appends to the table's CSV file."""
    new = not path.is_file()
    with path.open("a", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)
