"""What is wrong with a config, in words for the person who wrote it: place, key, remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from edge_pose.config.camera_address import without_secrets
from edge_pose.config.key_lines import line_of
from edge_pose.config.section import form_of, unit_of

_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text in quotes",
    "path": "a path in quotes",
    "tuple": 'a list, as in ["a", "b"]',
    "finite": "a finite number",
}
"""By the first word of pydantic's type of an error."""
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_BEYOND = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}
Model = type[BaseModel]


def explain(error: ValidationError, root: Model, name: str, text: str = "") -> str:
    """One line for each problem of a table read as ``root``; ``name``: of the file, ``text``: what
    stands in it."""
    told = [_line(problem, root, name, text) for problem in error.errors()]
    return "\n".join(dict.fromkeys(told))  # a value of two kinds is wrong as either


def _line(problem: ErrorDetails, root: Model, name: str, text: str) -> str:
    path = _known_path([str(part) for part in problem["loc"]], root)
    number = line_of(text, path)
    key = ".".join(path) or "(top level)"
    return ": ".join((f"{name}:{number}" if number else name, key, _what(problem, path, root)))


def _known_path(path: Sequence[str], root: Model) -> Sequence[str]:
    """Without what pydantic adds behind a key: which of several kinds it had tried, which item."""
    for end in range(1, len(path)):
        field = field_at(root, path[:end])
        if field is not None and _section_of(field.annotation) is None:
            return path[:end]
    return path


def _what(problem: ErrorDetails, path: Sequence[str], root: Model) -> str:
    if problem["type"] == "extra_forbidden":
        return f"unknown key; {_hint(path, root)}"
    if problem["type"] == "missing":
        return f"is missing; {_meaning(field_at(root, path))}"
    if (section := _model_at(root, path)) and problem["type"] == "model_type":
        keys = ", ".join(section.model_fields)
        return f"is a section: write [{'.'.join(path)}] and below it its keys ({keys})"
    field = field_at(root, path)
    return f"{_remedy(problem, field)}{_got(problem, field)}{_default(field)}"


def _remedy(problem: ErrorDetails, field: FieldInfo | None) -> str:
    kind = problem["type"]
    if field is not None:
        if kind in _BEYOND:
            return f"must be {_range(field)}"
        if kind == "literal_error":
            return f"must be {_choices(field.annotation)}"
        if kind == "string_pattern_mismatch" and form_of(field):
            return f"must be {form_of(field)}"
        if (wanted := _wanted(kind, field)) is not None:
            return f"must be {wanted}"
    return problem["msg"].removeprefix("Value error, ")


def _wanted(kind: str, field: FieldInfo) -> str | None:
    """The kind of value that was expected; None where the error is about something else."""
    if not kind.endswith(("_type", "_parsing", "_from_float", "_number")):
        return None
    if {str, int} <= set(get_args(field.annotation)):
        return "a whole number or text in quotes"
    return _KINDS.get(kind.partition("_")[0])


def _range(field: FieldInfo) -> str:
    bounds = [
        f"{words} {limit}"
        for mark in field.metadata
        for name, words in _BOUNDS.items()
        if (limit := getattr(mark, name, None)) is not None
    ]
    return f"{' and '.join(bounds)} {unit_of(field)}".rstrip()


def _choices(annotation: Any) -> str:
    """As in: 'a', 'b' or 'c'."""
    inner = [annotation, *get_args(annotation)]
    literal = next((one for one in inner if get_origin(one) is Literal), None)
    *most, last = [repr(value) for value in get_args(literal)]
    return f"{', '.join(most)} or {last}" if most else last


def _got(problem: ErrorDetails, field: FieldInfo | None) -> str:
    """Problems are printed and logged: a secret stays out of them even when it is wrong."""
    got = problem.get("input")
    secret = field is not None and SecretStr.__name__ in str(field.annotation)
    if secret or not isinstance(got, str | int | float | bool):
        return ""
    return f", got {(without_secrets(got) if isinstance(got, str) else got)!r}"


def _default(field: FieldInfo | None) -> str:
    if field is None or not isinstance(field.default, str | int | float | bool):
        return ""
    return f"; the default is {field.default!r} {unit_of(field)}".rstrip()


def _meaning(field: FieldInfo | None) -> str:
    return (field.description or "") if field else ""


def _hint(path: Sequence[str], root: Model) -> str:
    """The key that was meant: one that is spelled alike, or the same word in another section."""
    here = _model_at(root, path[:-1])
    known = sorted(here.model_fields) if here else []
    if near := difflib.get_close_matches(path[-1], known, n=1):
        return f"did you mean '{near[0]}'?"
    elsewhere = [place for place in _all_keys(root) if place[-1] == path[-1]]
    if 0 < len(elsewhere) <= 3:
        return f"did you mean {' or '.join('.'.join(place) for place in elsewhere)}?"
    return f"known here: {', '.join(known)}"


def _all_keys(model: Model, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        yield (*above, name)
        if (inner := _section_of(field.annotation)) is not None:
            yield from _all_keys(inner, (*above, name))


def field_at(root: Model, path: Sequence[str]) -> FieldInfo | None:
    """The field that a key path names."""
    model = _model_at(root, path[:-1]) if path else None
    return model.model_fields.get(path[-1]) if model else None


def _model_at(root: Model, path: Sequence[str]) -> Model | None:
    """The section that a path names; a name or number in a list of sections counts as one."""
    model, listed = root, False
    for part in path:
        if listed:
            listed = False
            continue
        field = model.model_fields.get(part)
        inner = _section_of(field.annotation) if field else None
        if field is None or inner is None:
            return None
        model, listed = inner, get_origin(field.annotation) in (dict, tuple)
    return model


def _section_of(annotation: Any) -> Model | None:
    """The section in ``X``, ``X | None`` or ``tuple[X, ...]``."""
    for one in (annotation, *get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None
