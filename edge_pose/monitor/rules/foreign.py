"""A rule that another package brings: whatever it does, the others go on judging."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from numbers import Real

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.situation import Rule, Situation
from edge_pose.monitor.sample import Finding
from edge_pose.plugins import told
from edge_pose.values import AlertKind, AlertLevel

_LONGEST_S = 1.0
"""A microsleep lasts so long (Euro NCAP): while a rule thinks, no other does."""


class Foreign:
    """Tells what the rule finds, with those of its values that are finite numbers. A rule that
    cannot be made, raises, ends the thread, takes too long, or says what is no finding, is left out
    from then on, and that is told."""

    def __init__(
        self,
        name: str,
        make: Callable[[MonitorConfig], Rule],
        config: MonitorConfig,
    ) -> None:
        self._name = name
        self._fault = ""
        self._since_s: float | None = None
        self._rule: Rule | None = None
        try:
            self._rule = make(config)
        except (Exception, SystemExit) as error:  # it may do anything
            self._fault = told(error)

    def update(self, now: Situation) -> Finding | None:
        """What the rule finds, or why it is left out."""
        if self._rule is not None:
            began_s = time.monotonic()
            try:
                found = _checked(self._rule.update(now))
            except (Exception, SystemExit) as error:
                self._rule, self._fault = None, told(error)
            else:
                took_s = time.monotonic() - began_s
                if took_s <= _LONGEST_S:
                    return found
                self._rule, self._fault = None, f"it took {took_s:.1f} s, and nobody watched"
        return self._left_out(now.sample.t_s)

    def _left_out(self, t_s: float) -> Finding:
        self._since_s = t_s if self._since_s is None else self._since_s
        return Finding(
            kind=AlertKind.FAULT,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since_s,
            reason=f"rule {self._name} is left out: {self._fault}",
            topic=self._name,
        )


def _checked(found: object) -> Finding | None:
    """Raises TypeError for what no output could tell."""
    if found is None:
        return None
    if not isinstance(found, Finding):
        raise TypeError(f"a rule returns a Finding or None, not {type(found).__name__}")
    if not isinstance(found.kind, AlertKind):
        raise TypeError(f"a Finding's kind is an AlertKind, not {found.kind!r}")
    if not (isinstance(found.reason, str) and isinstance(found.topic, str)):
        raise TypeError("a Finding's reason and topic are words")
    numbers = {name: value for name, value in found.values.items() if isinstance(value, Real)}
    return replace(
        found,
        level=AlertLevel(found.level),
        t_start_s=_finite(found.t_start_s),
        values={str(name): float(v) for name, v in numbers.items() if math.isfinite(v)},
    )


def _finite(seconds: float) -> float:
    if not math.isfinite(seconds):
        raise TypeError(f"t_start_s = {seconds} is no moment")
    return float(seconds)
