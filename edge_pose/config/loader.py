"""From a TOML file and ``--set`` words to one validated Config, or every problem at once."""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_pose.config.mistakes import explain
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError, EdgePoseError

Table = dict[str, Any]

_PASSING = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE}
_ANEW = "`edge-pose check > FILE` writes one with every setting explained"
_ASK = "use sudo, or join the group edge-pose (sudo usermod -aG edge-pose $USER; log in again)"


def load(path: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Read a config file (none = all defaults) and apply ``section.key=value`` overrides.

    Raises ConfigError whose message has one line for each problem: where, what, and a suggestion;
    EdgePoseError where the disk or the system fails while the file is read.
    """
    return load_text(read_text(path) if path else "", path, overrides)


def load_text(text: str, path: Path | None, overrides: Sequence[str] = ()) -> Config:
    """The same from a file's text; ``path`` names it in messages."""
    return _checked(_table(text, path, overrides), text, path)


def load_known(text: str, path: Path | None, overrides: Sequence[str] = ()) -> Config:
    """The same without the keys that this version does not know, as of a config that a newer one
    has been given. Raises ConfigError for anything else that is wrong."""
    table = _table(text, path, overrides)
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        for problem in error.errors():
            if problem["type"] == "extra_forbidden":
                _drop(table, problem["loc"])
    return _checked(table, text, path)


def _table(text: str, path: Path | None, overrides: Sequence[str]) -> Table:
    table = parse(text, path)
    for override in overrides:
        _apply(table, override)
    return table


def _checked(table: Table, text: str, path: Path | None) -> Config:
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        raise ConfigError(explain(error, Config, str(path or "config"), text)) from error


def _drop(table: Any, place: Sequence[int | str]) -> None:
    for step in place[:-1]:
        table = table[step]
    del table[place[-1]]


def read_text(path: Path) -> str:
    """A config file as it stands.

    Raises ConfigError where it cannot be read, EdgePoseError where disk or system fail."""
    try:
        return path.read_text(encoding="utf-8")
    except PermissionError as error:
        raise ConfigError(f"{path}: permission denied; {_ASK}") from error
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; {_ANEW}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not text in UTF-8; {_ANEW}") from error
    except OSError as error:
        # A disk or a lack of memory is no fault of the config: a service is to try again.
        kind = EdgePoseError if error.errno in _PASSING else ConfigError
        raise kind(f"{path}: cannot be read ({error.strerror}); pass --config FILE") from error


def parse(text: str, path: Path | None) -> Table:
    """The tables of a TOML text. Raises ConfigError that names the line."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}{_reminder(text, error)}") from error


def _reminder(text: str, error: Exception) -> str:
    """What is most often wrong in a value; of the line only the key, for a value may be secret."""
    place = re.match(r"Invalid value \(at line (\d+)", str(error))
    key, equals, _ = text.splitlines()[int(place[1]) - 1].partition("=") if place else ("", "", "")
    return f": {key.strip()}: text stands in quotes, a switch is true or false" if equals else ""


def _apply(table: Table, override: str) -> None:
    """Put one ``a.b=value`` into the table; the value is TOML, or else a plain string."""
    key, equals, value = override.partition("=")
    parts = [part.strip() for part in key.split(".")]
    if not equals or not all(parts):
        raise ConfigError(f"--set {override}: write it as section.key=value")
    for part in parts[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"--set {override}: {part} is a value, not a section")
        table = inner
    table[parts[-1]] = _value(value.strip())


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
