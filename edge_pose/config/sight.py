"""Where the eyes look: when they are believed, what the regions are, what each allows."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from edge_pose.config.section import Section, setting

_GEOMETRY = "published geometry of cars, ± 10°, left-hand drive; mirrored for right-hand drive"

DriveSide = Literal["auto", "left", "right"]


class SightConfig(Section):
    """The line of sight, relative to this driver's road ahead."""

    drive_side: DriveSide = setting(
        "auto", "where the driver sits: left (left-hand drive), right, or auto: by where the "
        "camera sits; a camera straight ahead is taken for left-hand drive",
        source="a camera in the middle of the car sees the driver look past it to the outside",
    )  # fmt: skip
    auto_side_deg: float = setting(
        8.0, "auto: the camera must sit this far aside to tell the side", unit="deg", ge=3.0,
        le=30.0, source="beyond the error of a neutral pose",
    )  # fmt: skip
    certain_std_deg: float = setting(
        10.0, "a line of sight with a larger expected error decides nothing", unit="deg", ge=3.0,
        le=20.0, source="two thirds of the way from the road's middle to its edge",
    )  # fmt: skip
    head_limit_deg: float = setting(
        45.0, "with the head turned further, the head alone decides", unit="deg", ge=25.0, le=70.0,
        source="one eye hides; teachers of gaze spread by 10–18° beyond 40° of yaw",
    )  # fmt: skip
    hold_s: float = setting(
        0.5, "eyes lost for less are taken to look where they looked", unit="s", ge=0.1, le=2.0,
        source="a blink",
    )  # fmt: skip
    road_yaw_deg: float = setting(
        15.0, "the road reaches so far to both sides", unit="deg", ge=8.0, le=30.0,
        source="percent road centre and AttenD: a cone of 8–15°",
    )  # fmt: skip
    road_down_deg: float = setting(
        10.0, "… so far down", unit="deg", ge=4.0, le=20.0, source=_GEOMETRY
    )
    road_up_deg: float = setting(
        20.0, "… and so far up, to the roof", unit="deg", ge=8.0, le=40.0,
        source="EU 2023/2590: the roof is an area of its own; signs and lights are the road",
    )  # fmt: skip
    low_deg: float = setting(
        30.0, "below is the lap, with its own time", unit="deg", ge=20.0, le=45.0,
        source="EU 2023/2590: gaze below a plane 30° down",
    )  # fmt: skip
    hysteresis_deg: float = setting(
        2.0, "a look that has left the road is back when so much inside", unit="deg", ge=0.0,
        le=6.0, source="noise of the smoothed line of sight",
    )  # fmt: skip
    mirror_free_s: float = setting(
        1.85, "a shorter look into a mirror or over the shoulder counts for nothing", unit="s",
        ge=0.0, le=3.0,
        source="looks into mirrors take 0.75–1.1 s, 99 % under 2.4 s; under 2 s none counts, less "
        "one observation's uncertainty",
    )  # fmt: skip
    cluster_free_s: float = setting(
        1.5, "a shorter look at the instruments counts for nothing", unit="s", ge=0.0, le=3.0,
        source="AttenD gives mirrors and speedometer the first second",
    )  # fmt: skip
    manoeuvre_s: float = setting(
        4.0, "how long a look to that side counts as the road while the indicator is on", unit="s",
        ge=0.0, le=10.0, source="mirror and shoulder check before a change of lane",
    )  # fmt: skip
    curve_share: float = setting(
        0.25, "in a bend the road is so many degrees aside for each of the steering wheel",
        unit="deg/deg", ge=0.0, le=1.0,
        source="steering ratio 15, wheelbase 2.7 m, a look 1.5–2 s ahead: 0.25–0.45",
    )  # fmt: skip
    curve_most_deg: float = setting(
        20.0, "… at most", unit="deg", ge=0.0, le=45.0, source="tangent points of narrow bends"
    )
    settle_deg: float = setting(
        10.0, "a region's place is learned within so much of its prior", unit="deg", ge=0.0,
        le=20.0, source=_GEOMETRY,
    )  # fmt: skip
    owl_deg: float = setting(
        12.0, "a head turned by more goes along with the look", unit="deg", ge=5.0, le=25.0,
        source="Euro NCAP: eyes alone (lizard) within about 8° of head movement",
    )  # fmt: skip
    lean_sides: float = setting(
        0.35, "a face this far from its usual place: the body leans", unit="face sides", ge=0.1,
        le=1.0, source="beyond what a turn of the head moves it",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.road_down_deg < self.low_deg:
            raise ValueError("road_down_deg must lie below low_deg")
        return self
