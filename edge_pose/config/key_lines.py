"""On which line of a TOML text a key is set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The 1-based line that sets this key, as far as a look at the text can tell."""
    for number, table, key in _keys(text):
        if [*table, *key] == list(path) or (not key and table == list(path)):
            return number
    return None


def _keys(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    table: list[str] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("["):
            table = _dotted(line.strip("[] \t").split("]")[0])
            yield number, table, []
        elif "=" in line and not line.startswith("#"):
            yield number, table, _dotted(line.split("=")[0])


def _dotted(text: str) -> list[str]:
    return [part.strip().strip("\"'") for part in text.split(".")]
