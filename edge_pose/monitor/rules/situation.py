"""What a rule is given at each moment, and what a rule is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.lids import Lids
from edge_pose.monitor.sight.sight import Sight
from edge_pose.values import Observation


@dataclass(slots=True, kw_only=True)
class Situation:
    """One moment. Rules run in the order of the list; each sees what those before it found."""

    observation: Observation
    sample: Sample
    lids: Lids
    sight: Sight
    eyes_expected: bool = False
    """This stream measures eyes."""
    refused: str = ""
    """What was left out of the observation as impossible."""
    swaps: int = 0
    """How often the face was another one than before, lately."""
    camera_bad: bool = False
    """The image is bad, though perhaps not for long."""
    found: list[Finding] = field(default_factory=list)

    def is_blink(self, longest_s: float) -> bool:
        """On the road but for shut eyes, and these for no longer than a blink."""
        sight = self.sight
        if not sight.eyes_closed or not sight.seen or sight.off_road:
            return False
        return self.lids.shut_s < longest_s


class Rule(Protocol):
    """Keeps its own state; says what it finds now."""

    def update(self, now: Situation) -> Finding | None:
        """The finding of this moment."""
