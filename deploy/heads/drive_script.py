"""What a driver does over time: tracks of head, look, lids and jaw, written like a story."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import TypeVar

from deploy.heads.light import LightKind
from deploy.heads.wear import GlassesKind

Angles = tuple[float, float, float]
Look = tuple[float, float]
T = TypeVar("T", float, Angles, Look)

_HEAD_S, _EYES_S, _BLINK_S = 0.35, 0.08, 0.2
"""How long a head turn, a jump of the eyes and a blink take (medians of driving studies)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """``head``: (yaw, pitch, roll) and ``look``: (yaw, pitch) in camera axes, degrees; ``lids``:
    1 open … 0 shut; ``jaw``: 0 shut … 1; ``glasses``: whether they are on; ``hand``: whether one
    is before the eyes; ``tunnel``: 0 outside … 1 inside."""

    head: Angles
    look: Look
    lids: float
    jaw: float
    glasses: bool = True
    hand: bool = False
    tunnel: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """The camera of a drive: where it sees the driver's eyes (camera axes, m), its field of view
    and its picture. ``wheel``: where the hands grip (right, left), or None: no wheel in view."""

    eyes_m: tuple[float, float, float] = (0.02, 0.03, -0.62)
    hfov_deg: float = 46.0
    size_px: tuple[int, int] = (320, 240)
    grips_deg: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert the drive must raise: a kind's name, and when what it is about begins."""

    kind: str
    begins_s: float


@dataclass(slots=True, kw_only=True)
class Script:
    """A drive being written. ``road``: where head and eyes are while all is well;
    ``glasses_from_s``: when they are put on."""

    name: str
    seconds: float
    person: int
    light: LightKind
    glasses: GlassesKind | None = None
    mount: Mount = Mount()
    glasses_from_s: float = 0.0
    road: Angles = (0.0, -2.0, 0.0)
    road_look: Look = (0.0, 0.0)
    alerts: list[Alert] = field(default_factory=list)
    _heads: list[tuple[float, Angles]] = field(default_factory=list)
    _looks: list[tuple[float, Look]] = field(default_factory=list)
    _lids: list[tuple[float, float]] = field(default_factory=list)
    _jaws: list[tuple[float, float]] = field(default_factory=list)
    _tunnel: list[tuple[float, float]] = field(default_factory=list)
    _hands: list[tuple[float, float]] = field(default_factory=list)

    def head(
        self, at: float, yaw: float, pitch: float, roll: float = 0.0, takes: float = _HEAD_S
    ) -> None:
        """Turn the head by these angles off the road."""
        here = self.road
        goal = (here[0] + yaw, here[1] + pitch, here[2] + roll)
        self._heads += [(at, _value(self._heads, at, here)), (at + takes, goal)]

    def look(self, at: float, yaw: float, pitch: float) -> None:
        """Turn the eyes by these angles off the road, whatever the head does."""
        here = self.road_look
        goal = (here[0] + yaw, here[1] + pitch)
        self._looks += [(at, _value(self._looks, at, here)), (at + _EYES_S, goal)]

    def glance(self, at: float, lasts: float, yaw: float, pitch: float, share: float) -> None:
        """Look aside and back; the head makes ``share`` of the way (0: eyes alone)."""
        self.look(at, yaw, pitch)
        self.look(at + lasts, 0.0, 0.0)
        if share:
            self.head(at, yaw * share, pitch * share)
            self.head(at + lasts, 0.0, 0.0)

    def lids(self, at: float, opening: float, takes: float = 0.1) -> None:
        self._lids += [(at, _value(self._lids, at, 1.0)), (at + takes, opening)]

    def blink(self, at: float) -> None:
        self.lids(at, 0.0, 0.07)
        self.lids(at + 0.12, 1.0, _BLINK_S - 0.12)

    def blinks(self, start: float, end: float, every: float = 3.7) -> None:
        at = start
        while at < end:
            self.blink(at)
            at += every

    def jaw(self, at: float, opening: float, takes: float) -> None:
        self._jaws += [(at, _value(self._jaws, at, 0.0)), (at + takes, opening)]

    def tunnel(self, start: float, end: float, takes: float = 0.6) -> None:
        """Drive through a tunnel: its shadow passes over the car in ``takes`` seconds."""
        self._tunnel += [(start, 0.0), (start + takes, 1.0), (end, 1.0), (end + takes, 0.0)]

    def puts_glasses_on(self, at: float, takes: float = 0.7) -> None:
        """A hand covers the eyes; when it is gone the glasses are on."""
        self.glasses_from_s = at + takes / 2.0
        self._hands.append((at, at + takes))

    def at(self, t_s: float) -> Moment:
        return Moment(
            head=_value(self._heads, t_s, self.road),
            look=_value(self._looks, t_s, self.road_look),
            lids=_value(self._lids, t_s, 1.0),
            jaw=_value(self._jaws, t_s, 0.0),
            glasses=t_s >= self.glasses_from_s,
            hand=any(start <= t_s < end for start, end in self._hands),
            tunnel=_value(self._tunnel, t_s, 0.0),
        )


def _value(track: list[tuple[float, T]], t_s: float, start: T) -> T:
    """A track's value: eased between its points, held after the last."""
    place = bisect.bisect_right([point[0] for point in track], t_s)
    if place == 0:
        return start
    before, value = track[place - 1]
    if place == len(track):
        return value
    after, goal = track[place]
    share = (t_s - before) / max(after - before, 1e-9)
    return _between(value, goal, share * share * (3.0 - 2.0 * share))


def _between(a: T, b: T, share: float) -> T:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
    return a + (b - a) * share
