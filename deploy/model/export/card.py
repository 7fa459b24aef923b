"""The model card: what a shipped file is, how it was made, and what was measured of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

LICENCE = (
    "Weights: research and evaluation use. They were learned from photos of public research "
    "collections (MTFL, AFLW, LFW, YouTube Faces, YawDD and others) whose terms allow research "
    "only. Train on your own photos (deploy/model/README.md) for weights free of those terms."
)
DATA = (
    "25 877 face crops of seven public research collections with consensus pseudo-labels of three "
    "estimators, and 20 000 crops made from a part of them by face profiling (deploy/model/"
    "profile_pool.py) out to 90 degrees of yaw and 48 of pitch; in the fine-tune each label is "
    "averaged with the 3D fit of its photo's mesh. The labels' pitch is raised by 0.3 degrees "
    "(deploy/model/labels/label_zero.py). Validation: 2 020 crops of other people: "
    "stopping, crop scale, spread calibration and the mean turn are chosen there. Nothing of the "
    "evaluation photos was used to train, select or calibrate."
)


def write_card(
    model: Path,
    *,
    name: str,
    size: int,
    crop_scale: float,
    head: str,
    spread: dict[str, float],
    recipe: dict[str, Any],
    accuracy: dict[str, Any],
) -> Path:
    """Writes ``model``'s card beside it; returns its path."""
    content = model.read_bytes()
    card = {
        "name": name,
        "file": model.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "input": {"size": size, "crop_scale": crop_scale},
        "head": head,
        "spread": spread,
        "quantisation": "full int8, weights per channel, post-training; input and outputs int8",
        "data": DATA,
        "licence": LICENCE,
        "recipe": recipe,
        "commit": commit(),
        "accuracy": accuracy,
    }
    path = model.with_suffix(".json")
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def add_accuracy(model: Path, accuracy: dict[str, Any]) -> None:
    """Puts measured numbers into the card of ``model``."""
    path = model.with_suffix(".json")
    card = json.loads(path.read_text("utf-8"))
    card["accuracy"] = card.get("accuracy", {}) | accuracy
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def commit() -> str:
    """The commit of the code that makes the model; empty outside a checkout."""
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
