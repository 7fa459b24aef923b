"""The networks by name. Each is a function (size, width) → keras.Model.

Input ``image``: (size, size, 3), RGB, -1 to 1. Outputs: ``pose`` (6: rotation columns; or 3:
angles / 90), ``spread`` (1: ln of the expected error in degrees) and, for training only,
``points`` (204: 68 mesh landmarks x, y, z in crop units), ``bins`` (198: 3 × 66 logits of
HopeNet), ``place`` (3: x, y and size of the face in the crop).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the PyTorch networks train where there is no Keras
    import keras

Builder = Callable[[int, float], "keras.Model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """One entry of the registry. ``head``: how ``pose`` is to be read."""

    name: str
    build: Builder
    head: str
    about: str


_REGISTRY: dict[str, Architecture] = {}


def register(name: str, *, head: str, about: str) -> Callable[[Builder], Builder]:
    def add(build: Builder) -> Builder:
        _REGISTRY[name] = Architecture(name=name, build=build, head=head, about=about)
        return build

    return add


def architecture(name: str) -> Architecture:
    """The entry of that name; ValueError names those there are."""
    _load()
    if name not in _REGISTRY:
        raise ValueError(f"no architecture {name!r}; there are: {', '.join(sorted(_REGISTRY))}")
    return _REGISTRY[name]


def names() -> list[str]:
    _load()
    return sorted(_REGISTRY)


def _load() -> None:
    from deploy.model.architectures import (  # noqa: F401  (they register themselves)
        fsanet,
        hopenet,
        mobilenet,
        mobilevit,
        resnet,
    )
