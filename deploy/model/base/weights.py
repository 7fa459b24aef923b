"""Weights as plain arrays: the same file for every Keras backend, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

Values = list[NDArray[Any]]


def values_of(owner: Any) -> Values:
    """Copies of all variables of a model or optimizer, in its own order."""
    return [np.array(ops.convert_to_numpy(variable.value)) for variable in owner.variables]


def restore(owner: Any, values: Values) -> None:
    """Sets all variables; ValueError names the first that does not fit."""
    variables = owner.variables
    if len(variables) != len(values):
        raise ValueError(f"{len(values)} arrays for {len(variables)} variables: other architecture")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape:
            raise ValueError(f"{variable.path} is {tuple(variable.shape)}, file has {value.shape}")
        variable.assign(value)


def write_values(path: Path, groups: dict[str, Values]) -> None:
    part = path.with_suffix(".part")
    arrays: dict[str, Any] = {
        f"{group}/{i:04d}": v for group, values in groups.items() for i, v in enumerate(values)
    }
    with part.open("wb") as stream:
        np.savez(stream, **arrays)
    part.replace(path)


def read_values(path: Path) -> dict[str, Values]:
    groups: dict[str, Values] = {}
    with np.load(path) as arrays:
        for key in sorted(arrays.files):
            groups.setdefault(key.split("/", 1)[0], []).append(arrays[key])
    return groups
