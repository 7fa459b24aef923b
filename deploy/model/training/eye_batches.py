"""Batches for the eye network: strips cut from face crops and from rendered strips."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from deploy.model.architectures.eyes_torch import HEIGHT, WIDTH
from deploy.model.augment.batch_cover import hand, patch, sunglasses
from deploy.model.augment.batch_light import disturb_strip
from deploy.model.augment.batch_warp import Shift, in_units, moved, strip_affine, warp
from deploy.model.training.shelf import Draw

STRIP_SHAPE = (1, 64, 144)
CLIP = 2.5
HEAD_SCALE_DEG, HEAD_LIMIT = 60.0, 1.5
_HEAD_NOISE_DEG = 2.5
_CORNERS = [36, 45]
_EYES_AT = 0.43
"""Where the middle of an eye lies in the strip, -1 to 1 across; the corners are at 2/3."""
_LEAST_PX = 14.0
"""Corners closer together than this (a head in profile) show nothing of the eyes."""
_COVERS = ((0.06, patch), (0.08, sunglasses), (0.04, hand))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EyeBatch:
    """N strips (N, 1, H, W), normalised, with ``head`` (N, 2); labels as in ``Lessons``, gaze in
    units of 30°, iris from -1 to 1."""

    strip: Tensor
    head: Tensor
    gaze: Tensor
    gaze_weight: Tensor
    opening: Tensor
    opening_weight: Tensor
    closed: Tensor
    visible: Tensor
    iris: Tensor


GAZE_SCALE_DEG = 30.0


def eye_batch(draws: list[tuple[Draw, int]], beside: bool = True) -> EyeBatch:
    """So many strips from each shelf, each with its mirror image ``beside`` it, or one of both."""
    parts = [_part(draw.batch(count), Shift()) for draw, count in draws]
    rows = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    order = torch.randperm(len(rows["head"]), device=rows["head"].device)
    rows = {name: values[order] for name, values in rows.items()}
    grey, covered = _covered(rows["grey"])
    grey = disturb_strip(grey).clamp(0, 1)
    batch = EyeBatch(
        strip=normalised(grey),
        head=rows["head"] + torch.randn_like(rows["head"]) * _HEAD_NOISE_DEG / HEAD_SCALE_DEG,
        **_labels(rows, covered),
    )
    both = _half_mirrored(batch)
    return both if beside else _one_of_both(both)


def clean_strips(rows: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Strip and head inputs of a shelf's rows, as at run time."""
    part = _part(rows, None)
    return normalised(part["grey"]), part["head"]


def normalised(grey: Tensor) -> Tensor:
    """Mean and deviation of each strip taken out, clipped."""
    mean = grey.mean(dim=(1, 2, 3), keepdim=True)
    deviation = grey.std(dim=(1, 2, 3), keepdim=True, correction=0).clamp(min=2.0 / 255.0)
    return ((grey - mean) / deviation).clamp(-CLIP, CLIP)


def _part(rows: dict[str, Tensor], shift: Shift | None) -> dict[str, Tensor]:
    corners = rows["points"][:, _CORNERS]
    unclear = ~(corners.diff(dim=1)[:, 0, 0] >= _LEAST_PX)
    usual = corners.new_tensor([[60.0, 70.0], [100.0, 70.0]])
    corners = torch.where(unclear[:, None, None], usual, corners)
    affine = strip_affine(corners, HEIGHT, WIDTH, shift)
    grey = warp(_grey(rows["image"], shift is not None), affine, HEIGHT, WIDTH, "border") / 255.0
    iris = in_units(moved(rows["iris"].view(-1, 2, 2), affine), HEIGHT, WIDTH).flatten(1)
    r = rows["rotation"]
    angles = torch.stack(
        [torch.asin((-r[:, 0, 2]).clamp(-1, 1)), torch.atan2(r[:, 1, 2], r[:, 2, 2])], dim=1
    )
    head = torch.rad2deg(angles) / HEAD_SCALE_DEG
    return {
        "grey": grey,
        "head": head.clamp(-HEAD_LIMIT, HEAD_LIMIT),
        "gaze": rows["gaze"] / GAZE_SCALE_DEG,
        "gaze_weight": torch.where(unclear, 0.0, rows["gaze_weight"]),
        "opening": rows["opening"],
        "opening_weight": torch.where(unclear, 0.0, rows["opening_weight"]),
        "closed": torch.where(unclear[:, None], torch.nan, rows["closed"]),
        "visible": torch.where(unclear[:, None], torch.nan, rows["visible"]),
        "iris": iris,
    }


def _grey(image: Tensor, vary: bool) -> Tensor:
    """One channel of 1 or 3; with other weights at times, as cameras and lamps have."""
    if image.shape[1] == 1:
        return image
    weights = torch.tensor([0.299, 0.587, 0.114], device=image.device)
    weights = weights.expand(len(image), 3)
    if vary:
        other = torch.rand(len(image), 3, device=image.device) * torch.tensor(
            [1.0, 0.6, 0.3], device=image.device
        )
        other = other / other.sum(dim=1, keepdim=True)
        weights = torch.where(torch.rand(len(image), 1, device=image.device) < 0.4, other, weights)
    return torch.einsum("nchw,nc->nhw", image.float(), weights)[:, None]


def _covered(grey: Tensor) -> tuple[Tensor, Tensor]:
    """The strips with obstacles on some, and how far the left and right eye lie under them."""
    n, device = len(grey), grey.device
    points = torch.zeros(n, 68, 2, device=device)
    for start, x in ((36, -_EYES_AT), (42, _EYES_AT)):
        points[:, start : start + 6, 0] = x
    points[:, 36, 0], points[:, 45, 0] = -2 / 3, 2 / 3
    draw, low = torch.rand(n, device=device), 0.0
    covered = torch.zeros(n, 2, device=device)
    for chance, lay in _COVERS:
        rows = ((draw >= low) & (draw < low + chance)).nonzero()[:, 0]
        low += chance
        if len(rows):
            grey[rows], alpha = lay(grey[rows], points[rows])
            covered[rows] = _sides(alpha)
    return grey, covered


def _sides(alpha: Tensor) -> Tensor:
    """(N, 2): the cover's mean over the left and the right eye."""
    h, w = alpha.shape[2:]
    rows, reach = slice(h // 4, 3 * h // 4), w // 8
    middles = (w / 2 * (1 + _EYES_AT), w / 2 * (1 - _EYES_AT))
    parts = [alpha[:, 0, rows, int(m) - reach : int(m) + reach] for m in middles]
    return torch.stack([part.mean(dim=(1, 2)) for part in parts], dim=1)


def _labels(rows: dict[str, Tensor], covered: Tensor) -> dict[str, Tensor]:
    hidden, doubt = covered > 0.6, (covered > 0.2) & (covered <= 0.6)
    unsure = hidden | doubt
    visible = torch.where(hidden, 0.0, rows["visible"])
    seen = ~unsure.all(dim=1)
    return {
        "gaze": rows["gaze"],
        "gaze_weight": rows["gaze_weight"] * seen,
        "opening": torch.where(unsure, torch.nan, rows["opening"]),
        "opening_weight": rows["opening_weight"],
        "closed": torch.where(unsure, torch.nan, rows["closed"]),
        "visible": torch.where(doubt, torch.nan, visible),
        "iris": torch.where(unsure.repeat_interleave(2, dim=1), torch.nan, rows["iris"]),
    }


def _one_of_both(batch: EyeBatch) -> EyeBatch:
    """Of each strip and its mirror image one, by chance."""
    count = len(batch.head) // 2
    at = torch.arange(count, device=batch.head.device)
    at = at + count * torch.randint(2, (count,), device=at.device)
    return EyeBatch(**{field.name: getattr(batch, field.name)[at] for field in fields(EyeBatch)})


def mirrored_eyes(found: dict[str, Tensor]) -> dict[str, Tensor]:
    """What outputs or labels of the mirror image say of the image itself."""
    out = dict(found)
    signs = torch.tensor([-1.0, 1.0], device=found["gaze"].device)
    out["gaze"] = found["gaze"] * signs
    for name in ("opening", "closed", "visible"):
        out[name] = found[name].flip(1)
    out["iris"] = found["iris"][:, [2, 3, 0, 1]] * signs.repeat(2)
    return out


def mirrored_head(head: Tensor) -> Tensor:
    return head * torch.tensor([-1.0, 1.0], device=head.device)


def _half_mirrored(batch: EyeBatch) -> EyeBatch:
    """Each strip with its mirror image behind it, as for faces."""
    names = ("gaze", "opening", "closed", "visible", "iris")
    other = mirrored_eyes({name: getattr(batch, name) for name in names})
    both = {name: torch.cat([getattr(batch, name), other[name]]) for name in names}
    return EyeBatch(
        strip=torch.cat([batch.strip, batch.strip.flip(3)]),
        head=torch.cat([batch.head, mirrored_head(batch.head)]).clamp(-HEAD_LIMIT, HEAD_LIMIT),
        gaze_weight=batch.gaze_weight.repeat(2),
        opening_weight=batch.opening_weight.repeat(2),
        **both,
    )
