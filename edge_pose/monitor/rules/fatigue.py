"""The fatigue rules together: what the eyes, the mouth and a falling head say at one moment."""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.closures import Closures
from edge_pose.monitor.rules.droop import Droop
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.nods import Nods
from edge_pose.monitor.rules.perclos import Perclos
from edge_pose.monitor.rules.yawns import Yawns
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind

_LASTING = (AlertKind.YAWN, AlertKind.MICROSLEEP)


class Fatigue:
    """Runs the rules in the order in which they need each other."""

    def __init__(self, config: MonitorConfig) -> None:
        self._closures = Closures(config.closures)
        self._nods = Nods(config.nods)
        self._droop = Droop(config.droop)
        self._perclos = Perclos(config.perclos)
        self._yawns = Yawns(config.yawns)
        self._drowsiness = Drowsiness(config.drowsiness)
        self._ongoing: dict[AlertKind, float] = {}
        self.perclos: float | None = None

    @property
    def score(self) -> float:
        """Fused drowsiness, in [0, 1]."""
        return self._drowsiness.score

    @property
    def glancing_down(self) -> bool:
        """The lids are down because the driver looks down, not because they sleep."""
        return self._closures.glancing_down and not self._droop.sagging

    def new_driver(self) -> None:
        self._drowsiness.forget()

    def update(self, sample: Sample) -> list[Finding]:
        """Everything found at this moment."""
        closure = self._closures.update(sample)
        droop = self._droop.update(sample)
        if self.glancing_down:
            droop = None
        now = [self._nods.update(sample), self._yawns.update(sample), closure, droop]
        found = [finding for finding in now if finding is not None]
        self.perclos = self._perclos.update(sample)
        drowsy = self._drowsiness.update(sample, self.perclos, self._begun(found))
        if drowsy is not None:
            found.append(drowsy)
        return found

    def _begun(self, found: list[Finding]) -> list[AlertKind]:
        """Which cues are new: a nod always is, a yawn or a closure at its first moment."""
        begun: list[AlertKind] = []
        for finding in found:
            if finding.kind is AlertKind.NOD:
                begun.append(finding.kind)
            elif finding.kind in _LASTING and self._ongoing.get(finding.kind) != finding.t_start_s:
                self._ongoing[finding.kind] = finding.t_start_s
                begun.append(finding.kind)
        return begun
