"""Runs that began at the same weights and differ by their seeds, averaged weight by weight.

    python -m deploy.model.export.mean_weights RUN-1 RUN-2 --out RUN
    python -m deploy.model.export.mean_weights RUN --start 0.4 --out RUN

The mean errs less than either where each learned its lessons' chances too (Wortsman et al., "Model
soups", ICML 2022), at no cost at run time. ``--start``: the share of the weights that the first run
began at, which keeps what a fine pass would forget (Wortsman et al., "Robust fine-tuning of
zero-shot models", CVPR 2022). OUT gets ``average.pt`` and ``recipe.json``: that of the first run
with the seeds of all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from deploy.model.export.small_files import recipe_of


def mean_state(states: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Counts stay those of the first."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0)
        if value.is_floating_point()
        else value
        for name, value in states[0].items()
    }


def mixed(state: dict[str, Tensor], start: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """``share`` of the start, the rest of the state; counts stay the state's."""
    return {
        name: torch.lerp(value, start[name], share) if value.is_floating_point() else value
        for name, value in state.items()
    }


def mean_recipe(recipes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The first with all seeds; ``seen``: of all runs together."""
    seeds = [recipe.get("seed") for recipe in recipes]
    return recipes[0] | {"seed": seeds, "seen": sum(recipe.get("seen", 0) for recipe in recipes)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="folders with average.pt")
    parser.add_argument("--start", type=float, default=0.0, help="share of what the first began at")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    weights = [run / "average.pt" for run in args.runs]
    args.out.mkdir(parents=True, exist_ok=True)
    state = mean_state([torch.load(path) for path in weights])
    recipe = mean_recipe([recipe_of(path) for path in weights])
    if args.start:
        told = json.loads((args.runs[0] / "recipe.json").read_text("utf-8"))
        state = mixed(state, torch.load(told["weights"]), args.start)
        recipe |= {"start_share": args.start}
    torch.save(state, args.out / "average.pt")
    (args.out / "recipe.json").write_text(json.dumps(recipe, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
