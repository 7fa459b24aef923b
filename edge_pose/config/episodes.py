"""How alerts end, grow and come again."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class EpisodeConfig(Section):
    """How episodes end and how soon the same may come again."""

    attention_s: float = setting(
        1.0, "so much attention ends an episode", unit="s", ge=0.2, le=5.0,
        source="Euro NCAP Driver Engagement v1.1: 1 s back on the road",
    )  # fmt: skip
    sleep_attention_s: float = setting(
        2.0, "the same after microsleep, sleep and droop, with eyes seen open", unit="s", ge=0.2,
        le=10.0, source="Euro NCAP Driver Engagement; a sleeper who wakes is not awake at once",
    )  # fmt: skip
    unseen_attention_s: float = setting(
        10.0, "… and with eyes that cannot be seen", unit="s", ge=1.0, le=60.0,
        source="as long as level 3 takes to end: a raised head alone is weak evidence",
    )  # fmt: skip
    heed_s: float = setting(
        3.0, "time before a warning that is not heeded becomes the next level", unit="s", ge=1.0,
        le=10.0, source="Euro NCAP: no return to the road within 3 s of a warning; UN R171: + 3 s",
    )  # fmt: skip
    heeded_s: float = setting(
        0.2, "shortest return to the road that counts", unit="s", ge=0.0, le=1.0,
        source="UN R171: re-engagement from 0.2 s",
    )  # fmt: skip
    story_s: float = setting(
        60.0, "a critical alert so soon after another goes on with its story", unit="s", ge=0.0,
        le=600.0, source="a driver who falls asleep again and again is one story, not a flood",
    )  # fmt: skip
    nod_again_s: float = setting(
        3.0, "pause before the next nod is reported", unit="s", ge=0.0, le=600.0,
        source="no chatter; every nod still counts in the score",
    )  # fmt: skip
    yawn_again_s: float = setting(
        30.0, "pause before the next yawn is reported", unit="s", ge=0.0, le=600.0,
        source="yawns come in series; every one still counts in the score",
    )  # fmt: skip
    drowsy_again_s: float = setting(
        60.0, "pause before drowsiness is reported again", unit="s", ge=0.0, le=3600.0,
        source="EU 2021/1341 leaves the repetition to the maker; no nagging",
    )  # fmt: skip
    limited_again_s: float = setting(
        600.0, "pause before unusable eyes or face are reported again", unit="s", ge=0.0, le=7200.0,
        source="Euro NCAP: tell once",
    )  # fmt: skip
    blocked_again_s: float = setting(
        30.0, "pause before a blocked camera is reported again", unit="s", ge=0.0, le=3600.0,
        source="a hand in front of the lens at every turn of the wheel",
    )  # fmt: skip
