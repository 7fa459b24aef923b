"""Counts alerts since the start: each kind and level that an episode reaches, once."""

from __future__ import annotations

import threading
from collections import Counter

from edge_pose.values import Alert, AlertPhase, Scene

Reached = tuple[str, str]
"""(kind, level)."""


class AlertTally:
    """An outlet of the inference stage; counters only ever go up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Reached] = Counter()
        self._open: dict[int, set[Reached]] = {}

    def scene(self, scene: Scene) -> None:
        """Alerts alone are counted."""

    def alert(self, alert: Alert) -> None:
        """A rule on trial counts as no alert."""
        if alert.shadow:
            return
        with self._lock:
            if alert.phase is AlertPhase.END:
                self._open.pop(alert.id, None)
                return
            reached = (str(alert.kind), alert.level.label)
            known = self._open.setdefault(alert.id, set())
            if reached not in known:
                known.add(reached)
                self._counts[reached] += 1

    @property
    def counts(self) -> dict[Reached, int]:
        with self._lock:
            return dict(self._counts)
