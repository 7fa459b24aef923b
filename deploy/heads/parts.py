"""Reads the parts a head is made of: MakeHuman meshes, shape targets, fitted pieces."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from edge_pose.errors import ConfigError

Faces = list[list[int]]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """``vertices`` (V, 3), ``uvs`` (T, 2), ``faces`` and ``face_uvs`` as lists of three or four
    indices, ``groups``: the group name of each face."""

    vertices: Floats
    uvs: Floats
    faces: Faces
    face_uvs: Faces
    groups: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A change of shape: ``vertices`` (N,) move by ``offsets`` (N, 3) at weight 1."""

    vertices: NDArray[np.intp]
    offsets: Floats


class Parts:
    """The folder of parts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        if not (root / "mpfb2/3dobjs/base.obj").is_file():
            raise ConfigError(
                f"{root}: no head parts there (mpfb2/3dobjs/base.obj is missing); "
                "give their folder with --parts, deploy/heads/README.md says where to get them"
            )

    def base(self) -> Mesh:
        return read_obj(self.root / "mpfb2/3dobjs/base.obj")

    def targets(self, folder: str) -> dict[str, Target]:
        """Name → target of one folder of shape targets, children's left out."""
        paths = sorted((self.root / "mpfb2/targets" / folder).glob("*.target.gz"))
        named = {path.name.removesuffix(".target.gz"): path for path in paths}
        adult = {k: p for k, p in named.items() if "baby" not in k and "child" not in k}
        return {name: read_target(path) for name, path in adult.items()}

    def actions(self) -> dict[str, Target]:
        """Name → target of the facial actions (ARKit's names)."""
        folder = self.root / "faceunits01/targets/faceunits"
        return {path.stem: read_target(path) for path in sorted(folder.glob("*.target"))}

    def pieces(self, pattern: str) -> list[Path]:
        """The .mhclo files below cc0/base that match, in order."""
        return sorted((self.root / "cc0/base").glob(f"{pattern}.mhclo"))

    def picture(self, name: str) -> Path:
        return self.root / "tex" / name

    def pictures(self, pattern: str) -> list[Path]:
        return sorted((self.root / "tex").glob(pattern))


def read_target(path: Path) -> Target:
    """A .target file, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    table = np.array(" ".join(lines).split(), np.float64).reshape(-1, 4)
    return Target(table[:, 0].astype(np.intp), table[:, 1:].copy())


def read_obj(path: Path) -> Mesh:
    """A Wavefront .obj file."""
    vertices, uvs, groups, group = [], [], [], ""
    faces: Faces = []
    face_uvs: Faces = []
    for line in path.read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "vt":
            uvs.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [corner.split("/") for corner in rest.split()]
            faces.append([int(c[0]) - 1 for c in corners])
            face_uvs.append([int(c[1]) - 1 if len(c) > 1 and c[1] else 0 for c in corners])
            groups.append(group)
    return Mesh(np.array(vertices), np.array(uvs).reshape(-1, 2), faces, face_uvs, groups)


class Piece:
    """A piece that follows the base mesh (.mhclo): hair, brows, lashes, teeth, tongue, hat."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._scale: dict[int, tuple[int, int, float]] = {}
        rows: list[list[float]] = []
        reading, obj = False, f"{path.stem}.obj"
        for line in path.read_text("utf-8", errors="replace").splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] in ("x_scale", "y_scale", "z_scale"):
                axis = "xyz".index(words[0][0])
                self._scale[axis] = (int(words[1]), int(words[2]), float(words[3]))
            elif words[0] == "obj_file":
                obj = words[1]
            elif words[0] in ("verts", "delete_verts"):
                reading = words[0] == "verts"
            elif reading and _is_number(words[0]):  # `material` may follow `verts`
                rows.append(_row([float(x) for x in words]))
        table = np.array(rows)
        self._ids = table[:, :3].astype(np.intp)
        self._weights, self._offsets = table[:, 3:6], table[:, 6:9]
        self.mesh = read_obj(path.with_name(obj))

    def fit(self, vertices: Floats) -> Floats:
        """Its own vertices (N, 3) on a body's vertices, same axes and unit."""
        spans = [
            abs(float(vertices[a, axis] - vertices[b, axis])) / length
            for axis, (a, b, length) in sorted(self._scale.items())
        ]
        carried = (vertices[self._ids] * self._weights[..., None]).sum(axis=1)
        return np.asarray(carried + self._offsets * np.array(spans))


def _row(numbers: list[float]) -> list[float]:
    """One vertex number is that vertex itself."""
    return numbers[:9] if len(numbers) > 1 else [*numbers * 3, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def _is_number(word: str) -> bool:
    return word.lstrip("-").replace(".", "", 1).isdigit()
