"""Thresholds of the fatigue rules, each with unit, range and where it comes from."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from edge_pose.config.section import Section, setting


class ClosureConfig(Section):
    """Long eye closures: microsleep, sleep, unresponsive."""

    microsleep_s: float = setting(
        1.0, "closed eyes: time before microsleep", unit="s", ge=0.5, le=2.0,
        source="Euro NCAP Driver Engagement v1.1: 1–2 s",
    )  # fmt: skip
    sleep_s: float = setting(
        3.0, "closed eyes: time before sleep", unit="s", ge=2.0, le=5.0,
        source="Euro NCAP Driver Engagement v1.1: ≥ 3 s",
    )  # fmt: skip
    unresponsive_s: float = setting(
        6.0, "closed eyes: time before unresponsive driver", unit="s", ge=4.0, le=15.0,
        source="Euro NCAP Driver Engagement v1.1: ≥ 6 s",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.microsleep_s < self.sleep_s < self.unresponsive_s:
            raise ValueError("microsleep_s < sleep_s < unresponsive_s must hold")
        return self


class PerclosConfig(Section):
    """PERCLOS: the share of measured time with closed eyes, blinks not counted."""

    window_s: int = setting(
        60, "time over which the share is taken", unit="s", ge=20, le=300,
        source="Wierwille; FHWA-MCRT-98-006: one minute",
    )  # fmt: skip
    min_measured_s: float = setting(
        30.0, "with less measured time in the window there is no PERCLOS", unit="s", ge=5, le=300,
        source="half a window; unusable frames count neither way",
    )  # fmt: skip
    blink_s: float = setting(
        0.25, "shorter closures are blinks and excluded", unit="s", ge=0.1, le=0.5,
        source="FHWA-MCRT-98-006",
    )  # fmt: skip


class NodConfig(Section):
    """Head nods: the head drops and jerks back."""

    drop_deg: float = setting(
        15.0, "least drop of the head below where it was", unit="deg", ge=10, le=45,
        source="published limits 12–45°",
    )  # fmt: skip
    noise_factor: float = setting(
        4.0, "the drop must also be this many times the driver's own pitch noise", ge=2, le=10,
        source="99.99 % of Gaussian noise",
    )  # fmt: skip
    within_s: float = setting(
        2.5, "drop and recovery must lie within this time", unit="s", ge=1.0, le=5.0,
        source="a head held down for longer is a droop or a look down",
    )  # fmt: skip
    recovery: float = setting(
        0.6, "share of the drop that must be taken back", ge=0.3, le=1.0,
        source="a settled lower pose is no nod",
    )  # fmt: skip
    yaw_deg: float = setting(
        20.0, "a head that turns sideways by more meanwhile is looking at something", unit="deg",
        ge=5, le=45, source="nods are in the sagittal plane",
    )  # fmt: skip
    lids_at: float = setting(
        0.3, "where eyes are measured, they must fall to this share of the open eye", ge=0.2,
        le=0.95, source="lids follow a look 25–30° down to 0.35–0.4 (median of 194 labelled faces)",
    )  # fmt: skip
    wide: float = setting(
        0.8, "eyes at least this open are not narrowed", ge=0.4, le=1.0,
        source="three deviations of an open eye's noise",
    )  # fmt: skip
    fallen: float = setting(
        0.7, "lids at this share of their openness are falling", ge=0.3, le=0.95,
        source="beyond the noise of an open eye",
    )  # fmt: skip
    lead_s: float = setting(
        1.0, "time by which the lids may fall before the head follows", unit="s", ge=0.0, le=3.0,
        source="microsleep: the lids first, then the neck",
    )  # fmt: skip
    lids_s: float = setting(
        0.5, "lids down for less are a blink", unit="s", ge=0.1, le=2.0,
        source="Caffier 2003: drowsy blinks up to 0.5 s",
    )  # fmt: skip
    lids_share: float = setting(
        0.4, "… and for a smaller share of the drop, too", ge=0.0, le=1.0,
        source="a blink within a long look down",
    )  # fmt: skip
    sudden_s: float = setting(
        0.3, "a head that is down sooner was turned on purpose, unless the eyes are shut", unit="s",
        ge=0.05, le=1.0, source="gaze shifts of the head take 0.2–0.4 s",
    )  # fmt: skip
    least_hz: float = setting(
        15.0, "without sight of the eyes, nods are judged from this rate on", unit="Hz", ge=5.0,
        le=60.0, source="published detectors of nods: 15 Hz and more",
    )  # fmt: skip
    baseline_s: float = setting(
        2.0, "memory of where the head is held", unit="s", ge=0.5, le=10.0,
        source="longer than a nod's fall",
    )  # fmt: skip
    rising_s: float = setting(
        0.3, "… and how quickly a head held higher becomes the new one", unit="s", ge=0.05, le=2.0,
        source="coming back up from a look down",
    )  # fmt: skip
    noise_s: float = setting(
        10.0, "memory of how much it trembles there", unit="s", ge=2.0, le=60.0,
        source="a rough stretch of road",
    )  # fmt: skip
    onset_deg: float = setting(
        6.0, "leaving the baseline by so much may be the start of a nod", unit="deg", ge=2.0,
        le=15.0, source="twice the noise of the pitch",
    )  # fmt: skip
    settled_s: float = setting(
        5.0, "time held elsewhere before that is the new baseline", unit="s", ge=2.0, le=30.0,
        source="twice the longest nod",
    )  # fmt: skip
    lost_s: float = setting(
        0.5, "time after which an unmeasured head ends a nod", unit="s", ge=0.1, le=2.0,
        source="a dropped frame or two",
    )  # fmt: skip


class DroopConfig(Section):
    """The head sags and stays down, or slumps to a side."""

    pitch_deg: float = setting(
        15.0, "head this far below the neutral pose", unit="deg", ge=8, le=45,
        source="published limits 12–45°",
    )  # fmt: skip
    roll_deg: float = setting(
        25.0, "head tilted this far from its usual tilt", unit="deg", ge=10, le=60,
        source="about 2.5 times the tilt seen in attentive driving",
    )  # fmt: skip
    hold_s: float = setting(
        2.0, "minimum duration", unit="s", ge=0.5, le=10,
        source="longer than a glance at the instruments (NHTSA 2013: 2 s)",
    )  # fmt: skip
    slow_deg_s: float = setting(
        30.0, "a head that went down faster was turned on purpose, if no eye tells otherwise",
        unit="deg/s", ge=5, le=120, source="gaze shifts of the head peak well above 50°/s",
    )  # fmt: skip
    leaving: float = setting(
        0.33, "the fall is timed from this share of the threshold", ge=0.1, le=0.9,
        source="beyond the sway of an attentive head",
    )  # fmt: skip
    tilt_memory_s: float = setting(
        30.0, "memory of the head's usual tilt", unit="s", ge=5.0, le=300.0,
        source="posture changes within minutes",
    )  # fmt: skip
    bridge_s: float = setting(
        0.5, "a head unmeasured for less has not moved", unit="s", ge=0.0, le=2.0,
        source="a dropped frame or two",
    )  # fmt: skip
    wide: float = setting(
        0.8, "eyes at least this open, of what they are held at, under a sunk head: a look",
        ge=0.5, le=1.0, source="three deviations of an open eye's noise; drooping lids sink lower",
    )  # fmt: skip
    release: float = setting(
        0.7, "ends when the head is back above this share of the threshold", ge=0.2, le=1.0,
        source="hysteresis",
    )  # fmt: skip


class YawnConfig(Section):
    """Yawns: a supporting cue."""

    open_at: float = setting(
        0.5, "mouth openness of a yawn; speech and laughter stay below or pass quickly",
        ge=0.2, le=1.0, source="wide-open mouth, half of the anatomical range",
    )  # fmt: skip
    hold_s: float = setting(
        3.0, "minimum duration, whatever its shape", unit="s", ge=0.5, le=6.0,
        source="yawns last 4–7 s (Provine 1986), sung vowels up to 2.5 s",
    )  # fmt: skip
    shaped_s: float = setting(
        1.5,
        "minimum duration with a yawn's shape: opened "
        "slowly and wide, eyes narrowed", unit="s",
        ge=0.5, le=5.0, source="Provine 1986: slow gape, eyes narrowed at its height",
    )  # fmt: skip
    wide_at: float = setting(
        0.65, "openness of the mouth at a yawn's height", ge=0.3, le=1.0,
        source="wider than speech (0.6 at most)",
    )  # fmt: skip
    shut_at: float = setting(
        0.2, "a mouth less open than this is about closed; from there the gape is timed", ge=0.05,
        le=0.5, source="at rest 0.03, in speech between syllables 0.12",
    )  # fmt: skip
    rise_s: float = setting(
        0.4, "shortest time a yawn takes to open", unit="s", ge=0.1, le=2.0,
        source="syllables open the mouth within 0.07–0.25 s (2–7 Hz)",
    )  # fmt: skip
    eyes_at: float = setting(
        0.8, "eyes at this share of what they are held at are narrowed", ge=0.3, le=0.95,
        source="Provine 1986; three deviations of an open eye's noise",
    )  # fmt: skip
    dip_s: float = setting(
        0.1, "a shorter dip below does not end it", unit="s", ge=0.0, le=0.5,
        source="a misread frame; syllables close the mouth for longer",
    )  # fmt: skip


class DrowsinessConfig(Section):
    """The fused score: PERCLOS, closures, nods and yawns of the last minutes, 0 … 1.

    Aims at Karolinska level 8 for ``warning`` (EU 2021/1341) through PERCLOS 0.15, the published
    limit for drowsy; it has not been validated against self-ratings.
    """

    memory_s: float = setting(
        300.0, "how long a nod, yawn or closure counts", unit="s", ge=30, le=1800,
        source="EU 2021/1341 evaluates drowsiness over 5 minutes",
    )  # fmt: skip
    perclos_questionable: float = setting(
        0.075, "PERCLOS from which it adds to the score", ge=0.01, le=0.5,
        source="FHWA: 0.075–0.15 questionable",
    )  # fmt: skip
    perclos_drowsy: float = setting(
        0.15, "PERCLOS that alone makes the warning", ge=0.02, le=0.8, source="FHWA: > 0.15 drowsy"
    )
    closure_weight: float = setting(
        0.3, "what one microsleep adds", ge=0, le=1, source="two within memory_s make a warning"
    )
    nod_weight: float = setting(
        0.15, "what one nod adds", ge=0, le=1, source="the weakest cue: four make an advisory"
    )
    yawn_weight: float = setting(
        0.1, "what one yawn adds", ge=0, le=1, source="supporting cue: six make an advisory"
    )
    advisory_at: float = setting(0.45, "score of an advisory", ge=0.05, le=1.0, source="see above")
    warning_at: float = setting(0.5, "score of a warning", ge=0.05, le=1.0, source="see above")
    critical_at: float = setting(0.85, "score of a critical alert", ge=0.05, le=1.0,
        source="PERCLOS 0.26: twice the range between questionable and drowsy")  # fmt: skip
    strong_at: float = setting(
        0.3, "a warning needs so much from shut eyes alone", ge=0.0, le=1.0,
        source="one true closure, or PERCLOS 0.12: nods and yawns alone only advise",
    )  # fmt: skip
    hysteresis: float = setting(
        0.1, "the score must fall this far below a level to leave it", ge=0.0, le=0.5,
        source="no chatter at the limit",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.perclos_questionable < self.perclos_drowsy:
            raise ValueError("perclos_questionable must lie below perclos_drowsy")
        if not self.advisory_at < self.warning_at < self.critical_at:
            raise ValueError("advisory_at < warning_at < critical_at must hold")
        return self
