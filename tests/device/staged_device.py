"""A device that is only a folder, with a stand-in for its Python."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

RELEASES = Path(__file__).resolve().parents[2] / "deploy" / "device" / "releases.sh"

# A stand-in for Python: venv makes a folder, pip and the program only succeed.
PYTHON = """#!/bin/sh
case "$*" in
  "-c import sys"*) echo 3.11 ;;
  "-m venv"*) for d; do :; done; mkdir -p "$d/bin"; cp "$0" "$d/bin/python"
     printf "#!%s/bin/python\\n" "$d" >"$d/bin/edge-pose"; chmod +x "$d/bin/edge-pose" ;;
  *"pip install"*) [ ! -e "$(dirname "$0")/../../../no-network" ] ;;
esac
"""


class Device:
    """A folder in which releases are made and chosen."""

    def __init__(self, root: Path) -> None:
        self.home = root / "opt/edge-pose"
        self._root = root
        self.home.mkdir(parents=True)
        python = root / "python3"
        python.write_text(PYTHON)
        python.chmod(0o755)

    def payload(self, version: str) -> Path:
        folder = self._root / f"payload-{version}"
        for part in ("models", "examples", "system", "wheels", "lock"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / "lock/py3.11.txt").write_text("")
        (folder / "program.txt").write_text("")
        (folder / "releases.sh").write_text("")
        (folder / "SHA256SUMS").write_text(version)
        (folder / "release.json").write_text(f'{{"version": "{version}"}}')
        return folder

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **os.environ,
            "DESTDIR": str(self._root),
            "PYTHON": str(self._root / "python3"),
        }
        return subprocess.run(
            ["bash", str(RELEASES), *words],
            capture_output=True, text=True, timeout=60, check=False, env=environ,
        )  # fmt: skip

    def build(self, version: str) -> str:
        done = self.run("build", str(self.payload(version)))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def does(self, *words: str) -> None:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr

    def link(self, name: str) -> str:
        return (self.home / name).readlink().name

    @property
    def releases(self) -> set[str]:
        return {folder.name for folder in (self.home / "releases").iterdir()}
