"""Training on any device within a time: AdamW, warm-up and cosine by the clock, averaged weights.

    python -m deploy.model.training.learn face --lessons FOLDER --seconds 240 --out RUN
    python -m deploy.model.training.learn eyes --lessons FOLDER --images 500000 --out RUN

``--seconds`` ends the schedule at a time, ``--images`` at a count (the same on every machine).
``--weights FILE`` goes on from another run's ``average.pt``. RUN gets ``average.pt`` (weights),
``checkpoint.pt`` (to resume), ``log.csv`` and ``recipe.json``.
"""

from __future__ import annotations

import argparse
import copy
import csv
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from deploy.model.training.lesson_sets import EyeTask, FaceTask, Task

Terms = dict[str, Tensor]
_LOG_EVERY_S = {"cuda": 20.0, "cpu": 180.0}
"""Judging costs a processor several seconds."""
_SAVE_EVERY_S = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What decides a run. ``batch``: pictures a step; ``alone``: without the mirror image beside
    each (half the work a picture); ``frozen``: layers whose names begin so, by commas, stay as they
    are; ``steady``: normalisation keeps the statistics it has (in short runs of small batches they
    lag behind the weights); ``half``: products in bfloat16, as on a GPU always (a processor with
    avx512_bf16 learns twice as fast); ``average``: half-life of averaged weights, share of the run;
    ``only``: lesson files whose names begin so; ``real``, ``turned``, ``rendered``: shares of what
    is seen; ``foreign``: of faces through a random filter."""

    task: str
    seconds: float = 0.0
    images: int = 0
    batch: int = 384
    peak_rate: float = 3e-3
    weight_decay: float = 0.03
    warm_up: float = 0.04
    average: float = 0.03
    seed: int = 1
    weights: str = ""
    alone: bool = False
    frozen: str = ""
    steady: bool = False
    half: bool = False
    only: str = ""
    real: float = 0.5
    turned: float = 0.2
    rendered: float = 0.3
    foreign: float = 0.0
    lessons: list[str] = field(default_factory=list)


class Run:
    """One training: ``task`` gives network, batches and loss."""

    def __init__(self, recipe: Recipe, task: Task, out: Path, device: torch.device) -> None:
        self.recipe, self.task, self.out, self.device = recipe, task, out, device
        torch.manual_seed(recipe.seed)
        self.network: nn.Module = task.network().to(device, memory_format=torch.channels_last)
        if recipe.weights:
            self.network.load_state_dict(torch.load(recipe.weights, map_location=device))
        task.beside = not recipe.alone
        self._frozen = _frozen(self.network, recipe.frozen)
        self.average = copy.deepcopy(self.network).eval()
        plain = [p for p in self.network.parameters() if p.requires_grad and p.ndim < 2]
        heavy = [p for p in self.network.parameters() if p.requires_grad and p.ndim >= 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": heavy, "weight_decay": recipe.weight_decay},
             {"params": plain, "weight_decay": 0.0}],
            lr=recipe.peak_rate,
            fused=device.type == "cuda",
        )  # fmt: skip
        self.step, self.spent = 0, 0.0
        self._resume()

    def progress(self) -> float:
        """The share of the run that is done."""
        if self.recipe.images:
            return self.step * self.recipe.batch / self.recipe.images
        return self.spent / self.recipe.seconds

    def go(self) -> None:
        """Trains to the end of the schedule."""
        self.network.train()
        for layer in self.network.modules():
            if layer in self._frozen or (self.recipe.steady and isinstance(layer, nn.BatchNorm2d)):
                layer.eval()
        start, since, saved = time.monotonic() - self.spent, 0.0, self.spent
        sums: dict[str, float] = {}
        count = 0
        while (done := self.progress()) < 1.0:
            terms = self._train_step(done)
            self.spent = time.monotonic() - start
            if self.step % 10 == 0:
                count += 1
                for name, value in terms.items():
                    sums[name] = sums.get(name, 0.0) + float(value.detach())
            if self.spent - since > _LOG_EVERY_S[self.device.type] and count:
                self._log({name: value / count for name, value in sums.items()})
                since, sums, count = self.spent, {}, 0
            if self.spent - saved > _SAVE_EVERY_S:
                saved = self.spent
                self.save()
        self.save()

    def _train_step(self, done: float) -> Terms:
        rate = self.recipe.peak_rate * rate_at(done, self.recipe.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        half = self.recipe.half or self.device.type == "cuda"
        with torch.no_grad():
            batch = self.task.batch(self.recipe.batch)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            found = self.task.run(self.network, batch)
        terms = self.task.loss({name: value.float() for name, value in found.items()}, batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss: Any = sum(terms.values())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        if self.step % 4 == 0:
            self._average(done)
        return terms

    @torch.no_grad()
    def _average(self, done: float) -> None:
        steps = self.step / max(done, 1e-6)
        half_life = max(1.0, min(self.recipe.average * steps, self.step / 8))
        keep = 0.5 ** (4.0 / half_life)
        mine, theirs = self.average.state_dict(), self.network.state_dict()
        means = [value for value in mine.values() if value.is_floating_point()]
        news = [theirs[name] for name, value in mine.items() if value.is_floating_point()]
        torch._foreach_lerp_(means, news, 1.0 - keep)

    def save(self) -> None:
        state = {name: value.cpu() for name, value in self.average.state_dict().items()}
        _write(state, self.out / "average.pt")
        checkpoint = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "spent": self.spent,
        }
        _write(checkpoint, self.out / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.out / "checkpoint.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.spent = state["step"], state["spent"]
        self.average.load_state_dict(torch.load(self.out / "average.pt"))
        print(f"resumes after {self.step} steps", flush=True)

    def _log(self, means: dict[str, float]) -> None:
        row: dict[str, Any] = {"seconds": round(self.spent, 1), "step": self.step}
        row |= {"images": self.step * self.recipe.batch}
        row |= {name: round(value, 5) for name, value in means.items()}
        row |= self.task.judge(self.average)
        path = self.out / "log.csv"
        new = not path.is_file()
        with path.open("a", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(self.recipe.task, " ".join(f"{k} {v}" for k, v in row.items()), flush=True)


def _frozen(network: nn.Module, starts: str) -> list[nn.Module]:
    """The layers that shall not learn, told so."""
    names = tuple(name for name in starts.split(",") if name)
    layers = network.get_submodule("layers").named_children()
    chosen = [layer for name, layer in layers if names and name.startswith(names)]
    for layer in chosen:
        layer.requires_grad_(False)
    return chosen


def rate_at(done: float, warm_up: float) -> float:
    """The rate's share of its peak: a straight rise, then a cosine to a hundredth."""
    if done < warm_up:
        return max(done / warm_up, 0.02)
    rest = (done - warm_up) / (1.0 - warm_up)
    return 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(rest, 1.0)))


def _write(state: Any, path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.rename(path)


TASKS: dict[str, Callable[..., Task]] = {"face": FaceTask, "eyes": EyeTask}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("--lessons", type=Path, required=True, help="folder of packed lessons")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    for name in ("seconds", "peak-rate", "average", "real", "turned", "rendered", "foreign"):
        parser.add_argument(f"--{name}", type=float)
    for name in ("images", "batch", "seed"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--weights")
    for name in ("alone", "steady", "half"):
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--frozen", help="layers that do not learn, by commas")
    parser.add_argument("--only", help="files whose names begin with one of these, by commas")
    args = parser.parse_args()
    named = set(Recipe.__dataclass_fields__) - {"lessons"}
    chosen = {name: value for name, value in vars(args).items() if name in named and value}
    device = torch.device(args.device)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
    recipe = Recipe(**chosen)
    shares = {"real": recipe.real, "turned": recipe.turned}
    shares |= {"rendered": recipe.rendered, "foreign": recipe.foreign}
    task = TASKS[args.task](args.lessons, recipe.only, shares, device)
    recipe = Recipe(**chosen, lessons=task.files)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    Run(recipe, task, args.out, device).go()


if __name__ == "__main__":
    main()
