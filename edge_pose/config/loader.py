"""From a TOML file and ``--set`` words to one validated Config, or every problem at once."""

from __future__ import annotations

import difflib
import errno
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from edge_pose.config.camera_address import without_secrets
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError, EdgePoseError

Table = dict[str, Any]

_PASSING = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE}
_ASK = "use sudo, or join the group edge-pose (sudo usermod -aG edge-pose $USER; log in again)"


def load(path: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Read a config file (none = all defaults) and apply ``section.key=value`` overrides.

    Raises ConfigError whose message has one line for each problem: where, what, and a suggestion;
    EdgePoseError where the disk or the system fails while the file is read.
    """
    return load_text(read_text(path) if path else "", path, overrides)


def load_text(text: str, path: Path | None, overrides: Sequence[str] = ()) -> Config:
    """The same from a file's text; ``path`` names it in messages."""
    table = _parse(text, path)
    for override in overrides:
        _apply(table, override)
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        name = str(path) if path else "config"
        lines = [_explain(problem, text, name) for problem in error.errors()]
        raise ConfigError("\n".join(lines)) from error


def read_text(path: Path) -> str:
    """A config file as it stands.

    Raises ConfigError where it cannot be read, EdgePoseError where disk or system fail."""
    try:
        return path.read_text(encoding="utf-8")
    except PermissionError as error:
        raise ConfigError(f"{path}: permission denied; {_ASK}") from error
    except (OSError, UnicodeDecodeError) as error:
        # A disk or a lack of memory is no fault of the config: a service is to try again.
        passing = isinstance(error, OSError) and error.errno in _PASSING
        kind = EdgePoseError if passing else ConfigError
        raise kind(f"{path}: cannot be read ({error}); pass --config FILE") from error


def _parse(text: str, path: Path | None) -> Table:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


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


def _explain(problem: ErrorDetails, text: str, name: str) -> str:
    """One line for one problem: place, key path, what is wrong, what to do."""
    path = [str(part) for part in problem["loc"]]
    line = _line_of(text, path)
    where = f"{name}:{line}" if line else name
    key = ".".join(path) or "(top level)"
    return f"{where}: {key}: {_what(problem, path)}"


def _what(problem: ErrorDetails, path: Sequence[str]) -> str:
    if problem["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        near = difflib.get_close_matches(path[-1], known, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
        return f"unknown key; {hint}"
    message = problem["msg"].removeprefix("Value error, ")
    got = problem.get("input")
    telling = isinstance(got, str | int | float | bool) and not _is_secret(path)
    got = without_secrets(got) if isinstance(got, str) else got
    shown = f", got {got!r}" if telling else ""
    return f"{message}{shown}{_default_hint(path)}"


def _is_secret(path: Sequence[str]) -> bool:
    """Problems are printed and logged: a secret stays out of them even when it is wrong."""
    model = _model_at(path[:-1])
    field = model.model_fields.get(path[-1]) if model and path else None
    return field is not None and SecretStr.__name__ in str(field.annotation)


def _known_keys(path: Sequence[str]) -> list[str]:
    model = _model_at(path)
    return sorted(model.model_fields) if model else []


def _default_hint(path: Sequence[str]) -> str:
    model = _model_at(path[:-1])
    field = model.model_fields.get(path[-1]) if model and path else None
    if field is None or not isinstance(field.default, str | int | float | bool):
        return ""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = f" {extra['unit']}" if extra.get("unit") else ""
    return f"; the default is {field.default!r}{unit}"


def _model_at(path: Sequence[str]) -> type[BaseModel] | None:
    model: Any = Config
    for part in path:
        field = model.model_fields.get(part)
        model = field.annotation if field else None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return None
    return model  # type: ignore[no-any-return]


def _line_of(text: str, path: Sequence[str]) -> int | None:
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
