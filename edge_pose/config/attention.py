"""When distraction is told: the attention counter and the glances."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from edge_pose.config.section import Section, setting


class AttentionConfig(Section):
    """The attention counter, 1 … 0, as openpilot's published policy behaves."""

    advisory_s: float = setting(
        3.0,
        "time distracted before level 1",
        unit="s",
        ge=1.0,
        le=30.0,
        source="openpilot: 11 − 8 s",
    )
    warning_s: float = setting(
        5.0, "time distracted before level 2", unit="s", ge=1.0, le=60.0,
        source="openpilot: 11 − 6 s; UN R171: 5 s",
    )  # fmt: skip
    critical_s: float = setting(
        11.0, "time distracted before level 3", unit="s", ge=2.0, le=120.0, source="openpilot: 11 s"
    )
    unseen_advisory_s: float = setting(
        15.0, "time without a usable face before level 1", unit="s", ge=2.0, le=120.0,
        source="openpilot: 30 − 15 s",
    )  # fmt: skip
    unseen_warning_s: float = setting(
        24.0, "time without a usable face before level 2", unit="s", ge=2.0, le=120.0,
        source="openpilot: 30 − 6 s",
    )  # fmt: skip
    unseen_critical_s: float = setting(
        30.0, "time without a usable face before level 3", unit="s", ge=3.0, le=300.0,
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
        10.0, "an uncertain pose counts like no face after this time", unit="s", ge=1.0, le=60.0,
        source="openpilot",
    )  # fmt: skip
    standstill_s: float = setting(
        0.3, "standstill after which the counter is lifted back above level 1", unit="s",
        ge=0.0, le=5.0, source="openpilot: stays at +0.1 s, gone at +0.5 s",
    )  # fmt: skip
    latch_s: float = setting(
        10.0, "without any acknowledge input, level 3 ends after so much attention; blinks and "
        "short glances do not start it anew", unit="s",
        ge=1.0, le=60.0, source="as long as the fallback for an uncertain pose",
    )  # fmt: skip
    latch_glance_s: float = setting(
        2.0, "a look away or a closure as long as this does", unit="s", ge=0.5, le=5.0,
        source="NHTSA 2013: looks up to 2 s; a mirror takes 0.75–1.1 s",
    )  # fmt: skip
    acknowledge_hold_s: float = setting(
        1.0, "how long a press of the acknowledge button counts", unit="s", ge=0.1, le=10.0,
        source="openpilot's drives press for 1 s",
    )  # fmt: skip
    acknowledge_most_s: float = setting(
        10.0, "a button pressed for longer is stuck: it no longer counts, and that is told",
        unit="s", ge=2.0, le=60.0, source="openpilot's drives press for up to 3 s",
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
        3.0, "one glance away: maximum duration", unit="s", ge=1.5, le=10.0,
        source="Euro NCAP Driver Engagement v1.1: 3–4 s",
    )  # fmt: skip
    away_s: float = setting(
        10.0, "glances away: maximum total within window_s", unit="s", ge=4.0, le=60.0,
        source="Euro NCAP Driver Engagement v1.1 (VATS)",
    )  # fmt: skip
    window_s: float = setting(
        30.0, "window for away_s", unit="s", ge=10.0, le=120.0,
        source="Euro NCAP Driver Engagement v1.1 (VATS)",
    )  # fmt: skip
    down_s: float = setting(
        3.5, "looking down: maximum duration at speed_kmh and more, or at unknown speed", unit="s",
        ge=1.0, le=15.0, source="EU 2023/2590",
    )  # fmt: skip
    down_slow_s: float = setting(
        6.0, "the same below speed_kmh", unit="s", ge=1.0, le=30.0, source="EU 2023/2590"
    )
    passing_s: float = setting(
        0.4, "a look that passes something else for less is a look to where it goes", unit="s",
        ge=0.1, le=1.0, source="gaze shifts of eyes and head take 0.2–0.35 s, there and back",
    )  # fmt: skip
    least_kmh: float = setting(
        10.0, "below this speed distraction is not told, sleep always is", unit="km/h", ge=0.0,
        le=50.0, source="UN R171 and Euro NCAP: from 10 km/h; junctions, parking, reversing",
    )  # fmt: skip
    aside_s: float = setting(
        0.5, "a look down that passes the side in less is a look down", unit="s", ge=0.0, le=2.0,
        source="a head turns within 0.2–0.4 s",
    )  # fmt: skip
    phone_looks: int = setting(
        2, "so many long looks at one low place before this one: as at a phone", ge=1, le=10,
        source="text messages take three to six looks (Klauer 2006)",
    )  # fmt: skip
    phone_look_s: float = setting(
        1.2, "shortest look that counts among them", unit="s", ge=0.3, le=5.0,
        source="a look at the instruments takes 0.65 s",
    )  # fmt: skip
    phone_within_s: float = setting(
        60.0, "window for these looks", unit="s", ge=10.0, le=600.0, source="a text message"
    )
    phone_place_deg: float = setting(
        8.0, "looks this near each other go to one place", unit="deg", ge=3.0, le=20.0,
        source="noise of the line of sight",
    )  # fmt: skip
    speed_kmh: float = setting(
        50.0, "speed from which the shorter time holds", unit="km/h", ge=10.0, le=130.0,
        source="EU 2023/2590",
    )  # fmt: skip
    road_s: float = setting(
        0.6, "a shorter look at the road does not reset a glance", unit="s", ge=0.1, le=0.9,
        source="EU 2023/2590: a short out-and-in does not reset; UN R171: from 0.2 s",
    )  # fmt: skip
