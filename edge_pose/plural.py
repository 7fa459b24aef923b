"""Counts in words: '1 nod', '2 nods'."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun. ``many``: the plural, where it is not ``one`` with an s."""
    return f"{count} {one if count == 1 else many or one + 's'}"
