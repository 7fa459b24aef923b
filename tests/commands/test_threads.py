"""The console program keeps NumPy's matrix threads out of the way."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_PROGRAM = """
import os, edge_pose.cli as cli
def main():
    print(os.environ["OPENBLAS_NUM_THREADS"], flush=True)
    return 0
cli.main = main
cli.program()
"""


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("3", "3")])
def test_one_matrix_thread_unless_the_user_says_otherwise(given: str | None, used: str) -> None:
    environment = {key: text for key, text in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    if given is not None:
        environment["OPENBLAS_NUM_THREADS"] = given
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [used], done.stderr
