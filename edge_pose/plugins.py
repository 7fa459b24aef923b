"""Parts that other packages bring, found by their entry points.

A package registers a factory under ``edge_pose.sinks``, ``edge_pose.sources``,
``edge_pose.detectors`` or ``edge_pose.rules``; nothing of it is imported before its name is asked
for. See docs/plugins.md.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from edge_pose.errors import PluginError

SINKS, RULES = "edge_pose.sinks", "edge_pose.rules"
SOURCES, DETECTORS = "edge_pose.sources", "edge_pose.detectors"


def plugin_names(group: str) -> tuple[str, ...]:
    """The names that installed packages register under this group, sorted."""
    return tuple(sorted(_found(group)))


def load_plugin(group: str, name: str) -> Any:
    """The factory registered under that name. Raises PluginError where there is none, or where
    its package cannot be imported."""
    found = _found(group)
    if name not in found:
        known = ", ".join(sorted(found)) or "none"
        raise PluginError(
            f"no installed package registers {name!r} under {group} (installed: {known}); "
            "pip install the package that brings it",
            group=group,
            name=name,
        )
    try:
        return found[name].load()
    except (Exception, SystemExit) as error:  # what it imports may do anything
        words = f"plugin {name!r} ({found[name].value}): {told(error)}"
        raise PluginError(words, group=group, name=name) from error


def make_plugin(group: str, name: str, *given: Any) -> Any:
    """What the factory of that name makes of ``given``. Raises PluginError for whatever it raises:
    it may do anything."""
    make = load_plugin(group, name)
    try:
        return make(*given)
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {name!r}: {told(error)}", group=group, name=name) from error


def told(error: BaseException) -> str:
    """What another package raised, in words."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _found(group: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=group)}
