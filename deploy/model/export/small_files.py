"""The face and the eye network as shipped: int8 files with cards, from averaged weights.

    python -m deploy.model.export.small_files face RUN/average.pt --lessons FOLDER --out FILE.tflite

Ranges are set by training pictures; what is calibrated is found on validation pictures, photos
for the research weights, held-out rendered people for the clean ones.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import torch

from deploy.model.export.card import commit
from deploy.model.export.eyes_file import eyes_card, eyes_file
from deploy.model.export.face_file import face_card, face_file
from deploy.model.export.licences import told_of


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=("face", "eyes"))
    parser.add_argument("weights", type=Path, help="average.pt of a run, recipe.json beside it")
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--only", default="", help="as in training: which packed files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--card-only", action="store_true", help="the file stays as it is")
    args = parser.parse_args()
    make, tell = {"face": (face_file, face_card), "eyes": (eyes_file, eyes_card)}[args.task]
    if not args.card_only:
        state = {name: value.numpy() for name, value in torch.load(args.weights).items()}
        make(state, args.lessons, args.only, args.out)
    own = tell(args.out, args.lessons, args.only)
    told = recipe_of(args.weights)
    clean = "clean" in args.out.stem
    card = told_of(args.out, args.task, clean) | own | {"recipe": told, "commit": commit()}
    path, measured = args.out.with_suffix(".json"), {}
    if args.card_only and path.is_file():
        measured = json.loads(path.read_text("utf-8")).get("accuracy", {})
    text = json.dumps(card | {"accuracy": measured}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(own))


def recipe_of(weights: Path) -> dict[str, Any]:
    """The recipe beside a run's weights, that of the weights it began at within it, and how many
    pictures it saw; empty where none is told."""
    path, log = weights.with_name("recipe.json"), weights.with_name("log.csv")
    if not path.is_file():
        return {}
    recipe: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if isinstance(begun := recipe.get("weights"), str) and begun:
        recipe["weights"] = recipe_of(Path(begun)) or Path(begun).name
    if log.is_file():
        with log.open(encoding="utf-8", newline="") as text:
            recipe["seen"] = max((int(row["images"]) for row in csv.DictReader(text)), default=0)
    return recipe


if __name__ == "__main__":
    main()
