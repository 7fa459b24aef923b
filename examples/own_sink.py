"""An alert output of your own, as a plugin. Register it in your package's pyproject.toml:

    [project.entry-points."edge_pose.sinks"]
    lines = "own_sink:LineSink"

and switch it on in the config with its own settings:

    [plugins.lines]
    path = "alerts.txt"
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_pose.sinks import Sink
from edge_pose.sinks.build import SinkContext
from edge_pose.values import Alert, DriverState, Health


class LineSink(Sink):
    """Appends a line for each alert. It runs in a thread of its own; a slow or failing sink never
    holds up the monitor."""

    name = "lines"

    def __init__(self, settings: Mapping[str, Any], context: SinkContext) -> None:
        self._path = Path(settings.get("path", context.state_dir / "alerts.txt"))

    def open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def alert(self, alert: Alert) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{alert.level.label} {alert.kind} {alert.phase}: {alert.reason}\n")

    def state(self, state: DriverState, health: Health) -> None:
        """Nothing to do between alerts."""

    def close(self) -> None:
        """Nothing is held open."""
