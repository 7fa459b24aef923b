"""Breaks the monitor's rules one place at a time and shows that a test notices.

    python -m deploy.monitor.mutate [part of a module's name …] [--most N] [--seed N]

The places are found in the syntax tree, whatever the source looks like: a comparison turned round,
an ``and`` made ``or``, a number moved, a condition made true or false. Each mutant runs the quick
tests of the monitor in a process of its own. Exit status 1 if one survives.
"""

from __future__ import annotations

import argparse
import ast
import copy
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MONITOR = ROOT / "edge_pose" / "monitor"
TESTS = ("tests/monitor", "tests/scenarios")
_TURNED = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module."""

    path: Path
    line: int
    what: str
    source: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of one module, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for index, node in enumerate(ast.walk(tree)):
        for what in _changes(node):
            changed = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(changed)) if i == index)
            _change(target, what)
            line = getattr(node, "lineno", 0)
            yield Mutant(path, line, what, ast.unparse(ast.fix_missing_locations(changed)))


def _changes(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        return ("comparison turned round",)
    if isinstance(node, ast.BoolOp):
        return ("and ↔ or",)
    if isinstance(node, ast.If | ast.IfExp):
        return ("always", "never")
    return ()


def _change(node: ast.AST, what: str) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = _TURNED[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.Constant(what == "always")


def noticed(mutant: Mutant) -> bool:
    """True if a test fails with this module in place of the real one."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / mutant.path.relative_to(ROOT)
        for part in ("edge_pose", "tests", "pyproject.toml"):
            (Path(folder) / part).symlink_to(ROOT / part)
        (Path(folder) / "edge_pose").unlink()
        _mirror(ROOT / "edge_pose", Path(folder) / "edge_pose", mutant.path)
        place.write_text(mutant.source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 1


def _mirror(source: Path, target: Path, changed: Path) -> None:
    """A folder of links, with real folders on the way to the changed file."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_dir() and entry in changed.parents:
            _mirror(entry, target / entry.name, changed)
        elif entry != changed:
            (target / entry.name).symlink_to(entry)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--most", type=int, default=100, help="a random choice of so many")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    paths = [
        path
        for path in sorted(MONITOR.rglob("*.py"))
        if not args.modules or any(part in str(path.relative_to(MONITOR)) for part in args.modules)
    ]
    found = [mutant for path in paths for mutant in mutants(path)]
    chosen = random.Random(args.seed).sample(found, min(args.most, len(found)))
    survivors = []
    for number, mutant in enumerate(chosen, start=1):
        where = f"{mutant.path.relative_to(ROOT)}:{mutant.line} {mutant.what}"
        if not noticed(mutant):
            survivors.append(where)
        print(f"{number}/{len(chosen)} {'SURVIVED' if where in survivors else 'noticed'} {where}")
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed ({len(found)} places)")
    return bool(survivors)


if __name__ == "__main__":
    sys.exit(main())
