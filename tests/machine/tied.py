"""Processes that end with the test that started them, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_TIED = ("setpriv", "--pdeathsig", "KILL")
_OWN_PROCESSES = ("unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc")


def tied(*command: str) -> list[str]:
    """The command's words, run so that the kernel kills it when we end."""
    return [*_TIED, *command]


def tied_with_children(*command: str) -> list[str]:
    """The same for one with children: they are in a process space that ends with the first."""
    return [*_TIED, *_OWN_PROCESSES, *command]


def doing(process: int) -> Iterator[str]:
    """What it and its children do just now: name, state, what they wait in, ticks of processor."""
    folder = Path(f"/proc/{process}")
    try:
        name, _, told = (folder / "stat").read_text().partition("(")[2].rpartition(")")
        fields, waits_in = told.split(), (folder / "wchan").read_text()
        children = (folder / "task" / str(process) / "children").read_text().split()
    except OSError:
        return
    yield f"{name} {fields[0]} {waits_in} {int(fields[11]) + int(fields[12])}"
    for child in children:
        yield from doing(int(child))
