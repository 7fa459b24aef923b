"""Several runs of these proofs side by side (pytest-xdist): what they share is made by one of them,
and each has a processor of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guest import MACHINES

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
_PLACE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@contextmanager
def alone(name: str) -> Iterator[None]:
    """The others wait."""
    MACHINES.mkdir(parents=True, exist_ok=True)
    with (MACHINES / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made_once(disk: Path, make: Callable[[], object], *, keep: bool) -> Path:
    """``disk``, made anew by the first that asks in this run; one that is there stays where
    ``keep`` says so."""
    maker = MACHINES / f".{disk.name}.run"
    with alone(disk.name):
        made = maker.exists() and maker.read_text() == _RUN
        if not (disk.exists() and (keep or made)):
            make()
            maker.write_text(_RUN)
    return disk


def processor() -> int:
    """Kernel and programs of a guest that runs as a program take turns at each system call: on one
    processor neither waits for a place. Two busy guests on one would wait 0.1 s at each turn."""
    there = sorted(os.sched_getaffinity(0), reverse=True)
    return there[_PLACE % len(there)]
