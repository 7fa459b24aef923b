"""The layout holds: which room may import which, and who may own threads."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "edge_pose"

GROUND = {
    "values", "kinds", "clock", "controls", "errors", "installation", "plugins", "plural",
    "stop_signals", "this_device", "tls",
}  # fmt: skip
LOW = GROUND | {"config"}
DOMAINS = {"runtime", "capture", "vision", "monitor", "vehicle", "sinks", "view"}
MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    "config": LOW,
    "models": GROUND | {"models"},
    "tables": GROUND | {"tables"},
    "remembered": LOW | {"remembered"},
    **{name: LOW | {name} for name in DOMAINS},
    "pipeline": LOW | {"vision", "monitor"},
    "update": LOW | {"update"},
    "calibration": LOW | {"calibration", "remembered", "vision", "view"},
}
MAY_IMPORT["fleet"] = LOW | {"fleet"}
MAY_IMPORT["capture"] |= {"remembered"}  # a measured field of view
MAY_IMPORT["vision"] |= {"models"}
MAY_IMPORT["sinks"] |= {"vehicle"}  # the broker and the pins also bring the car's words

HEAVY = {
    "picamera2", "libcamera", "gpiozero", "gpiod", "pygame", "paho", "mediapipe",
    "starlette", "uvicorn", "tensorflow", "keras", "can", "cantools", "obd", "gpsdclient",
    "kuksa_client", "kuksa", "grpc", "psycopg",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "edge_pose":
                names = (alias.name for alias in node.names)
                yield from (f"edge_pose.{name}" for name in names if name != "__version__")
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    allowed = MAY_IMPORT.get(room(path))
    if allowed is None:  # live, offline, cli and the verbs: the rooms that may know all others
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {name.split(".")[1] for name in imports(tree) if name.startswith("edge_pose.")}
    assert used <= allowed, f"{path.name} imports {sorted(used - allowed)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_optional_parts_are_imported_where_they_are_used(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = ast.Module(body=[node for node in tree.body if _is_import(node)], type_ignores=[])
    heavy = {name.split(".")[0] for name in imports(top)} & HEAVY
    assert not heavy, f"{path.name} imports {heavy} at import time"


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_a_box_imports_nothing_of_the_fleets_centre() -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        if any(
            name == "edge_pose.fleet" or name.startswith("edge_pose.fleet.")
            for name in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert {name for name in users if not name.startswith("fleet/")} == {"commands/fleet.py"}


def test_the_optional_extras_are_not_among_the_dependencies_of_a_box() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    needed = " ".join(project["dependencies"])
    for name in ("python-can", "cantools", "obd", "gpsdclient", "kuksa-client", "psycopg"):
        assert name not in needed


def test_only_stages_make_threads() -> None:
    makers = [
        str(path.relative_to(PACKAGE))
        for path in modules()
        if "threading.Thread(" in path.read_text(encoding="utf-8")
    ]
    assert makers == ["runtime/stage.py"]


def test_no_two_test_files_share_a_name() -> None:
    """pytest imports them by their bare names: of two that share one, the second is left out."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert {name for name, count in names.items() if count > 1} == set()
