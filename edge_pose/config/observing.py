"""How observations are read: order, smoothing, off the road, whose face."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class IntakeConfig(Section):
    """How observations are put in order."""

    longest_step_s: float = setting(
        0.65, "a longer hole in the observations is credited to nothing", unit="s", ge=0.1, le=5.0,
        source="six lost in a row at 10 a second; blinks on both sides of a hole are no closure",
    )  # fmt: skip
    lost_in_a_row: float = setting(
        3.5, "… unless it is shorter than so many of the usual intervals", ge=1.5, le=10.0,
        source="at 5 observations a second three lost ones in a row are no hole",
    )  # fmt: skip
    jump_back_s: float = setting(
        2.0, "older observations are no latecomers: the clock may have jumped", unit="s",
        ge=0.5, le=60.0, source="longer than any camera or bus queue",
    )  # fmt: skip
    jump_count: int = setting(
        3, "so many in a row confirm that the clock jumped back", ge=2, le=30,
        source="one or two are strays",
    )  # fmt: skip


class PoseFilterConfig(Section):
    """One-euro smoothing of the head angles (Casiez 2012), in seconds, not frames."""

    cutoff_hz: float = setting(
        1.5, "cut-off for a still head", unit="Hz", ge=0.2, le=20.0,
        source="3° of noise becomes about 1° at 30 observations a second",
    )  # fmt: skip
    speed_factor: float = setting(
        0.05, "how much the cut-off rises with the head's speed", unit="Hz per deg/s",
        ge=0.0, le=1.0, source="a glance passes with less than one observation of delay",
    )  # fmt: skip
    speed_cutoff_hz: float = setting(
        1.0, "cut-off of the speed itself", unit="Hz", ge=0.1, le=10.0, source="Casiez 2012"
    )
    certain_std_deg: float = setting(
        12.0, "a pose with a larger expected error decides nothing", unit="deg", ge=3.0, le=45.0,
        source="half the yaw threshold; openpilot gates at 17°",
    )  # fmt: skip
    clear_residual: float = setting(
        0.036, "where the 3D fit leaves a larger error the face is not clear: its pose decides "
        "nothing", unit="face sizes", ge=0.01, le=0.12,
        source="the worst of 2 013 plain validation faces, profiles too (99 %: 0.023); most hidden "
        "faces leave no fit at all and show in the expected error",
    )  # fmt: skip


class GazeConfig(Section):
    """Which head poses count as off the road, relative to the neutral pose."""

    yaw_deg: float = setting(
        25.0, "turned to a side by more: off the road", unit="deg", ge=15.0, le=60.0,
        source="openpilot: 23–29°",
    )  # fmt: skip
    down_deg: float = setting(
        18.0, "lowered by more: off the road", unit="deg", ge=8.0, le=45.0,
        source="openpilot, calibrated; the gaze is then below EU 2023/2590's 30° plane",
    )  # fmt: skip
    down_uncalibrated_deg: float = setting(
        26.0, "the same before the neutral pose is confirmed", unit="deg", ge=8.0, le=60.0,
        source="openpilot, before calibration",
    )  # fmt: skip
    up_deg: float = setting(
        30.0, "raised by more: off the road (the roof)", unit="deg", ge=15.0, le=60.0,
        source="EU 2023/2590: the roof is an area of its own",
    )  # fmt: skip
    hysteresis: float = setting(
        0.85, "back on the road below this share of the threshold", ge=0.5, le=1.0,
        source="3° of noise must not chatter",
    )  # fmt: skip
    projection_s: float = setting(
        0.3, "how long a lost head is taken to have gone on turning", unit="s", ge=0.0, le=1.0,
        source="duration of a large head turn",
    )  # fmt: skip


class DriverConfig(Section):
    """Whose face it is, by its place and size in the image."""

    jump: float = setting(
        1.0, "a face further from the last place is another person's", unit="face sides",
        ge=0.3, le=5.0, source="a head moves less within the time of one lost face",
    )  # fmt: skip
    size_ratio: float = setting(
        1.8, "a face larger or smaller by more is another person's", ge=1.2, le=4.0,
        source="the rear seat is about twice as far from the camera",
    )  # fmt: skip
    follow_s: float = setting(
        0.1, "how quickly the driver's place follows the face", unit="s", ge=0.01, le=2.0,
        source="half of the way within one observation at 15 a second",
    )  # fmt: skip
    usual_s: float = setting(
        30.0, "memory of the face's usual place, from which a lean is measured", unit="s", ge=5.0,
        le=600.0, source="longer than any look, shorter than a change of posture",
    )  # fmt: skip
    swap_count: int = setting(
        6, "so many changes between two faces …", ge=3, le=16,
        source="a passenger who leans in makes two",
    )  # fmt: skip
    swap_window_s: float = setting(
        60.0, "window within which they are counted", unit="s", ge=10.0, le=300.0,
        source="three turns within a minute",
    )  # fmt: skip
    knock_deg: float = setting(
        5.0, "a jump of yaw, pitch and roll by so much each in one image: the camera was moved",
        unit="deg", ge=3.0, le=20.0, source="three times the noise of the angles",
    )  # fmt: skip
    knock_share: float = setting(
        0.55, "share of the whole change that must come about within one image", ge=0.3, le=0.95,
        source="a turn of 0.35 s shows less than 0.3 of itself from one image to the next at 10 a "
        "second",
    )  # fmt: skip
    knock_sides: float = setting(
        0.15, "… and of the face's place, where it is measured", unit="face sides", ge=0.05, le=1.0,
        source="5° of a camera move a face at 0.7 m by about a quarter of its side",
    )  # fmt: skip
    knock_s: float = setting(
        0.5, "how long the jump must stay", unit="s", ge=0.2, le=5.0,
        source="longer than a misread face",
    )  # fmt: skip
    knock_interval_s: float = setting(
        0.15, "with observations further apart than this it cannot be told from a turn so soon …",
        unit="s", ge=0.05, le=0.5, source="turns of the head take 0.2–0.4 s",
    )  # fmt: skip
    knock_slow_s: float = setting(
        8.0, "… and how long it must stay", unit="s", ge=1.0, le=60.0,
        source="longer than a look",
    )  # fmt: skip
    accept_s: float = setting(
        20.0, "time after which the other person is the driver", unit="s", ge=2.0, le=300.0,
        source="by then the driver's absence has been told",
    )  # fmt: skip
    missed_s: float = setting(
        120.0, "the same while a driver is known to have fallen asleep in a car that may move",
        unit="s", ge=2.0, le=600.0,
        source="nobody changes seats on the road; whoever moved his seat is found again",
    )  # fmt: skip
