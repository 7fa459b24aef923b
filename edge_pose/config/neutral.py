"""How the driver's road-ahead direction is learned."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class NeutralConfig(Section):
    """How the driver's road-ahead pose is learned."""

    provisional_s: float = setting(
        10.0, "total time a pose is held still before it is the provisional neutral", unit="s",
        ge=2.0, le=60.0, source="the pose a driver holds most is the road ahead",
    )  # fmt: skip
    confirmed_s: float = setting(
        60.0, "total time near it before it is confirmed", unit="s", ge=10.0, le=600.0,
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
        40.0,
        "time another pose is held still, and the old one "
        "never, before it counts as a moved seat",
        unit="s", ge=10.0, le=300.0, source="longer than any glance",
    )  # fmt: skip
    step_yaw_deg: float = setting(
        15.0, "largest such step in yaw", unit="deg", ge=5.0, le=40.0,
        source="well below the yaw threshold of distraction",
    )  # fmt: skip
    step_pitch_deg: float = setting(
        15.0, "largest such step in pitch", unit="deg", ge=5.0, le=40.0,
        source="well below the pitch threshold of distraction",
    )  # fmt: skip
    driver_s: float = setting(
        30.0,
        "after an absence or another face: time a pose is held "
        "still before it is the new neutral",
        unit="s", ge=5.0, le=300.0, source="longer than a distracted driver lasts at level 3",
    )  # fmt: skip
    lasting_s: float = setting(
        240.0, "time any other pose is held still before it is the new neutral", unit="s",
        ge=60.0, le=3600.0, source=
        "nobody drives this long without looking at "
        "the road: the camera was moved",
    )  # fmt: skip
    fading_s: float = setting(
        40.0, "memory of how long each pose was held", unit="s", ge=10.0, le=600.0,
        source="a moved seat has two thirds of it within 70 s, glances at mirrors included",
    )  # fmt: skip
    replaced: float = setting(
        0.65, "share of the time of late that a moved seat's pose must have", gt=0.5, le=0.95,
        source="attentive drivers look at the road four fifths of the time; one side of bends has "
        "less than half",
    )  # fmt: skip
    old_share: float = setting(
        0.05, "… and largest that the old pose may still have where the new one is no moved seat",
        ge=0.0, le=0.3, source="a driver who looks at the road now and then has looked away since",
    )  # fmt: skip
    same_deg: float = setting(
        5.0, "a pose this near the neutral one is the same", unit="deg", ge=2.0, le=10.0,
        source="noise and sway of a head that looks at the road",
    )  # fmt: skip
    bend_deg: float = setting(
        40.0, "poses so far apart in yaw may be the bends of one road", unit="deg", ge=5.0, le=60.0,
        source="heads follow bends by 10–15° to both sides",
    )  # fmt: skip
    turn_deg_s: float = setting(
        30.0, "… but not if the head came to them quicker than this: that was a look", unit="deg/s",
        ge=10.0, le=120.0,
        source="bends turn a car by less than 20 deg/s; gaze shifts peak above 50 deg/s",
    )  # fmt: skip
    one_pose: float = setting(
        0.7, "a pose with this share of them is the road, else their middle is", gt=0.5, le=1.0,
        source="a straight road",
    )  # fmt: skip
    above_deg: float = setting(
        8.0, "of two poses that take turns, the one higher by so much is the road", unit="deg",
        ge=4.0, le=30.0, source="instruments, consoles and phones lie below the road, never above",
    )  # fmt: skip
    above_yaw_deg: float = setting(
        30.0, "… if it is no further aside", unit="deg", ge=10.0, le=60.0,
        source="inner mirrors lie 30–45° aside and little higher",
    )  # fmt: skip
    above_share: float = setting(
        0.3, "… and is held for this share of the lower one's time", ge=0.05, le=1.0,
        source="3 s of road to 4 s of phone are 0.75",
    )  # fmt: skip
    above_s: float = setting(
        3.0,
        "… and time within the last minutes",
        unit="s",
        ge=1.0,
        le=30.0,
        source="longer than a glance up",
    )
    lowered: float = setting(
        0.85, "eyes this much less open than elsewhere are lowered", ge=0.4, le=0.98,
        source="27–33° of downward gaze bring the lid gap to 0.75",
    )  # fmt: skip
    open_eyes: float = setting(
        0.85, "eyes less open than this may be lowered", ge=0.4, le=1.0,
        source="the same, of the usual open eye",
    )  # fmt: skip
    doubtful_deg: float = setting(
        -15.0, "a pose this low, without open eyes, may be a phone …", unit="deg", ge=-40.0, le=0.0,
        source="from here on distraction by looking down is told",
    )  # fmt: skip
    doubtful_s: float = setting(
        180.0, "… and time before it is confirmed", unit="s", ge=30.0, le=1800.0,
        source="three times the usual: better provisional than wrong",
    )  # fmt: skip
    confirming_share: float = setting(
        0.55, "share of the time of late near it without which it is not confirmed", ge=0.2, le=0.9,
        source="attentive drivers look at the road four fifths of the time",
    )  # fmt: skip
    trusted_s: float = setting(
        300.0,
        "until it was held this long, a pose above it "
        "that is held may replace it", unit="s",
        ge=60.0, le=3600.0, source="several minutes at a phone before the first of road",
    )  # fmt: skip
    knock_again_s: float = setting(
        20.0, "after a knock of the camera: time before the new zero is confirmed", unit="s",
        ge=5.0, le=60.0, source="the driver is known; only the camera moved",
    )  # fmt: skip
