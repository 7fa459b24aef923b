"""Thresholds of the driver monitor: when it speaks. Each with unit, range and source."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import model_validator

from edge_pose.config.fatigue import (
    ClosureConfig,
    DroopConfig,
    DrowsinessConfig,
    NodConfig,
    PerclosConfig,
    YawnConfig,
)
from edge_pose.config.section import Section, setting

Preset = Literal["euro-ncap", "eu-gsr", "gentle"]


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


class AttentionConfig(Section):
    """The attention counter, 1 … 0, as openpilot's published policy behaves."""

    advisory_s: float = setting(
        3.0, "distracted so long: level 1", unit="s", ge=1.0, le=30.0, source="openpilot: 11 − 8 s"
    )
    warning_s: float = setting(
        5.0, "distracted so long: level 2", unit="s", ge=1.0, le=60.0,
        source="openpilot: 11 − 6 s; UN R171: 5 s",
    )  # fmt: skip
    critical_s: float = setting(
        11.0, "distracted so long: level 3", unit="s", ge=2.0, le=120.0, source="openpilot: 11 s"
    )
    unseen_advisory_s: float = setting(
        15.0, "no usable face so long: level 1", unit="s", ge=2.0, le=120.0,
        source="openpilot: 30 − 15 s",
    )  # fmt: skip
    unseen_warning_s: float = setting(
        24.0, "no usable face so long: level 2", unit="s", ge=2.0, le=120.0,
        source="openpilot: 30 − 6 s",
    )  # fmt: skip
    unseen_critical_s: float = setting(
        30.0, "no usable face so long: level 3", unit="s", ge=3.0, le=300.0,
        source="openpilot: 30 s",
    )  # fmt: skip
    recovery_least: float = setting(
        1.25, "recovery as a multiple of the fall rate, near 1", ge=0.5, le=10.0,
        source="openpilot",
    )  # fmt: skip
    recovery_most: float = setting(
        5.0, "the same near 0: faster the lower it is", ge=0.5, le=20.0, source="openpilot"
    )
    filter_s: float = setting(
        0.25, "time constant of the low-pass before the counter", unit="s", ge=0.0, le=1.0,
        source="openpilot; a blink of 0.1–0.4 s never counts",
    )  # fmt: skip
    distracted_above: float = setting(
        0.63, "low-pass above which the driver is distracted", gt=0.0, lt=1.0, source="openpilot"
    )
    attentive_below: float = setting(
        0.37, "low-pass below which the driver is attentive", gt=0.0, lt=1.0, source="openpilot"
    )
    uncertain_s: float = setting(
        10.0, "an uncertain pose for so long counts like no face", unit="s", ge=1.0, le=60.0,
        source="openpilot",
    )  # fmt: skip
    standstill_s: float = setting(
        0.3, "standing for so long lifts the counter back above level 1", unit="s",
        ge=0.0, le=5.0, source="openpilot: stays at +0.1 s, gone at +0.5 s",
    )  # fmt: skip
    latch_s: float = setting(
        10.0, "without any acknowledge input, level 3 ends after so much attention", unit="s",
        ge=1.0, le=60.0, source="as long as the fallback for an uncertain pose",
    )  # fmt: skip
    acknowledge_hold_s: float = setting(
        1.0, "a press of the acknowledge button holds for so long", unit="s", ge=0.1, le=10.0,
        source="openpilot's drives press for 1 s",
    )  # fmt: skip
    lockout_count: int = setting(
        3, "so many times at level 3 lock out", ge=1, le=100, source="openpilot"
    )
    lockout_s: float = setting(
        30.0, "so much time at level 3 locks out", unit="s", ge=1.0, le=600.0, source="openpilot"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.advisory_s < self.warning_s < self.critical_s:
            raise ValueError("advisory_s < warning_s < critical_s must hold")
        if not self.unseen_advisory_s < self.unseen_warning_s < self.unseen_critical_s:
            raise ValueError("unseen_advisory_s < unseen_warning_s < unseen_critical_s must hold")
        if not self.attentive_below < self.distracted_above:
            raise ValueError("attentive_below must lie below distracted_above")
        if not self.recovery_least <= self.recovery_most:
            raise ValueError("recovery_least must not exceed recovery_most")
        return self


class GlanceConfig(Section):
    """The explicit windows: one long glance, many short ones, a look down."""

    long_s: float = setting(
        3.0, "one glance away for so long", unit="s", ge=1.5, le=10.0,
        source="Euro NCAP Driver Engagement v1.1: 3–4 s",
    )  # fmt: skip
    away_s: float = setting(
        10.0, "glances away for so long in total …", unit="s", ge=4.0, le=60.0,
        source="Euro NCAP Driver Engagement v1.1 (VATS)",
    )  # fmt: skip
    window_s: float = setting(
        30.0, "… within so long", unit="s", ge=10.0, le=120.0,
        source="Euro NCAP Driver Engagement v1.1 (VATS)",
    )  # fmt: skip
    down_s: float = setting(
        3.5, "looking down for so long at speed_kmh and more, or at unknown speed", unit="s",
        ge=1.0, le=15.0, source="EU 2023/2590",
    )  # fmt: skip
    down_slow_s: float = setting(
        6.0, "the same below speed_kmh", unit="s", ge=1.0, le=30.0, source="EU 2023/2590"
    )
    speed_kmh: float = setting(
        50.0, "speed from which the shorter time holds", unit="km/h", ge=10.0, le=130.0,
        source="EU 2023/2590",
    )  # fmt: skip
    road_s: float = setting(
        0.6, "a shorter look at the road does not reset a glance", unit="s", ge=0.1, le=0.9,
        source="EU 2023/2590: a short out-and-in does not reset; UN R171: from 0.2 s",
    )  # fmt: skip


class PresenceConfig(Section):
    """A missing driver, a blocked camera, a face that cannot be read."""

    absent_s: float = setting(
        9.0, "no face of the driver for so long: absent", unit="s", ge=2.0, le=30.0,
        source="Euro NCAP: tell within 10 s",
    )  # fmt: skip
    limited_s: float = setting(
        9.0, "eyes or head pose not usable for so long: say so", unit="s", ge=2.0, le=30.0,
        source="Euro NCAP: tell within 10 s",
    )  # fmt: skip
    usable_weight: float = setting(
        2.0, "usable time takes back so many times itself", ge=1.0, le=20.0,
        source="eyes found half of the time are enough to judge by",
    )  # fmt: skip
    blocked_s: float = setting(
        5.0, "the image dark, blinding, flat or frozen for so long: blocked", unit="s",
        ge=1.0, le=30.0, source="Euro NCAP: tell within 10 s; longer than a tunnel's mouth",
    )  # fmt: skip
    dark: float = setting(
        12.0, "mean grey below which nothing is seen", ge=0.0, le=60.0, source="of 255"
    )
    blinding: float = setting(
        243.0, "mean grey above which nothing is seen", ge=180.0, le=255.0, source="of 255"
    )
    flat: float = setting(
        6.0, "contrast below which something covers the lens", ge=0.0, le=30.0,
        source="standard deviation of grey, of 255",
    )  # fmt: skip
    frozen: float = setting(
        0.0, "change from image to image at or below which the picture is frozen", ge=0.0, le=1.0,
        source="mean difference of grey; a live sensor always has noise",
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


class EpisodeConfig(Section):
    """How episodes end and how soon the same may come again."""

    attention_s: float = setting(
        1.0, "so much attention ends an episode", unit="s", ge=0.2, le=5.0,
        source="Euro NCAP Driver Engagement v1.1: 1 s back on the road",
    )  # fmt: skip
    nod_again_s: float = setting(
        3.0, "the next nod is told after so long", unit="s", ge=0.0, le=600.0,
        source="no chatter; every nod still counts in the score",
    )  # fmt: skip
    yawn_again_s: float = setting(
        30.0, "the next yawn is told after so long", unit="s", ge=0.0, le=600.0,
        source="yawns come in series; every one still counts in the score",
    )  # fmt: skip
    drowsy_again_s: float = setting(
        60.0, "drowsiness is told again after so long", unit="s", ge=0.0, le=3600.0,
        source="EU 2021/1341 leaves the repetition to the maker; no nagging",
    )  # fmt: skip
    limited_again_s: float = setting(
        600.0, "unusable eyes or face are told again after so long", unit="s", ge=0.0, le=7200.0,
        source="Euro NCAP: tell once",
    )  # fmt: skip
    blocked_again_s: float = setting(
        30.0, "a blocked camera is told again after so long", unit="s", ge=0.0, le=3600.0,
        source="a hand before the lens at every turn of the wheel",
    )  # fmt: skip


_PRESETS: dict[str, dict[str, dict[str, float]]] = {
    "euro-ncap": {},
    "eu-gsr": {
        "glances": {"long_s": 3.5},
        "drowsiness": {"advisory_at": 0.4},
    },
    "gentle": {
        "gaze": {"yaw_deg": 29.0, "down_deg": 22.0},
        "glances": {"long_s": 4.0, "away_s": 12.0, "down_s": 5.0, "down_slow_s": 7.5},
        "attention": {"advisory_s": 4.0, "warning_s": 6.5, "critical_s": 12.0},
        "episodes": {"yawn_again_s": 300.0, "nod_again_s": 30.0},
    },
}


class MonitorConfig(Section):
    """When the monitor speaks."""

    preset: Preset = setting(
        "euro-ncap",
        "defaults of what is not set here: euro-ncap (strictest), eu-gsr (EU 2023/2590 and "
        "2021/1341), gentle (upper ends of the norms' ranges)",
    )
    intake: IntakeConfig = setting(IntakeConfig(), "order and holes of the observations")
    pose_filter: PoseFilterConfig = setting(PoseFilterConfig(), "smoothing of head angles")
    gaze: GazeConfig = setting(GazeConfig(), "what is off the road")
    attention: AttentionConfig = setting(AttentionConfig(), "the attention counter")
    glances: GlanceConfig = setting(GlanceConfig(), "long, repeated and downward glances")
    presence: PresenceConfig = setting(PresenceConfig(), "absent, blocked, limited")
    driver: DriverConfig = setting(DriverConfig(), "whose face it is")
    neutral: NeutralConfig = setting(NeutralConfig(), "the road-ahead pose")
    episodes: EpisodeConfig = setting(EpisodeConfig(), "end and repetition of alerts")
    closures: ClosureConfig = setting(ClosureConfig(), "long eye closures")
    perclos: PerclosConfig = setting(PerclosConfig(), "share of closed eyes")
    nods: NodConfig = setting(NodConfig(), "head nods")
    droop: DroopConfig = setting(DroopConfig(), "sagging head")
    yawns: YawnConfig = setting(YawnConfig(), "yawns")
    drowsiness: DrowsinessConfig = setting(DrowsinessConfig(), "the fused score")

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, given: Any) -> Any:
        """Put the preset's values under the given ones; an unknown preset fails at its field."""
        if not isinstance(given, dict):
            return given
        merged = dict(given)
        for name, values in _PRESETS.get(str(given.get("preset", "euro-ncap")), {}).items():
            section = merged.get(name, {})
            if isinstance(section, dict):
                merged[name] = values | section
        return merged
