"""All rules, in the order in which they run. A new rule is one more line here; those of other
packages run after them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.closures import Closures
from edge_pose.monitor.rules.droop import Droop
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.foreign import Foreign
from edge_pose.monitor.rules.glances import LongGlance, LookDown
from edge_pose.monitor.rules.limits import Limited
from edge_pose.monitor.rules.nods import Nods
from edge_pose.monitor.rules.presence import Absent
from edge_pose.monitor.rules.repeated import RepeatedGlances
from edge_pose.monitor.rules.situation import Rule, Situation
from edge_pose.monitor.rules.yawns import Yawns
from edge_pose.monitor.sample import Finding
from edge_pose.plugins import RULES as PLUGINS
from edge_pose.plugins import load_plugin

RULES: tuple[Callable[[MonitorConfig], Rule], ...] = (
    Nods,
    Yawns,
    Closures,
    Droop,
    Drowsiness,
    LongGlance,
    LookDown,
    RepeatedGlances,
    Absent,
    Limited,
)

DISTRACTION: tuple[Callable[[MonitorConfig], Rule], ...] = (LongGlance, LookDown, RepeatedGlances)
"""Those that judge where the driver looks: a trial of the eyes runs them a second time."""

SomeRule = TypeVar("SomeRule", bound=Rule)


class Rules:
    """One of each; all start afresh when monitoring was off."""

    def __init__(
        self, config: MonitorConfig, which: tuple[Callable[[MonitorConfig], Rule], ...] = RULES
    ) -> None:
        """Raises PluginError for a rule of another package that is not installed."""
        extra = config.extra_rules if which is RULES else ()
        foreign = [Foreign(name, load_plugin(PLUGINS, name), config) for name in extra]
        self._rules: tuple[Rule, ...] = (*(make(config) for make in which), *foreign)

    def update(self, now: Situation) -> list[Finding]:
        """Everything found at this moment."""
        for rule in self._rules:
            finding = rule.update(now)
            if finding is not None:
                now.found.append(finding)
        return now.found

    def get(self, kind: type[SomeRule]) -> SomeRule:
        """The rule of this class.

        Raises KeyError if there is none."""
        for rule in self._rules:
            if isinstance(rule, kind):
                return rule
        raise KeyError(kind.__name__)
