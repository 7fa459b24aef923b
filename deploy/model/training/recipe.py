"""What decides a training, and its rate along the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What decides a run. ``batch``: pictures a step and process; ``alone``: without the mirror
    image beside each (half the work a picture); ``frozen``: layers whose names begin so, by commas,
    stay as they are; ``steady``: normalisation keeps the statistics it has (two fifths less work,
    and in short runs of small batches they lag behind the weights); ``half``: products in bfloat16,
    as on a GPU always (a processor with avx512_bf16 learns twice as fast); ``average``: half-life
    of averaged weights, share of the run; ``only``: lesson files whose names begin so; ``real``,
    ``turned``, ``rendered``: shares of what is seen; ``foreign``: of faces through a random filter;
    ``pairs``: of faces in pairs of one pose, which must agree; ``processes``: that learn together.
    """

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
    pairs: float = 0.0
    processes: int = 1
    lessons: list[str] = field(default_factory=list)


def rate_at(done: float, warm_up: float) -> float:
    """The rate's share of its peak: a straight rise, then a cosine to a hundredth."""
    if done < warm_up:
        return max(done / warm_up, 0.02)
    rest = (done - warm_up) / (1.0 - warm_up)
    return 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(rest, 1.0)))
