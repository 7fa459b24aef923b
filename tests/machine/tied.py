"""Processes that end with the test that started them, however it ends."""

from __future__ import annotations

_TIED = ("setpriv", "--pdeathsig", "KILL")
_OWN_PROCESSES = ("unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc")


def tied(*command: str) -> list[str]:
    """The command's words, run so that the kernel kills it when we end."""
    return [*_TIED, *command]


def tied_with_children(*command: str) -> list[str]:
    """The same for one with children: they are in a process space that ends with the first."""
    return [*_TIED, *_OWN_PROCESSES, *command]
