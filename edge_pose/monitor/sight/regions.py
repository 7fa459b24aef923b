"""The parts of a car and the road that a driver looks at, by direction from the road ahead.

Priors of a left-hand drive car, mirrored for right-hand drive; mirrors and instruments settle on
where they are really looked at, within ± 10°. Yaw > 0 is towards the middle of a left-hand drive
car, pitch > 0 up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edge_pose.config.sight import SightConfig

Free = Literal["mirror", "cluster", "none"]

ROAD = "road"
LAP = "lap"
INNER_MIRROR = "inner mirror"
NEAR_MIRROR = "driver's mirror"
FAR_MIRROR = "far mirror"
CLUSTER = "instruments"
STACK = "centre console"
PASSENGER = "passenger side"
FOOTWELL = "passenger footwell"
DOOR = "driver's door"
WINDOW = "driver's window"
SHOULDER = "over the shoulder"
ROOF = "roof"
ROADSIDE = "roadside"

NAMES = (
    ROAD, INNER_MIRROR, NEAR_MIRROR, FAR_MIRROR, CLUSTER, STACK, PASSENGER, FOOTWELL, LAP, DOOR,
    WINDOW, SHOULDER, ROOF, ROADSIDE,
)  # fmt: skip
"""Every name of a region."""

_LEARN_LOOKS = 12.0  # memory of a region's place, in looks
_NEAR_DEG = 8.0  # a look so near a region's edge may be one at it


@dataclass(slots=True)
class Region:
    """A rectangle of directions. ``free``: which short looks count for nothing."""

    name: str
    yaw: tuple[float, float]
    pitch: tuple[float, float]
    free: Free = "none"
    off_yaw: float = 0.0
    off_pitch: float = 0.0
    """How far this car's and driver's is from the prior."""

    def has(self, yaw_deg: float, pitch_deg: float, around_deg: float = 0.0) -> bool:
        yaw, pitch = yaw_deg - self.off_yaw, pitch_deg - self.off_pitch
        return (
            self.yaw[0] - around_deg <= yaw <= self.yaw[1] + around_deg
            and self.pitch[0] - around_deg <= pitch <= self.pitch[1] + around_deg
        )

    def settle(self, yaw_deg: float, pitch_deg: float, within_deg: float) -> None:
        """A look at it was there: its place moves a little that way."""
        middle_yaw = (self.yaw[0] + self.yaw[1]) / 2.0
        middle_pitch = (self.pitch[0] + self.pitch[1]) / 2.0
        share = 1.0 / _LEARN_LOOKS
        self.off_yaw += share * (yaw_deg - middle_yaw - self.off_yaw)
        self.off_pitch += share * (pitch_deg - middle_pitch - self.off_pitch)
        self.off_yaw = max(-within_deg, min(within_deg, self.off_yaw))
        self.off_pitch = max(-within_deg, min(within_deg, self.off_pitch))


def _priors(low_deg: float) -> tuple[Region, ...]:
    """Fixed things first: what has a place in the car is asked before what is left between."""
    return (
        Region(INNER_MIRROR, (26.0, 48.0), (3.0, 22.0), "mirror"),
        Region(NEAR_MIRROR, (-52.0, -26.0), (-20.0, -2.0), "mirror"),
        Region(FAR_MIRROR, (46.0, 75.0), (-18.0, -3.0), "mirror"),
        Region(CLUSTER, (-14.0, 14.0), (-low_deg, -8.0), "cluster"),
    )


class Regions:
    """Names directions; keeps where this driver's mirrors and instruments are."""

    def __init__(self, config: SightConfig) -> None:
        self._config = config
        self._learned = _priors(config.low_deg)
        self._on_road = True
        self._look: tuple[Region, float, float, int] | None = None

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Where the middle of each learned region is now, in a left-hand drive car."""
        return {
            region.name: (
                sum(region.yaw) / 2.0 + region.off_yaw,
                sum(region.pitch) / 2.0 + region.off_pitch,
            )
            for region in self._learned
        }

    def find(self, yaw_deg: float, pitch_deg: float, mirrored: bool) -> tuple[str, Free]:
        """The region in this direction, and which short looks there are free. ``mirrored``:
        right-hand drive."""
        yaw = -yaw_deg if mirrored else yaw_deg
        self._on_road = self.is_road(yaw, pitch_deg)
        if self._on_road:
            self._end_look()
            return ROAD, "none"
        for region in self._learned:
            if region.has(yaw, pitch_deg):
                self._follow(region, yaw, pitch_deg)
                return region.name, region.free
        self._end_look()
        return self._rest(yaw, pitch_deg)

    def is_road(self, yaw: float, pitch: float) -> bool:
        """The road ahead, to whichever side the driver sits."""
        config = self._config
        inner = 0.0 if self._on_road else config.hysteresis_deg
        return (
            abs(yaw) <= config.road_yaw_deg - inner
            and -config.road_down_deg + inner <= pitch <= config.road_up_deg - inner
        )

    def _rest(self, yaw: float, pitch: float) -> tuple[str, Free]:
        """What has no fixed place, or one that is not learned."""
        low = pitch < -self._config.low_deg
        if pitch > self._config.road_up_deg:
            name = ROOF
        elif yaw < -55.0 or yaw > 75.0:
            return (WINDOW if yaw < 0.0 else SHOULDER), "mirror"
        elif low and abs(yaw) <= 30.0:
            name = LAP
        elif yaw > 45.0:
            name = FOOTWELL if pitch < -18.0 else PASSENGER
        elif pitch < -self._config.road_down_deg:
            name = DOOR if yaw < -14.0 else STACK
        else:
            name = ROADSIDE
        return name, "none"

    def _follow(self, region: Region, yaw: float, pitch: float) -> None:
        """Average a look while it lasts."""
        look = self._look
        if look is None or look[0] is not region:
            self._end_look()
            self._look = (region, yaw, pitch, 1)
            return
        count = look[3] + 1
        self._look = (
            region,
            look[1] + (yaw - look[1]) / count,
            look[2] + (pitch - look[2]) / count,
            count,
        )

    def _end_look(self) -> None:
        look, self._look = self._look, None
        if look is not None and look[3] >= 3:
            look[0].settle(look[1], look[2], self._config.settle_deg)
