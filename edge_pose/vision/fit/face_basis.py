"""The morphable face: a mean shape and modes of identity and expression over the mesh.

A face is ``mean + modes · coefficients``. Frame: x right (image right, the person's left), y up,
z towards the viewer, origin midway between the outer eye corners, turned so that a head whose
labelled pose is zero shows the mean unturned. Unit: millimetres, on a scale where the outer eye
corners of the mean lie 89 mm apart (adult mean; Farkas, "Anthropometry of the Head and Face",
1994). Source of the form: Blanz and Vetter, "A Morphable Model for the Synthesis of 3D Faces",
SIGGRAPH 1999.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ConfigError, ModelError

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

MAX_STD = 5.0
"""Coefficients are standard deviations; a face that is five of them off on average is no face."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceBasis:
    """A linear face model; arrays are float64 and not to be written."""

    mean: Array
    """(V, 3), mm."""
    modes: Array
    """(V, 3, K), mm per standard deviation: identity first, then expression."""
    identity: int
    """How many of the K modes are identity."""
    noise_mm: Array
    """(V, 3): standard deviation of a measured vertex around its model, along x, y and z."""

    def __post_init__(self) -> None:
        count = len(self.mean)
        expected = (count, 3, self.modes.shape[-1])
        if self.modes.shape != expected or self.noise_mm.shape != (count, 3):
            raise ConfigError(
                f"a face basis of {count} vertices needs modes {expected} and noise ({count}, 3); "
                f"these are {self.modes.shape} and {self.noise_mm.shape}"
            )
        if not 0 <= self.identity <= self.modes.shape[-1]:
            raise ConfigError(f"{self.identity} identity modes of {self.modes.shape[-1]} in all")

    @property
    def vertices(self) -> int:
        return len(self.mean)

    @property
    def size(self) -> int:
        """How many coefficients a face has."""
        return int(self.modes.shape[-1])

    @property
    def expression(self) -> int:
        return self.size - self.identity

    def shape(self, coefficients: Array) -> Array:
        """The face (V, 3) in mm of K coefficients."""
        return self.mean + self.modes @ coefficients

    def chosen(
        self,
        vertices: Indices | None = None,
        *,
        identity: int | None = None,
        expression: int | None = None,
    ) -> FaceBasis:
        """The part with these vertices and the leading modes of each kind (None = all)."""
        rows = np.arange(self.vertices) if vertices is None else vertices
        first = self.identity if identity is None else min(identity, self.identity)
        second = self.expression if expression is None else min(expression, self.expression)
        columns = [*range(first), *range(self.identity, self.identity + second)]
        return FaceBasis(
            mean=np.ascontiguousarray(self.mean[rows]),
            modes=np.ascontiguousarray(self.modes[rows][:, :, columns]),
            identity=first,
            noise_mm=np.ascontiguousarray(self.noise_mm[rows]),
        )

    @classmethod
    def load(cls, path: Path) -> FaceBasis:
        """A basis from its .npz file (keys mean, identity, expression, noise_mm)."""
        arrays = load_arrays(path, ("mean", "identity", "expression", "noise_mm"))
        identity = arrays["identity"]
        try:
            return cls(
                mean=arrays["mean"],
                modes=np.concatenate([identity, arrays["expression"]], axis=2),
                identity=identity.shape[-1],
                noise_mm=arrays["noise_mm"],
            )
        except (ValueError, IndexError) as error:
            raise ModelError(f"{path}: not a face basis ({error}); make it again") from error


def load_arrays(path: Path, names: tuple[str, ...]) -> dict[str, Array]:
    """The named arrays of an .npz file as float64."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: np.asarray(file[name], np.float64) for name in names}
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such face basis; reinstall edge-pose") from error
    except (KeyError, ValueError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: not a face basis ({error}); reinstall edge-pose") from error
