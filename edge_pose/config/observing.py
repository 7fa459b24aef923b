"""How observations are read: order, smoothing, off the road, whose face, the neutral pose."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class IntakeConfig(Section):
    """How observations are put in order."""

    longest_step_s: float = setting(
        1.0, "a hole in the observations counts at most this much", unit="s", ge=0.2, le=5.0,
        source="five observations in a row lost at 5 a second; beyond it nobody knows",
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
    closed_at: float = setting(
        0.2, "openness at or below which the eyes are closed", ge=0.05, le=0.5,
        source="PERCLOS P80, Wierwille 1994",
    )  # fmt: skip
    projection_s: float = setting(
        0.3, "a lost head is taken to have gone on turning for so long", unit="s", ge=0.0, le=1.0,
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
    accept_s: float = setting(
        20.0, "after so long the other person is the driver", unit="s", ge=2.0, le=300.0,
        source="by then the driver's absence has been told",
    )  # fmt: skip


class NeutralConfig(Section):
    """How the driver's road-ahead pose is learned."""

    provisional_s: float = setting(
        10.0, "a pose held still for so long in total is the provisional neutral", unit="s",
        ge=2.0, le=60.0, source="the pose a driver holds most is the road ahead",
    )  # fmt: skip
    confirmed_s: float = setting(
        60.0, "near it for so long in total, it is confirmed", unit="s", ge=10.0, le=600.0,
        source="openpilot: 60 s cumulative",
    )  # fmt: skip
    memory_s: float = setting(
        360.0, "memory of the slow adaptation", unit="s", ge=30.0, le=3600.0, source="openpilot"
    )
    still_deg: float = setting(
        7.0, "poses within this distance are one pose held still", unit="deg", ge=2.0, le=15.0,
        source="sway and noise of an attentive head",
    )  # fmt: skip
    outlier_deg: float = setting(
        10.0, "poses further from the neutral pose do not adapt it", unit="deg", ge=3.0, le=20.0,
        source="mirror and instrument glances stay out",
    )  # fmt: skip
    yaw_limit_deg: float = setting(
        45.0, "farthest yaw that may become neutral", unit="deg", ge=10.0, le=70.0,
        source="camera beside the wheel or at the pillar",
    )  # fmt: skip
    pitch_lowest_deg: float = setting(
        -30.0, "lowest pitch that may become neutral", unit="deg", ge=-60.0, le=0.0,
        source="camera above the mirror",
    )  # fmt: skip
    pitch_highest_deg: float = setting(
        20.0, "highest pitch that may become neutral", unit="deg", ge=0.0, le=60.0,
        source="camera on the dashboard",
    )  # fmt: skip
    drift_yaw_deg: float = setting(
        8.0, "adaptation moves yaw at most so far from what was confirmed", unit="deg",
        ge=0.0, le=20.0, source="openpilot clamps to a range of ± 9°",
    )  # fmt: skip
    drift_pitch_deg: float = setting(
        6.0, "adaptation moves pitch at most so far from what was confirmed", unit="deg",
        ge=0.0, le=20.0, source="openpilot: −5…+7°",
    )  # fmt: skip
    step_s: float = setting(
        40.0, "another pose held still so long, while none of the old: the seat was moved",
        unit="s", ge=10.0, le=300.0, source="longer than any glance",
    )  # fmt: skip
    step_yaw_deg: float = setting(
        15.0, "largest such step in yaw", unit="deg", ge=5.0, le=40.0,
        source="well below the yaw threshold of distraction",
    )  # fmt: skip
    step_pitch_deg: float = setting(
        12.0, "largest such step in pitch", unit="deg", ge=5.0, le=40.0,
        source="well below the pitch threshold of distraction",
    )  # fmt: skip
    driver_s: float = setting(
        30.0, "after an absence or another face, a pose held still so long is the new neutral",
        unit="s", ge=5.0, le=300.0, source="longer than a distracted driver lasts at level 3",
    )  # fmt: skip
    lasting_s: float = setting(
        240.0, "any other pose held still so long is the new neutral", unit="s",
        ge=60.0, le=3600.0, source="nobody drives so long without the road: the camera was moved",
    )  # fmt: skip
