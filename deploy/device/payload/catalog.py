"""The models that a payload must bring, read from the package's source without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that lies in another project's wheel: its path there, and its checksum."""

    name: str
    member: str
    sha256: str
    licence: str

    @property
    def file(self) -> str:
        return f"{self.name}{PurePosixPath(self.member).suffix}"


def fetched_models(tree: Path) -> list[Fetched]:
    """Every ``ModelFile`` of the catalogue that names a member of a wheel."""
    source = (tree / "edge_pose" / "models" / "catalog.py").read_text("utf-8")
    return [
        Fetched(words["name"], words["member"], words["sha256"], words.get("licence", ""))
        for words in _calls(source)
        if "member" in words
    ]


def wheel_version(tree: Path) -> str:
    """The version of mediapipe whose wheel holds them."""
    source = (tree / "edge_pose" / "models" / "catalog.py").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MEDIAPIPE":
            return str(ast.literal_eval(node.value))
    raise SystemExit("edge_pose/models/catalog.py names no MEDIAPIPE version")


def _calls(source: str) -> Iterator[dict[str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ModelFile":
            yield {
                word.arg: str(word.value.value)
                for word in node.keywords
                if word.arg and isinstance(word.value, ast.Constant)
            }
