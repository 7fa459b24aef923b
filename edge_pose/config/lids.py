"""When eyes are open, shut, lowered or not to be judged; each value with unit, range and source."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from edge_pose.config.section import Section, setting


class LidsConfig(Section):
    """Open, shut, lowered, hidden."""

    closed_at: float = setting(
        0.2, "share of this driver's open eye at or below which it is shut", ge=0.05, le=0.5,
        source="PERCLOS P80, Wierwille 1994: 80 % closed",
    )  # fmt: skip
    open_at: float = setting(
        0.35, "the same above which a shut eye is open again", ge=0.1, le=0.9,
        source="hysteresis, so that noise at the threshold makes no second closure",
    )  # fmt: skip
    narrow_closed_at: float = setting(
        0.6, "narrowed lids are shut at or below this share of what they are held at", ge=0.2,
        le=0.8, source="lids squinting at 0.25 with 0.03 of noise stay above it (3 deviations)",
    )  # fmt: skip
    opened_share: float = setting(
        0.6, "lids that came back so much of the way they fell are open", ge=0.3, le=0.95,
        source="a closure is a change against this driver's lids now: those of a squint, too",
    )  # fmt: skip
    mostly_shut: float = setting(
        0.7, "share of a closure in which the eyes must be shut, or only that time counts",
        ge=0.3, le=1.0, source="dips of narrowed lids beside a blink are no long closure",
    )  # fmt: skip
    reopen_s: float = setting(
        0.2, "eyes open for less do not end a closure", unit="s", ge=0.0, le=0.5,
        source="UN R171: re-engagement counts from 0.2 s; one misread frame is none",
    )  # fmt: skip
    settle_s: float = setting(
        0.6, "time with eyes not shut that ends a closure, however narrow they are", unit="s",
        ge=0.2, le=2.0, source="twice the longest blink: what stays ajar is no closure",
    )  # fmt: skip
    bridge_s: float = setting(
        0.5, "eyes unmeasured for less do not end a closure", unit="s", ge=0.0, le=2.0,
        source="a dropped frame or two is no evidence of open eyes",
    )  # fmt: skip
    shut_probability: float = setting(
        0.6, "where it is measured: probability from which lids are shut", gt=0.5, le=0.99,
        source="the network's even odds and a margin",
    )  # fmt: skip
    open_probability: float = setting(
        0.4, "probability up to which they are not; between, it is not known", ge=0.01, lt=0.5,
        source="the network's even odds and a margin: uncertain eyes are unknown, never closed",
    )  # fmt: skip
    visible_probability: float = setting(
        0.5, "eyes less likely to be visible are hidden", ge=0.05, le=0.95,
        source="the network's even odds",
    )  # fmt: skip
    glance_deg: float = setting(
        8.0, "a head that drops by so much as the lids fall may be looking down …",
        unit="deg", ge=2.0, le=30.0, source="twice the noise of the smoothed pitch, and more",
    )  # fmt: skip
    glance_deg_s: float = setting(
        33.0, "… if it drops so quickly; a sinking head is slower", unit="deg/s", ge=10.0, le=120.0,
        source="head movements of gaze shifts peak above 50 deg/s (Freedman 2008); a head that "
        "sinks 30° in a second is not one",
    )  # fmt: skip
    glance_before_s: float = setting(
        0.5, "how long before the lids fall the head may have gone down", unit="s", ge=0.1, le=2.0,
        source="eye–head coordination",
    )  # fmt: skip
    glance_onset_s: float = setting(
        0.45, "how long after the lids fall the head may still follow the eyes down", unit="s",
        ge=0.1, le=2.0,
        source="the head follows the eyes within 0.2 s and turns for 0.3 s; a sleeper's sags later",
    )  # fmt: skip
    glance_limit_s: float = setting(
        2.0, "longest time that a look down explains shut eyes", unit="s", ge=0.5, le=4.0,
        source="NHTSA 2013: 2 s; beyond it, what cannot be told apart is told as sleep",
    )  # fmt: skip
    back_up_s: float = setting(
        0.3,
        "time with the head up again and eyes still shut "
        "after which it was no look down", unit="s",
        ge=0.1, le=1.0, source="the lids rise with the eyes, within 0.1–0.2 s",
    )  # fmt: skip
    sunk_deg: float = setting(
        8.0, "eyes lost behind a head that sank by so much stay shut", unit="deg", ge=3.0, le=30.0,
        source="well beyond the sway of an attentive head",
    )  # fmt: skip
    seen_shut_s: float = setting(
        0.4, "… if they were seen shut for this time before", unit="s", ge=0.1, le=1.0,
        source="longer than a blink (0.1–0.4 s)",
    )  # fmt: skip
    led_deg: float = setting(
        5.0, "a head that is so far down already when the lids fall went before them: a look",
        unit="deg", ge=2.0, le=20.0,
        source="four deviations of the noise; microsleep: the lids first, then the neck",
    )  # fmt: skip
    led_shut_s: float = setting(
        1.0, "… and eyes lost behind it stay shut only if they were seen shut for so long",
        unit="s", ge=0.3, le=3.0,
        source="Euro NCAP's microsleep: by then it was told; a hidden eye is unknown",
    )  # fmt: skip
    blink_s: float = setting(
        0.5, "a shorter closure is a blink: attention goes on", unit="s", ge=0.2, le=0.9,
        source="Caffier 2003: blinks 0.2 s, drowsy ones up to 0.5 s",
    )  # fmt: skip
    lowered_deg: float = setting(
        10.0, "head or sight lower than this: lids follow, and teach nothing", unit="deg",
        ge=3.0, le=30.0, source="lids follow the eyes down from the first degrees on",
    )  # fmt: skip
    fall_memory_s: float = setting(
        8.0, "memory of how far open the lids are held now, when they narrow", unit="s",
        ge=1.0, le=60.0, source="a squint lasts from some seconds on; a blink leaves no trace",
    )  # fmt: skip
    rise_memory_s: float = setting(
        2.0, "the same when they widen", unit="s", ge=0.2, le=30.0,
        source="open eyes are believed sooner than narrow ones",
    )  # fmt: skip
    own_memory_s: float = setting(
        20.0, "memory of this driver's own open eye, by which all is scaled", unit="s",
        ge=5.0, le=600.0, source="within the first minute, in which the neutral pose is learned",
    )  # fmt: skip
    own_lowest: float = setting(
        0.5, "lids held below this are never taken for an open eye", ge=0.3, le=0.8,
        source="narrow eyes measure down to 0.6 of the usual eye; below is a squint",
    )  # fmt: skip
    narrow_at: float = setting(
        0.38, "share of the open eye below which eyes are hardly to be seen", ge=0.2, le=0.6,
        source="between a squint in low sun (0.42 and more) and shut (0.2)",
    )  # fmt: skip

    least_hz: float = setting(
        5.0, "with fewer images a second shut eyes are not judged reliably", unit="Hz", ge=1.0,
        le=30.0, source="a microsleep of 1 s needs five samples to differ from blinks",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.closed_at < self.open_at:
            raise ValueError("closed_at must lie below open_at")
        return self
