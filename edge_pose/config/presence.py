"""When a missing driver, a bad camera and a face that cannot be read are told."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class PresenceConfig(Section):
    """A missing driver, a blocked camera, a face that cannot be read."""

    absent_s: float = setting(
        9.0, "time without the driver's face before absent", unit="s", ge=2.0, le=30.0,
        source="Euro NCAP: tell within 10 s",
    )  # fmt: skip
    limited_s: float = setting(
        9.0, "time with unusable eyes or head pose before it is said", unit="s", ge=2.0, le=30.0,
        source="Euro NCAP: tell within 10 s",
    )  # fmt: skip
    narrow_s: float = setting(
        6.0, "time with eyes hardly open before it is said", unit="s", ge=2.0, le=30.0,
        source="Euro NCAP: tell within 10 s; blinks count neither way",
    )  # fmt: skip
    lost_share: float = setting(
        0.35, "of late the face was not found for this share of the time: said", ge=0.1, le=0.9,
        source="from 0.5 on closures no longer add up; a look over the shoulder stays below",
    )  # fmt: skip
    usable_weight: float = setting(
        2.0, "usable time takes back so many times itself", ge=1.0, le=20.0,
        source="eyes found half of the time are enough to judge by",
    )  # fmt: skip
    lost_s: float = setting(
        2.0, "a second after its last frame, a camera silent for so much longer: lost", unit="s",
        ge=0.5, le=10.0, source="told within 5 s; a camera that starts anew takes 1–2 s",
    )  # fmt: skip
    frozen_s: float = setting(
        4.0, "time with the same picture before frozen", unit="s", ge=1.0, le=30.0,
        source="told within 5 s",
    )  # fmt: skip
    blocked_s: float = setting(
        4.0, "time with a dark, blinding or flat image before blocked", unit="s",
        ge=1.0, le=30.0, source="told within 5 s; longer than a tunnel's mouth",
    )  # fmt: skip
    blurred: float = setting(
        0.47, "sharpness of the face below which eyes cannot be judged", ge=0.0, le=100.0,
        source="fine by coarser detail of the face: in focus 0.52–0.74 on five clips; blurred by "
        "2.6 % of the face's size, where shut eyes read open, 0.37–0.465",
    )  # fmt: skip
    hazy: float = setting(
        8.0, "contrast of the face below which eyes cannot be judged", ge=0.0, le=60.0,
        source="standard deviation of grey, of 255: clear faces 22–57 on five clips; a quarter of "
        "their contrast behind a fogged lens leaves 5–14",
    )  # fmt: skip
    dim: float = setting(
        14.0, "brightness of the face below which eyes cannot be judged", ge=0.0, le=100.0,
        source="mean grey, of 255: at a twelfth of their light the clips' faces have 7–13",
    )  # fmt: skip
    strobing: float = setting(
        0.15, "mean step of the brightness from image to image above which a lamp strobes",
        ge=0.01, le=1.0, source="share of the brightness; steady light stays below 0.02",
    )  # fmt: skip
    still_s: float = setting(
        60.0,
        "time without a blink and without movement "
        "before no living driver is seen", unit="s", ge=20.0,
        le=600.0, source="17 blinks a minute at rest (Bentivoglio 1997); none in a minute is rare",
    )  # fmt: skip
    unblinking_s: float = setting(
        180.0, "time of eyes seen without a blink, though the head moves, before the same is said",
        unit="s", ge=60.0, le=1800.0,
        source="3–7 blinks a minute in a demanding task (Bentivoglio 1997: 4.5 while reading)",
    )  # fmt: skip
    still_deg: float = setting(
        1.5, "a head that moved by so much is alive", unit="deg", ge=0.3, le=10.0,
        source="the sway of an attentive head; a picture moves with the car, but little",
    )  # fmt: skip
    blink_share: float = setting(
        0.6, "lids that fell to this share of what they are held at have blinked", ge=0.2, le=0.9,
        source="a blink seen in one image, not at its deepest",
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
    off_max_s: float = setting(
        16200.0, "switched off by a person, it is on again after this", unit="s",
        gt=0, le=16200.0, source="EC 561/2006: 4.5 h is the longest drive without a break",
    )  # fmt: skip
