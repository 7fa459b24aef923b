"""What the eye network's training minimises; labels that are unknown weigh nothing."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from deploy.model.training.eye_batches import GAZE_SCALE_DEG, EyeBatch, mirrored_eyes

GAZE, SPREAD, OPENING, CLOSED, VISIBLE, IRIS, MIRROR = 2.0, 0.02, 1.0, 0.3, 0.1, 4.0, 0.3
UNSEEN_ERROR_DEG = 25.0
"""What the gaze's spread shall say where no eye is seen."""


def eye_loss(found: dict[str, Tensor], batch: EyeBatch, beside: bool = True) -> dict[str, Tensor]:
    """The terms by name, weighted. ``beside``: the second half are mirror images of the first."""
    apart = found["gaze"] - batch.gaze.nan_to_num()
    weight = batch.gaze_weight * batch.gaze.isfinite().all(dim=1)
    miss = functional.smooth_l1_loss(apart, torch.zeros_like(apart), reduction="none", beta=0.05)
    opening = (found["opening"] - batch.opening.nan_to_num()).abs()
    trust = batch.opening_weight[:, None] * batch.opening.isfinite()
    known = batch.iris.isfinite() & (batch.iris.abs() < 1.2)
    iris = (found["iris"] - batch.iris.nan_to_num()).abs()
    mirror = {"mirror": MIRROR * _mirror(found, weight)} if beside else {}
    return {
        "gaze": GAZE * (miss.sum(1) * weight).sum() / weight.sum().clamp(min=1e-6),
        "spread": SPREAD * _spread(apart, weight, found["gaze_spread"][:, 0], batch),
        "opening": OPENING * _mean(opening, trust),
        "closed": CLOSED * _known(found["closed"], batch.closed),
        "visible": VISIBLE * _known(found["visible"], batch.visible),
        "iris": IRIS * _mean(iris, known.float()),
    } | mirror


def _spread(apart: Tensor, weight: Tensor, spread: Tensor, batch: EyeBatch) -> Tensor:
    """Least where e^spread is the expected error in degrees; its error is cut from the gradient."""
    error = apart.detach().norm(dim=1) * GAZE_SCALE_DEG
    unseen = (batch.visible == 0).all(dim=1)
    error = torch.where(unseen, UNSEEN_ERROR_DEG, error)
    trust = torch.where(unseen, 0.5, weight)
    spread = spread.clamp(-2.0, 5.0)
    each = error * torch.exp(-spread) + spread
    return (each * trust).sum() / trust.sum().clamp(min=1e-6)


def _known(logits: Tensor, truth: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logits, truth.nan_to_num(), reduction="none")
    return _mean(each, truth.isfinite().float())


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1e-6)


def _mirror(found: dict[str, Tensor], weight: Tensor) -> Tensor:
    half = len(weight) // 2
    first = {name: values[:half] for name, values in found.items()}
    other = mirrored_eyes({name: values[half:] for name, values in found.items()})
    seen = (weight[:half] > 0).float()
    apart = (first["gaze"] - other["gaze"]).abs().mean(1)
    apart = apart + (first["opening"] - other["opening"]).abs().mean(1)
    return (apart * seen).sum() / seen.sum().clamp(min=1)
