"""The two tasks: which packed files they learn from, their network, batches, loss and judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from deploy.model.architectures.eyes_torch import EyesNetwork
from deploy.model.architectures.face_torch import FaceNetwork
from deploy.model.augment.batch_warp import face_affine, in_units, moved, warp
from deploy.model.augment.example import Strength
from deploy.model.data.lessons import REAL, RENDERED, TURNED
from deploy.model.training.eye_batches import (
    GAZE_SCALE_DEG,
    STRIP_SHAPE,
    EyeBatch,
    clean_strips,
    eye_batch,
    mirrored_eyes,
    mirrored_head,
)
from deploy.model.training.eye_loss import eye_loss
from deploy.model.training.face_batches import SHAPE, FaceBatch, Looks, face_batch
from deploy.model.training.face_loss import face_loss, geodesic, rotation_from_6d
from deploy.model.training.shelf import Draw, Shelf

CROP_SCALE = 1.4
SIZE = 112
_STILL = Strength(crop_scale=CROP_SCALE, scale=0.0, shift=0.0, rotate_deg=0.0)


class Task(Protocol):
    files: list[str]
    beside: bool
    """Whether each picture of a batch has its mirror image beside it."""

    def network(self) -> nn.Module: ...
    def batch(self, count: int) -> Any: ...
    def run(self, network: nn.Module, batch: Any) -> dict[str, Tensor]: ...
    def loss(self, found: dict[str, Tensor], batch: Any) -> dict[str, Tensor]: ...
    def judge(self, network: nn.Module) -> dict[str, float]: ...


def files_of(folder: Path, only: str, strips: bool) -> list[Path]:
    """The packed files of a folder whose names begin as ``only`` says (by commas; all if empty);
    those of eye strips have "eyes" in their names."""
    starts = tuple(only.split(",")) if only else ("",)
    paths = sorted(path for path in folder.glob("*.npz") if path.name.startswith(starts))
    return [path for path in paths if ("eyes" in path.name) == strips]


class FaceTask:
    beside = True

    def __init__(
        self, folder: Path, only: str, shares: dict[str, float], device: torch.device
    ) -> None:
        paths = files_of(folder, only, strips=False)
        if not paths:
            raise FileNotFoundError(f"{folder}: no packed face crops (*.npz)")
        self.files = [path.name for path in paths]
        self.shelf = Shelf.read(paths, SHAPE, device)
        self.draw = Draw(self.shelf, origins(shares))
        self.strength = Strength(foreign=shares.get("foreign", 0.0))
        self.pairs = shares.get("pairs", 0.0)
        origin = self.shelf.labels["origin"]
        self._judged = {
            name: self.shelf.rows(1, origin == kind)[:: max(1, len(origin) // 40_000)]
            for name, kind in (("val", REAL), ("render", RENDERED))
        }

    def network(self) -> nn.Module:
        return FaceNetwork()

    def batch(self, count: int) -> FaceBatch:
        return face_batch(self.draw, count, SIZE, self.strength, self._looks(count))

    def _looks(self, count: int) -> Looks:
        return Looks(beside=self.beside, pairs=int(count * self.pairs) // 2)

    def run(self, network: nn.Module, batch: FaceBatch) -> dict[str, Tensor]:
        found: dict[str, Tensor] = network(
            batch.image.contiguous(memory_format=torch.channels_last)
        )
        return found

    def loss(self, found: dict[str, Tensor], batch: FaceBatch) -> dict[str, Tensor]:
        count = len(batch.image) // (2 if self.beside else 1)
        return face_loss(found, batch, self._looks(count))

    @torch.no_grad()
    def judge(self, network: nn.Module) -> dict[str, float]:
        """Geodesic error and landmark error (share of the eye distance) on held-out faces."""
        out: dict[str, float] = {}
        for name, rows in self._judged.items():
            if not len(rows):
                continue
            angles, misses = [], []
            for part in rows.split(512):
                angle, miss = self._errors(network, self.shelf.take(part))
                angles.append(angle)
                misses.append(miss)
            out[f"{name}_deg"] = round(float(torch.cat(angles).mean()), 3)
            out[f"{name}_points"] = round(float(torch.cat(misses).nanmean()), 4)
        return out

    def _errors(self, network: nn.Module, rows: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        image, points = still_crops(rows)
        found = network(image.contiguous(memory_format=torch.channels_last))
        rotation = rotation_from_6d(found["pose"].float())
        angle = torch.rad2deg(geodesic(rotation, rows["rotation"]))
        miss = (found["landmarks"].float().view(-1, 68, 2) - points).norm(dim=2).mean(dim=1)
        eyes = (points[:, 36] - points[:, 45]).norm(dim=1).clamp(min=0.25)
        return angle, miss / eyes


def still_crops(rows: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """A shelf's rows as the device would cut them: crops (N, 3, S, S) and points (N, 68, 2)."""
    zero = torch.zeros(len(rows["box"]), device=rows["box"].device)
    affine = face_affine(rows["box"], SIZE, _STILL, zero)
    image = warp(rows["image"], affine, SIZE, SIZE) / 127.5 - 1
    return image, in_units(moved(rows["points"], affine), SIZE, SIZE)


class EyeTask:
    beside = True

    def __init__(
        self, folder: Path, only: str, shares: dict[str, float], device: torch.device
    ) -> None:
        faces, strips = (files_of(folder, only, strips=kind) for kind in (False, True))
        if not faces and not strips:
            raise FileNotFoundError(f"{folder}: no packed lessons (*.npz)")
        self.files = [path.name for path in (*faces, *strips)]
        kinds = origins(shares) | {TURNED: 0.0}
        self.shelves = [
            Shelf.read(paths, shape, device)
            for paths, shape in ((faces, SHAPE), (strips, STRIP_SHAPE))
            if paths
        ]
        self._draws = [(Draw(shelf, _held(shelf, kinds)), shelf) for shelf in self.shelves]
        self._parts = self._split(kinds)

    def _split(self, kinds: dict[int, float]) -> list[float]:
        """Each shelf's part of a batch: renders by their number, photos by their share."""
        counts = [
            {kind: len(s.rows(0, s.labels["origin"] == kind)) for kind in (REAL, RENDERED)}
            for s in self.shelves
        ]
        parts = []
        for count in counts:
            part = 0.0
            for kind in (REAL, RENDERED):
                whole = sum(c[kind] for c in counts)
                part += kinds[kind] * count[kind] / max(whole, 1)
            parts.append(part)
        return [part / sum(parts) for part in parts]

    def network(self) -> nn.Module:
        return EyesNetwork()

    def batch(self, count: int) -> EyeBatch:
        first = round(count * self._parts[0])
        counts = [first, count - first][: len(self._draws)]
        return eye_batch(
            [(draw, n) for (draw, _), n in zip(self._draws, counts, strict=True) if n > 0],
            self.beside,
        )

    def run(self, network: nn.Module, batch: EyeBatch) -> dict[str, Tensor]:
        found: dict[str, Tensor] = network(batch.strip, batch.head)
        return found

    def loss(self, found: dict[str, Tensor], batch: EyeBatch) -> dict[str, Tensor]:
        return eye_loss(found, batch, self.beside)

    @torch.no_grad()
    def judge(self, network: nn.Module) -> dict[str, float]:
        """Gaze error in degrees on held-out eyes that can be seen, by origin."""
        errors: dict[str, list[Tensor]] = {}
        for shelf in self.shelves:
            origin = shelf.labels["origin"]
            clear = (shelf.labels["gaze_weight"] > 0.5) & (shelf.yaw_deg.abs() < 45)
            clear &= shelf.labels["points"][:, [36, 45]].isfinite().all(dim=2).all(dim=1)
            for name, kind in (("val", REAL), ("render", RENDERED)):
                held = shelf.rows(1, clear & (origin == kind))[:2048]
                for part in held.split(1024) if len(held) else ():
                    rows = shelf.take(part)
                    gaze = _both_ways(network, *clean_strips(rows))["gaze"] * GAZE_SCALE_DEG
                    errors.setdefault(name, []).append((gaze - rows["gaze"]).norm(dim=1))
        return {
            f"{name}_gaze_deg": round(float(torch.cat(parts).mean()), 3)
            for name, parts in errors.items()
        }


def _both_ways(network: nn.Module, strip: Tensor, head: Tensor) -> dict[str, Tensor]:
    """The mean of the image and its mirror image."""
    plain = network(strip, head)
    other = mirrored_eyes(network(strip.flip(3), mirrored_head(head)))
    return {name: (plain[name] + other[name]) / 2 for name in plain}


def _held(shelf: Shelf, kinds: dict[int, float]) -> dict[int, float]:
    origin = shelf.labels["origin"]
    return {k: share for k, share in kinds.items() if share and bool((origin == k).any())}


def origins(shares: dict[str, float]) -> dict[int, float]:
    return {REAL: shares["real"], TURNED: shares["turned"], RENDERED: shares["rendered"]}
