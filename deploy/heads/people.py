"""Who is rendered: adults of every age, sex and descent, each with a face of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from deploy.heads.anatomy import ALIGNED, Floats
from deploy.heads.eyeball import Iris
from deploy.heads.head_model import HeadModel, add
from deploy.heads.looks import Looks, sampled_looks
from deploy.heads.parts import Parts
from deploy.heads.turning import best_rotation
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.face.mesh import IBUG_68

Rng = np.random.Generator

_OPPOSITE = {
    "incr": "decr", "up": "down", "out": "in", "forward": "backward", "convex": "concave",
    "uncompress": "compress",
}  # fmt: skip
_LEFT_OUT = ("head-trans", "neck-trans", "neck-height", "push", "head-angle")
"""Targets that move or tilt the whole head, which the zero pose could not follow."""
_WHOLE_SHAPES = re.compile(
    r"head-(diamond|invertedtri|oval|rect|round|square|triangular)|chin-triangle|ear-shape"
)
_SPREAD = 0.3
"""Standard deviation of a local shape's weight; wider draws caricatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """Shares of descent (they sum to 1), ``male`` 0 … 1, ``age`` 0.5 (25 years) … 1 (90)."""

    african: float
    asian: float
    caucasian: float
    male: float
    age: float
    muscle: float
    weight: float


MEAN_ADULT = Traits(
    african=0.2, asian=0.2, caucasian=0.6, male=0.5, age=0.6, muscle=0.5, weight=0.5
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Person:
    """``neutral``: vertices (V, 3) at rest. ``to_zero``: rotation (3, 3) from the rest pose's
    axes to those of a head at yaw, pitch and roll 0."""

    identity: int
    traits: Traits
    neutral: Floats
    to_zero: Floats
    looks: Looks
    iris: Iris


class People:
    """Draws people; the same number gives the same person."""

    def __init__(self, model: HeadModel, parts: Parts) -> None:
        self._model = model
        self._skins = [path.name for path in parts.pictures("skin_*.jpg")]
        self._pairs = list(_pairs(model))
        self._whole = [
            (folder, name)
            for folder, targets in model.shapes.items()
            for name in targets
            if _WHOLE_SHAPES.match(name)
        ]

    def person(self, identity: int) -> Person:
        rng = np.random.default_rng([_PEOPLE_STREAM, identity])
        traits = _sampled_traits(rng)
        neutral = self.built(traits)
        self._personal(neutral, rng)
        return Person(
            identity=identity,
            traits=traits,
            neutral=neutral,
            to_zero=self._to_zero(neutral),
            looks=sampled_looks(rng, traits.african, traits.male, traits.age, self._skins),
            iris=sampled_iris(rng, dark=traits.caucasian < 0.5),
        )

    def _to_zero(self, neutral: Floats) -> Floats:
        onto_mean = best_rotation(neutral[ALIGNED], self._mean[ALIGNED])
        return np.asarray(self.mean_to_zero @ onto_mean)

    @cached_property
    def _mean(self) -> Floats:
        return self.built(MEAN_ADULT)

    @cached_property
    def mean_to_zero(self) -> Floats:
        """From MakeHuman's mean adult to the project's mean face, by 68 points."""
        with np.load(PACKAGE_FOLDER / "face_basis.npz") as basis:
            face = basis["mean"][IBUG_68].astype(np.float64)
        return best_rotation(self._mean[ALIGNED], face)

    def built(self, traits: Traits) -> Floats:
        """The bust of these traits: MakeHuman's macro targets."""
        vertices = self._model.vertices.copy()
        muscles, weights = _thirds(traits.muscle, "muscle"), _thirds(traits.weight, "weight")
        old = (traits.age - 0.5) * 2.0
        for sex, s in (("male", traits.male), ("female", 1.0 - traits.male)):
            for age, a in (("young", 1.0 - old), ("old", old)):
                for descent in ("african", "asian", "caucasian"):
                    share = getattr(traits, descent)
                    add(vertices, self._model.macro[f"{descent}-{sex}-{age}"], s * a * share)
                for muscle, m in muscles.items():
                    for weight, w in weights.items():
                        name = f"universal-{sex}-{age}-{muscle}-{weight}"
                        add(vertices, self._model.macro[name], s * a * m * w)
        return vertices

    def _personal(self, vertices: Floats, rng: Rng) -> None:
        """Local shapes, both sides nearly alike, and some asymmetry."""
        shared: dict[str, float] = {}
        for folder, plus, minus in self._pairs:
            sided = plus[:2] in ("l-", "r-")
            key = folder + plus[2:] if sided else folder + plus
            if key not in shared:
                drawn = rng.normal(0.0, _SPREAD) * (rng.random() < 0.6)
                shared[key] = float(np.clip(drawn, -0.8, 0.8))
            weight = shared[key] + (rng.normal(0.0, 0.04) if sided else 0.0)
            weight *= {"eyes": 0.6, "ears": 0.8}.get(folder, 1.0)
            add(vertices, self._model.shapes[folder][plus if weight > 0 else minus], abs(weight))
        for folder, name in self._whole:
            add(
                vertices,
                self._model.shapes[folder][name],
                rng.random() * 0.5 * (rng.random() < 0.15),
            )
        for target in self._model.asymmetry.values():
            add(vertices, target, abs(rng.normal(0.0, 0.12)) * (rng.random() < 0.5))


_PEOPLE_STREAM = 101


def _pairs(model: HeadModel) -> list[tuple[str, str, str]]:
    """(folder, target, its opposite) of every local shape that has both."""
    found = []
    for folder, targets in model.shapes.items():
        for name in targets:
            stem, _, end = name.rpartition("-")
            other = f"{stem}-{_OPPOSITE.get(end, '')}"
            if other in targets and not any(part in name for part in _LEFT_OUT):
                found.append((folder, name, other))
    return found


def _sampled_traits(rng: Rng) -> Traits:
    african, asian, caucasian = rng.dirichlet([0.35, 0.35, 0.35]).tolist()
    male = float(rng.beta(5, 1) if rng.random() < 0.5 else rng.beta(1, 5))
    muscle, weight = np.clip(rng.normal(0.5, 0.2, 2), 0.0, 1.0).tolist()
    return Traits(
        african=african, asian=asian, caucasian=caucasian, male=male,
        age=0.5 + 0.5 * float(rng.beta(1.0, 1.6)), muscle=muscle, weight=weight,
    )  # fmt: skip


def _thirds(value: float, name: str) -> dict[str, float]:
    return {
        f"min{name}": max(0.0, 1.0 - 2.0 * value),
        f"average{name}": 1.0 - abs(2.0 * value - 1.0),
        f"max{name}": max(0.0, 2.0 * value - 1.0),
    }


_PALE_IRISES = ("blue", "bluegreen", "deepblue", "green", "grey", "ice", "lightblue")


def sampled_iris(rng: Rng, *, dark: bool) -> Iris:
    """Brown for most of the world, from nearly black to hazel; the rest for some."""
    brown = rng.random() < (0.93 if dark else 0.45)
    name = "brownlight" if brown else str(rng.choice(_PALE_IRISES))
    depth = rng.uniform(0.12, 0.75) if brown else rng.uniform(0.6, 1.0)
    if brown and dark:
        depth *= 0.7
    red, green, blue = (
        depth * np.array([1.0, rng.uniform(0.8, 1.0), rng.uniform(0.6, 1.0)])
    ).tolist()
    pale = rng.uniform(0.62, 0.86)
    return Iris(
        picture=f"{name}_eye.jpg",
        tint=(red, green, blue),
        pupil=0.36,
        white=(pale, pale * rng.uniform(0.88, 0.97), pale * rng.uniform(0.84, 0.96)),
        bright=0.0,
    )
