"""Which settings are tried: every combination of a grid, or a list."""

from __future__ import annotations

from itertools import product

from edge_pose.errors import ConfigError
from edge_pose.offline.tune.trial import Settings


def settings(grid: list[str], tries: list[str]) -> tuple[Settings, ...]:
    """``grid``: ``key=v1,v2`` each, combined with all others; ``tries``: ``key=v key=v`` each.
    The settings as they are come first.

    Raises ConfigError for a word without a value."""
    axes = [_axis(word) for word in grid]
    combined = [tuple(words) for words in product(*axes)] if axes else []
    listed = [tuple(text.split()) for text in tries]
    for words in listed:
        for word in words:
            _axis(word)
    return ((), *(words for words in (*combined, *listed) if words))


def _axis(word: str) -> list[str]:
    key, found, values = word.partition("=")
    if not found or not key or not values:
        raise ConfigError(f"{word!r}: write key=value, or key=value,value for a grid")
    return [f"{key}={value}" for value in values.split(",")]
