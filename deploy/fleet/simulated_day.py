"""What one box sends in a day, in the words of the real program."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.sinks.mqtt.event_payload import event, marked_late
from edge_pose.sinks.mqtt.minute_lane import TOGETHER, minutes_text
from edge_pose.sinks.store.minutes import Minute
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase

MINUTES = 1440
_EPISODES_AN_HOUR = 2.0
_KINDS = (
    (AlertKind.GLANCE, AlertLevel.WARNING, "looked 42° to the right for 3.1 s"),
    (AlertKind.GLANCE, AlertLevel.ADVISORY, "looked 31° to the left for 3.0 s"),
    (AlertKind.REPEATED, AlertLevel.WARNING, "10.2 s of the last 30 s off the road"),
    (AlertKind.YAWN, AlertLevel.ADVISORY, "3 yawns in 5 min"),
    (AlertKind.DROWSY, AlertLevel.WARNING, "PERCLOS 16 %, 2 nods"),
    (AlertKind.MICROSLEEP, AlertLevel.WARNING, "eyes shut for 1.6 s"),
    (AlertKind.SLEEP, AlertLevel.CRITICAL, "eyes shut for 3.1 s"),
    (AlertKind.LIMITED, AlertLevel.ADVISORY, "eyes not seen"),
)
_WEIGHTS = (30, 30, 12, 10, 6, 5, 1, 6)


class DayTime:
    """The wall clock of a simulated day: its seconds begin at ``start_s``."""

    synchronised = True

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s

    def at(self, t_s: float) -> float:
        return self._start_s + t_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: its lane (event or minutes), number and text."""

    lane: str
    seq: int
    text: str


class SimulatedDay:
    """``driven``: minutes of the day in which the car is driven, in one piece."""

    def __init__(self, vehicle_id: str, start_s: float, *, driven: int = MINUTES) -> None:
        self._vehicle_id, self._driven = vehicle_id, driven
        self._wall = DayTime(start_s)
        self._chance = random.Random(vehicle_id)
        self._run = f"{self._chance.getrandbits(32):08x}"
        self._seq = {"event": 1_000_000, "minutes": 1_000_000}
        self._episode = 0
        self._tired = self._chance.random()

    def messages(self) -> Iterator[Message]:
        """The day's messages in the order in which they come."""
        waiting: list[Minute] = []
        for number in range(self._driven):
            waiting.append(self._minute(number))
            for _ in range(self._chance.random() < _EPISODES_AN_HOUR / 60.0):
                yield from self._episode_in(number)
            if len(waiting) == TOGETHER or number == self._driven - 1:
                yield self._minutes(waiting)
                waiting = []

    def _next(self, lane: str) -> int:
        self._seq[lane] += 1
        return self._seq[lane]

    def _minutes(self, minutes: list[Minute]) -> Message:
        seq = self._next("minutes")
        text = minutes_text(minutes, seq=seq, run=self._run, vehicle_id=self._vehicle_id)
        return Message(lane="minutes", seq=seq, text=text)

    def _minute(self, number: int) -> Minute:
        """PERCLOS rises over the hours of a tired driver; glances come and go."""
        tiredness = self._tired * number / MINUTES
        away = max(0.0, self._chance.gauss(0.06 + 0.04 * math.sin(number / 97.0), 0.03))
        return Minute(
            utc_s=self._wall.at(60.0 * number),
            samples=900,
            face=min(1.0, self._chance.gauss(0.99, 0.01)),
            distracted=min(1.0, away),
            attention=max(0.0, 1.0 - 2.0 * away),
            attention_min=self._chance.uniform(0.2, 1.0),
            level_max=int(self._chance.random() < 0.03),
            perclos=max(0.0, self._chance.gauss(0.05 + 0.1 * tiredness, 0.015)),
            drowsiness=tiredness,
            fps=self._chance.gauss(14.9, 0.2),
            frame_age_p95_ms=self._chance.gauss(85.0, 6.0),
            dropped=0,
            temperature_c=self._chance.gauss(62.0, 2.0),
        )

    def _episode_in(self, number: int) -> Iterator[Message]:
        """A new episode and, some seconds later, its end."""
        self._episode += 1
        kind, level, reason = self._chance.choices(_KINDS, _WEIGHTS)[0]
        t_s = 60.0 * number + self._chance.uniform(0, 40)
        lasts_s = self._chance.uniform(2.0, 12.0)
        for phase, at_s in ((AlertPhase.NEW, t_s), (AlertPhase.END, t_s + lasts_s)):
            seq = self._next("event")
            alert = Alert(
                id=self._episode, kind=kind, level=level, phase=phase, t_s=at_s,
                t_start_s=t_s - 3.0, t_alert_s=t_s, reason=reason, kinds=(kind,),
                t_end_s=at_s if phase is AlertPhase.END else None,
                values={"speed_kmh": round(self._chance.uniform(20, 120), 1)},
            )  # fmt: skip
            text = event(
                alert, seq=seq, run=self._run, vehicle_id=self._vehicle_id,
                wall=self._wall,  # type: ignore[arg-type]
            )  # fmt: skip
            # A day sent at once: none of it happens now.
            yield Message(lane="event", seq=seq, text=marked_late(text))
