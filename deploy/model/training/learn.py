"""Training on any device within a time: AdamW, warm-up and cosine by the clock, averaged weights.

    python -m deploy.model.training.learn face --lessons FOLDER --seconds 240 --out RUN
    python -m deploy.model.training.learn eyes --lessons FOLDER --images 500000 --out RUN

``--seconds`` ends the schedule at a time, ``--images`` at a count (the same on every machine).
``--weights FILE`` goes on from another run's ``average.pt``. RUN gets ``average.pt`` (weights),
``checkpoint.pt`` (to resume), ``log.csv`` and ``recipe.json``. ``torchrun`` before it lets several
processes learn one network (``peers``).
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from deploy.model.training.averaged import Averaged
from deploy.model.training.lesson_sets import EyeTask, FaceTask, Task
from deploy.model.training.peers import ALONE, Peers, joined
from deploy.model.training.recipe import Recipe, rate_at

Terms = dict[str, Tensor]
_LOG_EVERY_S = {"cuda": 20.0, "cpu": 300.0}
"""Judging costs a processor ten seconds."""
_SAVE_EVERY_S = 45.0


class Run:
    """One training: ``task`` gives network, batches and loss."""

    def __init__(
        self,
        recipe: Recipe,
        task: Task,
        out: Path,
        device: torch.device,
        peers: Peers = ALONE,
    ) -> None:
        self.recipe, self.task, self.out, self.device = recipe, task, out, device
        self.peers = peers
        torch.manual_seed(recipe.seed)
        self.network: nn.Module = task.network().to(device, memory_format=torch.channels_last)
        if recipe.weights:
            self.network.load_state_dict(torch.load(recipe.weights, map_location=device))
        task.beside = not recipe.alone
        self._frozen = _frozen(self.network, recipe.frozen)
        self.average = Averaged(self.network, recipe.average)
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
        torch.manual_seed(recipe.seed + 1000 * peers.rank + self.step)

    def progress(self) -> float:
        """The share of the run that is done."""
        if self.recipe.images:
            return self.images / self.recipe.images
        return self.spent / self.recipe.seconds

    @property
    def images(self) -> int:
        """Pictures seen by all."""
        return self.step * self.recipe.batch * self.peers.count

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
            self.spent = self._clock(start)
            if self.step % 10 == 0:
                count += 1
                for name, value in terms.items():
                    sums[name] = sums.get(name, 0.0) + float(value.detach())
            if self.spent - since > _LOG_EVERY_S[self.device.type] and count:
                if self.peers.first:
                    self._log({name: value / count for name, value in sums.items()})
                since, sums, count = self.spent, {}, 0
            if self.spent - saved > _SAVE_EVERY_S:
                saved = self.spent
                self.save()
        self.save()

    def _clock(self, start: float) -> float:
        """Seconds spent, the same for all: they end at one step."""
        spent = torch.tensor([time.monotonic() - start], dtype=torch.float64)
        self.peers.average([spent])
        return float(spent)

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
        self.peers.average([p.grad for p in self.network.parameters() if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.average.take(self.network, self.step, done)
        return terms

    def save(self) -> None:
        if not self.peers.first:
            return
        state = {name: value.cpu() for name, value in self.average.network.state_dict().items()}
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
        self.average.network.load_state_dict(torch.load(self.out / "average.pt"))
        print(f"resumes after {self.step} steps", flush=True)

    def _log(self, means: dict[str, float]) -> None:
        row: dict[str, Any] = {"seconds": round(self.spent, 1), "step": self.step}
        row |= {"images": self.images}
        row |= {name: round(value, 5) for name, value in means.items()}
        row |= self.task.judge(self.average.network)
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
    shown = ("real", "turned", "rendered", "foreign", "pairs")
    for name in ("seconds", "peak-rate", "weight-decay", "average", *shown):
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
    shares = {name: getattr(recipe, name) for name in shown}
    task = TASKS[args.task](args.lessons, recipe.only, shares, device)
    peers = joined()
    recipe = Recipe(**chosen, processes=peers.count, lessons=task.files)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    Run(recipe, task, args.out, device, peers).go()


if __name__ == "__main__":
    main()
