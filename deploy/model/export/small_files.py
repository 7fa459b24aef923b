"""The face and the eye network as shipped: int8 files with cards, from averaged weights.

    python -m deploy.model.export.small_files face RUN/average.pt --lessons FOLDER --out FILE.tflite

Ranges are set by training pictures; what is calibrated is found on validation pictures, photos
for the research weights, held-out rendered people for the clean ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

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
    recipe = args.weights.with_name("recipe.json")
    told = json.loads(recipe.read_text("utf-8")) if recipe.is_file() else {}
    clean = "clean" in args.out.stem
    card = told_of(args.out, args.task, clean) | own | {"recipe": told, "commit": commit()}
    path, measured = args.out.with_suffix(".json"), {}
    if args.card_only and path.is_file():
        measured = json.loads(path.read_text("utf-8")).get("accuracy", {})
    text = json.dumps(card | {"accuracy": measured}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(own))


if __name__ == "__main__":
    main()
