"""The calibration guide on a terminal."""

from __future__ import annotations

from typing import TextIO

from edge_pose.calibration.session import CalibrationSession
from edge_pose.values import GuideView


class Display:
    """Writes the guide: over itself on a terminal, one line for each new step elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lines = 0
        self._said = ""

    def __call__(self, session: CalibrationSession) -> None:
        view = session.view
        if view is None:
            return
        if self._out.isatty():
            text = terminal(view)
            up = f"\x1b[{self._lines}A\x1b[J" if self._lines else ""
            self._out.write(up + text + "\n")
            self._lines = text.count("\n") + 1
        elif view.headline != self._said:
            self._out.write(f"{view.step}/{view.steps} {view.headline}\n")
        self._said = view.headline
        self._out.flush()


def terminal(view: GuideView, width: int = 20) -> str:
    """The guide as a block of text for a terminal."""
    filled = round(width * view.progress)
    bar = "█" * filled + "░" * (width - filled)
    title = "Done" if view.done else f"Step {view.step} of {view.steps}"
    lines = [f"{title}: {view.headline}. {view.detail}.", f"  {bar}"]
    for verdict in view.verdicts:
        mark = "good" if verdict.good else "bad "
        advice = f"  {verdict.advice}" if verdict.advice else ""
        lines.append(f"  {mark}  {verdict.name}: {verdict.found}{advice}")
    if view.lens:
        lines.append(f"  {view.lens}")
    return "\n".join(lines)
