"""What make says when a machine lacks something: at once, in a line or two."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")

# A Python that makes a venv of itself and whose pip finds no network.
OFFLINE = """#!/bin/sh
case "$*" in
  *"-c import sys; print"*) echo 3.11 ;;
  *"-m venv"*) for d; do :; done; mkdir -p "$d/bin"; cp "$0" "$d/bin/python" ;;
  *"pip install"*) for n in 1 2 3 4 5 6 7 8 9; do echo "WARNING: Retrying" >&2; done
    echo "ERROR: Could not find a version that satisfies the requirement numpy" >&2; exit 1 ;;
esac
"""


def make(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, **variables},
    )  # fmt: skip


def test_without_network_the_reason_is_one_line(tmp_path: Path) -> None:
    python = tmp_path / "python3"
    python.write_text(OFFLINE)
    python.chmod(0o755)
    said = make("demo", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}")
    assert said.returncode == 2
    told = said.stdout.splitlines()
    assert "no network?" in told[-1]
    assert len(told) <= 3
    assert "Retrying" not in said.stdout + said.stderr


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = make("demo", "PYTHON=python3.99", f"VENV={tmp_path / 'venv'}")
    assert said.returncode == 2
    assert "apt-get install python3.99 python3.99-venv" in said.stdout


@pytest.mark.parametrize("job", ["pi-estimate", "test-arm64", "test-machine", "test-deb"])
def test_slow_jobs_say_first_what_they_need(job: str, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "sh", "make", "paste", "sort", "sed", "grep", "dpkg", "env", "cat"):
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    said = make(job, f"VENV={tmp_path / 'venv'}", PATH=str(tools))
    assert said.returncode == 2
    assert "apt-get install" in said.stderr
    assert not (tmp_path / "venv").exists()
