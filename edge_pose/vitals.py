"""How the running program is doing: rates and ages from its loop, heat from its board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge_pose.clock import Clock
from edge_pose.runtime.meters import Quantiles, Rate
from edge_pose.values import Health


@dataclass(frozen=True, slots=True)
class Heat:
    """What the board says of its temperature; None where it does not say."""

    temperature_c: float | None = None
    throttled: bool | None = None


class Vitals:
    """Counts frames in the loop's thread; ``refresh`` sums up for everyone else."""

    def __init__(
        self,
        clock: Clock,
        dropped: Callable[[], int],
        heat: Callable[[], Heat] = Heat,
    ) -> None:
        self._clock = clock
        self._dropped = dropped
        self._heat = heat
        self.rate = Rate()
        self.age_ms = Quantiles()
        self.health = Health()

    def frame_done(self, frame_t: float) -> None:
        """A frame taken at clock time ``frame_t`` has been judged just now."""
        now = self._clock.now()
        self.rate.add(now)
        self.age_ms.add((now - frame_t) * 1e3)

    def refresh(self) -> Health:
        """Renew ``health``; called a few times a second, never per frame (quantiles cost)."""
        heat = self._heat()
        self.health = replace(
            self.health,
            fps=self.rate.per_s(self._clock.now()),
            frame_age_ms=self.age_ms.p50,
            frame_age_p95_ms=self.age_ms.p95,
            dropped=self._dropped(),
            temperature_c=heat.temperature_c,
            throttled=heat.throttled,
        )
        return self.health

    def mute(self, muted: bool) -> None:
        """Remember that a person silenced the outputs."""
        self.health = replace(self.health, muted=muted)
