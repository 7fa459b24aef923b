"""The car's latest words, from however many sources, as one ``VehicleState``."""

from __future__ import annotations

import logging
import threading
from typing import Any

from edge_pose.clock import Clock
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.values import VehicleState
from edge_pose.vehicle.combine import Agreed, Heard, agree, standing
from edge_pose.vehicle.off import OffGate
from edge_pose.vehicle.plausible import QUANTITIES, plausible
from edge_pose.vehicle.source import Word

log = logging.getLogger(__name__)

_ALWAYS_S = 0.5  # a button that is no longer looked at is not pressed
_AGAINST_S = 60.0
"""A disagreement is told once in this time: sources may differ at every change of speed."""


class VehicleInputs:
    """Sources write from their own threads, the inference loop reads once a frame. Nothing has to
    tick: what a word is worth is judged when it is read, so no stuck thread can keep one alive."""

    def __init__(self, config: VehicleConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: dict[str, dict[str, Heard]] = {name: {} for name in QUANTITIES}
        self._gate = OffGate(config)
        self._engaged: bool | None = None
        self._doubt = ""
        self._against_s: dict[str, float] = {}
        self._limits_s = _limits(config)

    def hear(self, source: str, *, valid_s: float | None = None, **words: Word) -> None:
        """Take a source's words; None, or what no car can say, is: unknown. They count for the
        configured time, or ``valid_s`` where the source knows better."""
        now_s = self._clock.now()
        with self._lock:
            for quantity, word in words.items():
                limit_s = self._limits_s[quantity] if valid_s is None else valid_s
                self._heard[quantity][source] = Heard(
                    source=source, word=plausible(quantity, word), until_s=now_s + limit_s
                )

    def forget(self, source: str) -> None:
        """The source is gone: what it said is unknown again."""
        with self._lock:
            for words in self._heard.values():
                words.pop(source, None)

    @property
    def state(self) -> VehicleState:
        """What is known now."""
        now_s = self._clock.now()
        with self._lock:
            agreed = {
                quantity: agree(quantity, tuple(words.values()), now_s, self._config.order)
                for quantity, words in self._heard.items()
            }
            self._tell_disagreements(agreed, now_s)
            return self._state({name: one.word for name, one in agreed.items()}, now_s)

    def _state(self, words: dict[str, Any], now_s: float) -> VehicleState:
        words["standstill"] = standing(words["standstill"], words["speed_kmh"])
        engaged = self._gate.engaged(
            now_s, words["ignition"], words["standstill"], words["speed_kmh"]
        )
        self._tell_change(engaged)
        for place in ("latitude_deg", "longitude_deg"):
            words[place] = self._rounded(words[place])
        return VehicleState(engaged=engaged, **words)

    def _rounded(self, degrees: float | None) -> float | None:
        if degrees is None or not self._config.place:
            return None
        return round(degrees, self._config.place_digits)

    def _tell_change(self, engaged: bool | None) -> None:
        if self._gate.reason and self._gate.reason != self._doubt:
            log.warning("ignition off: %s; the monitor is on", self._gate.reason)
        self._doubt = self._gate.reason
        if engaged is self._engaged:
            return
        if engaged is False:
            log.warning("the ignition is off: the monitor is off")
        elif self._engaged is False:
            log.warning("the monitor is on: the ignition is %s", "on" if engaged else "unknown")
        self._engaged = engaged

    def _tell_disagreements(self, agreed: dict[str, Agreed], now_s: float) -> None:
        for quantity, one in agreed.items():
            if one.against and now_s >= self._against_s.get(quantity, now_s):
                self._against_s[quantity] = now_s + _AGAINST_S
                log.warning(
                    "%s: %s and %s do not agree; the stricter word counts",
                    quantity, one.source, ", ".join(one.against),
                )  # fmt: skip


def _limits(config: VehicleConfig) -> dict[str, float]:
    """Seconds for which a word of each quantity counts."""
    return {
        "speed_kmh": config.speed_timeout_s,
        "standstill": config.speed_timeout_s,
        "ignition": config.ignition_timeout_s,
        "gear": config.gear_timeout_s,
        "steering_deg": config.steering_timeout_s,
        "indicator": config.steering_timeout_s,
        "latitude_deg": config.place_timeout_s,
        "longitude_deg": config.place_timeout_s,
        "acknowledge": _ALWAYS_S,
    }
