"""Parts that other packages bring, found by their entry points.

A package registers a factory under ``edge_pose.sinks``, ``edge_pose.sources``,
``edge_pose.detectors`` or ``edge_pose.rules``; nothing of it is imported before its name is asked
for. See docs/plugins.md.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from edge_pose.errors import ConfigError


def plugin_names(group: str) -> tuple[str, ...]:
    """The names that installed packages register under this group, sorted."""
    return tuple(sorted(_found(group)))


def load_plugin(group: str, name: str) -> Any:
    """The factory registered under that name. Raises ConfigError where there is none, or where
    its package cannot be imported."""
    found = _found(group)
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigError(
            f"no installed package registers {name!r} under {group} (installed: {known}); "
            "pip install the package that brings it"
        )
    try:
        return found[name].load()
    except Exception as error:
        raise ConfigError(f"plugin {name!r} ({found[name].value}): {error}") from error


def _found(group: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=group)}
