"""An attentive driver in traffic, as observations; knows nothing of the monitor's rules.

Where the numbers come from:
- glances off the road: 25 a minute of mostly < 1 s, log-normal with a median of 0.6 s, cut at 1.6 s
  (NHTSA 2013: means ≤ 2 s, ≤ 15 % above 2 s; Victor et al. 2015, SHRP 2: baseline eyes off road
  12–15 % of the time, median glance about 0.6 s). Only some turn the head by more than 25°;
- mirror checks: 4 a minute, 0.6–1.2 s, head turned 20–45° (Lee et al. 2004, lane changes);
- shoulder checks: one every 3 minutes, 0.8–1.6 s, up to 70°;
- blinks: 15 a minute of 0.1–0.3 s (Bentivoglio 1997: 17 at rest, fewer while driving);
- talking: bouts of 20 s every 3 minutes, mouth moving at 3–5 Hz; a yawn is none of it;
- vibration: 2–10 Hz, up to 2.5° of pitch, for a quarter of the time (rough road);
- pose noise of 2°; eyes unmeasured for seconds now and then (glare, a hand).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.values import EyeState, HeadPose, Observation, VehicleState

_TURN_S = 0.25  # how long the head takes to turn


@dataclass(slots=True)
class _Turn:
    """The head on its way out, there, and back."""

    begin: float
    end: float
    yaw_deg: float
    pitch_deg: float

    def share(self, t: float) -> float:
        """0 on the road … 1 at the target."""
        return max(0.0, min(1.0, (t - self.begin) / _TURN_S, (self.end - t) / _TURN_S))


class AttentiveDriver:
    """Draws glances, blinks and talk as time passes; the same for the same seed at any rate."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._turn = _Turn(0.0, 0.0, 0.0, 0.0)
        self._next_turn = self._blink_at = self._blink_end = 0.0
        self._talk_from = self._talk_to = 30.0
        self._blind_from = self._blind_to = 60.0
        self._rough_from = self._rough_to = 0.0
        self._vibration_hz = 4.0

    def observe(self, t: float, frame: int) -> Observation:
        """What the camera tells at this moment; ask in order of time."""
        self._advance(t)
        chance = self._chance
        share = self._turn.share(t)
        shake = (
            2.5 * math.sin(2.0 * math.pi * self._vibration_hz * t) if t < self._rough_to else 0.0
        )
        pose = HeadPose(
            yaw_deg=share * self._turn.yaw_deg + chance.gauss(0.0, 2.0),
            pitch_deg=share * self._turn.pitch_deg + shake + chance.gauss(0.0, 2.0),
            roll_deg=chance.gauss(0.0, 2.0),
            std_deg=3.0,
        )
        return Observation(
            t_s=t,
            frame=frame,
            face=True,
            pose=pose,
            eyes=self._eyes(t),
            vehicle=VehicleState(speed_kmh=90.0),
        )

    def _eyes(self, t: float) -> EyeState:
        mouth = 0.3 * (1.0 + math.sin(2.0 * math.pi * 4.0 * t)) if t < self._talk_to else 0.05
        if self._blind_from <= t < self._blind_to:
            return EyeState(mouth=mouth)
        eyes = 0.0 if t < self._blink_end else min(1.2, max(0.5, self._chance.gauss(0.95, 0.08)))
        return EyeState(left=eyes, right=eyes, mouth=mouth)

    def _advance(self, t: float) -> None:
        chance = self._chance
        if t >= self._next_turn:
            self._turn = self._glance(t)
            self._next_turn = self._turn.end + chance.expovariate(1.0 / 6.0) + 1.0
        if t >= self._blink_at:
            self._blink_end = t + chance.uniform(0.1, 0.3)
            self._blink_at = t + chance.expovariate(15.0 / 60.0) + 0.4
        if t >= self._talk_from:
            self._talk_to = t + 20.0
            self._talk_from = t + chance.uniform(120.0, 240.0)
        if t >= self._blind_to:
            self._blind_from = t + chance.expovariate(1.0 / 120.0)
            self._blind_to = self._blind_from + chance.uniform(0.5, 4.0)
        if t >= self._rough_from:
            self._rough_to = t + chance.uniform(5.0, 30.0)
            self._rough_from = t + chance.uniform(40.0, 100.0)
            self._vibration_hz = chance.uniform(2.0, 10.0)

    def _glance(self, t: float) -> _Turn:
        chance = self._chance
        kind = chance.random()
        side = chance.choice((-1.0, 1.0))
        if kind < 0.03:  # over the shoulder
            return _Turn(t, t + chance.uniform(0.8, 1.6), 70.0 * side, 0.0)
        if kind < 0.45:  # mirrors
            yaw = side * chance.uniform(20.0, 45.0)
            return _Turn(t, t + chance.uniform(0.6, 1.2), yaw, chance.uniform(-5.0, 10.0))
        seconds = min(1.6, chance.lognormvariate(math.log(0.6), 0.5))
        return _Turn(t, t + seconds, side * chance.uniform(5.0, 35.0), -chance.uniform(0.0, 22.0))


def attentive_traffic(hours: float, *, hz: float, seed: int = 1) -> Iterator[Observation]:
    """Observations of an attentive driver over so many hours."""
    driver = AttentiveDriver(seed)
    for frame in range(round(hours * 3600.0 * hz)):
        yield driver.observe(frame / hz, frame)
