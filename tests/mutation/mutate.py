"""Breaks each rule of the monitor once and shows that a test notices.

    python tests/mutation/mutate.py [part of a name …]

Each mutant lives in a process of its own, forked from one that has loaded everything but
edge_pose. First the tests run that ought to notice, and only if none does, all of the monitor's.
Exit status 1 if a mutant survives.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis  # noqa: F401 - loaded before forking, to be quick
import numpy as np  # noqa: F401
import pydantic  # noqa: F401
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE)]

from mutants import Mutant, all_mutants  # noqa: E402

TESTS = ("tests/mutation", "tests/monitor", "tests/scenarios")
NOTHING_RUN = 5  # pytest's exit status
WARM = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"


class _Breaker(importlib.abc.MetaPathFinder):
    """Loads one module from a mutant's source instead of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if name != f"edge_pose.{self._mutant.module}":
            return None
        source, file = self._mutant.source(), str(self._mutant.path)

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, fullname: str) -> CodeType:
                del fullname
                return compile(source, file, "exec")

        return importlib.util.spec_from_file_location(name, file, loader=Loader(name, file))


class _FirstFailure:
    """Notes the first test that failed."""

    def __init__(self) -> None:
        self.name = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.name:
            self.name = report.nodeid.split("::", 1)[-1]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.name:
            self.name = f"not even loaded: {report.nodeid}"


def _run(where: str | None) -> str:
    """Run tests; returns the first that failed, or nothing."""
    first = _FirstFailure()
    chosen = ["-k", where] if where else []
    status = pytest.main(
        ["-x", "-q", "-W", WARM, "-m", "not shared and not soak", *chosen, *TESTS], plugins=[first]
    )
    return first.name or ("" if status in {0, NOTHING_RUN} else f"pytest ended with {status}")


def verdict(mutant: Mutant | None) -> str:
    """What noticed this mutant, as found by a process of its own; nothing if none did.
    Without a mutant all tests run."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder
            sys.dont_write_bytecode = True
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            if mutant is not None:
                sys.meta_path.insert(0, _Breaker(mutant))
            noticed = (mutant is not None and _run(mutant.where)) or _run(None)
            Path(folder, "verdict").write_text(noticed, "utf-8")
            os._exit(0)
        os.waitpid(child, 0)
        return Path(folder, "verdict").read_text("utf-8")


def main(parts: list[str]) -> int:
    os.chdir(ROOT)
    broken = verdict(None) if not parts else ""
    if broken:
        print(f"the tests fail without any mutant: {broken}")
        return 1
    survivors = 0
    mutants = [m for m in all_mutants() if not parts or any(part in m.name for part in parts)]
    for mutant in mutants:
        began = time.monotonic()
        noticed = verdict(mutant)
        survivors += not noticed
        took = time.monotonic() - began
        print(f"{mutant.name:52} {took:5.1f} s  {noticed or 'SURVIVED'}", flush=True)
    print(f"{len(mutants)} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
