"""Which version this source tree is, for packages and for ``edge-pose --version``."""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def identity(tree: Path) -> dict[str, str]:
    """``version`` (a Debian version; between releases with day and commit), ``commit`` and
    ``made`` (UTC). The same tree gives the same words: the time is the commit's, or
    SOURCE_DATE_EPOCH."""
    base = _declared(tree / "edge_pose" / "__init__.py")
    commit = _git(tree, "rev-parse", "--short=10", "HEAD")
    made = datetime.fromtimestamp(_epoch(tree), UTC)
    version = os.environ.get("EDGE_POSE_VERSION", "")
    if not version:
        released = f"v{base}" in _git(tree, "tag", "--points-at", "HEAD").split()
        version = base if released or not commit else f"{base}+git{made:%Y%m%d%H%M}.{commit}"
        if commit and _git(tree, "status", "--porcelain", "--untracked-files=no"):
            version, commit = f"{version}.changed", f"{commit}+changes"
    return {"version": version, "commit": commit, "made": f"{made:%Y-%m-%dT%H:%M:%SZ}"}


def _declared(module: Path) -> str:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise SystemExit(f"{module}: no __version__")


def _epoch(tree: Path) -> int:
    given = os.environ.get("SOURCE_DATE_EPOCH") or _git(tree, "log", "-1", "--format=%ct")
    return int(given) if given else int((tree / "pyproject.toml").stat().st_mtime)


def _git(tree: Path, *words: str) -> str:
    """What git says about this tree; empty where it is not a checkout or git is not there."""
    command = ["git", "-c", f"safe.directory={tree.resolve()}", "-C", str(tree), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--epoch", action="store_true", help="print only the seconds")
    args = parser.parse_args()
    print(_epoch(args.tree) if args.epoch else json.dumps(identity(args.tree)))


if __name__ == "__main__":
    main()
