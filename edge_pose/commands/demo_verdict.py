"""The demo: the packaged clip through the real loop, its alerts held against the clip's truth."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from edge_pose.streams import LinePrinter
from edge_pose.values import Alert, AlertPhase, Scene

EXPECTED = Path(__file__).resolve().parent.parent / "demo" / "demo_expected.csv"
TOLERANCE_S = 0.5
NEXT = """
next:
  edge-pose run --source auto    your own camera; look at http://127.0.0.1:8765/
  edge-pose replay DRIVE.mp4 --out told --report --video    a recorded drive, afterwards
  edge-pose doctor               what this machine still needs
  edge-pose demo --loop          once more, and again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One line of the truth file: an alert with its time, or (``kind`` silent) a quiet span."""

    kind: str
    t_start_s: float
    t_alert_s: float

    @property
    def silent(self) -> bool:
        return self.kind == "silent"


def read_expected(path: Path = EXPECTED) -> list[Expected]:
    """The alerts and silences that the clip was made for."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Expected(
                kind=row["kind"],
                t_start_s=float(row["t_start_s"]),
                t_alert_s=float(row["t_alert_s"]),
            )
            for row in csv.DictReader(file)
        ]


class AlertPrinter:
    """An outlet that prints each alert when it is raised and keeps it, in clip time."""

    def __init__(self) -> None:
        self._start_s: float | None = None
        self._print = LinePrinter()
        self.raised: list[tuple[str, float]] = []

    def scene(self, scene: Scene) -> None:
        if self._start_s is None:
            self._start_s = scene.frame.t

    def alert(self, alert: Alert) -> None:
        t_s = 0.0 if self._start_s is None else alert.t_s - self._start_s
        if alert.phase is AlertPhase.END or alert.kind.startswith("monitor."):
            return
        self.raised.append((str(alert.kind), t_s))
        self._print(f"ALERT {t_s:.2f} {alert.kind} {alert.level.label}: {alert.reason}")


def verdict(expected: list[Expected], raised: list[tuple[str, float]]) -> list[str]:
    """What is wrong, one line each: an alert missing or late, or one in a silent span."""
    problems = []
    for item in expected:
        if item.silent:
            noise = [f"{k} at {t:.2f} s" for k, t in raised if item.t_start_s < t < item.t_alert_s]
            problems += [f"expected silence, got {text}" for text in noise]
            continue
        times = [t for kind, t in raised if kind == item.kind]
        if not any(abs(t - item.t_alert_s) <= TOLERANCE_S for t in times):
            near = ", ".join(f"{t:.2f} s" for t in times) or "never"
            problems.append(f"{item.kind} expected at {item.t_alert_s:.2f} s, came: {near}")
    return problems
