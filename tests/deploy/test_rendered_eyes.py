"""How eyes of rendered people are judged: which count, and which error is whose."""

from __future__ import annotations

import math

from deploy.model.evaluation.rendered_eyes import SeenEyes, gaze_numbers, lid_numbers
from edge_pose.vision.eyes.eye_network import EyesReading


def seen(*, look: tuple[float, float], shut: float = 0.0, **row: str) -> SeenEyes:
    """Eyes that look straight ahead, of which ``look`` is said."""
    plain = dict.fromkeys(("open_l", "open_r", "eye_l_visible", "eye_r_visible"), "1")
    plain |= {"gaze_head_yaw": "0", "gaze_head_pitch": "0", "yaw_deg": "0", "glasses": ""}
    plain |= {"shut_l": "0", "shut_r": "0"}
    reading = EyesReading(
        yaw_deg=look[0],
        pitch_deg=look[1],
        std_deg=3.0,
        opening=(1.0, 1.0),
        shut=(shut, shut),
        visible=(1.0, 1.0),
    )
    return SeenEyes(row=plain | row, eyes=reading)


def test_gaze_is_judged_by_glasses_and_where_eyes_are_to_be_seen() -> None:
    numbers = gaze_numbers(
        [
            seen(look=(3, 4)),
            seen(look=(0, 2), glasses="clear"),
            seen(look=(0, -10), gaze_head_pitch="-20"),
            seen(look=(50, 0), eye_l_visible="0"),
            seen(look=(50, 0), open_r="0.1"),
            seen(look=(50, 0), yaw_deg="-60"),
        ]
    )
    expected = {"count": 3, "without_glasses": 7.5, "clear_glasses": 2.0, "looking_down": 10.0}
    assert numbers == expected


def test_lids_are_judged_shut_against_open_and_lowered() -> None:
    shut = {"shut_l": "1", "shut_r": "1", "open_l": "0", "open_r": "0"}
    lowered = {"open_l": "0.3", "open_r": "0.3"}
    eyes = [
        seen(look=(0, 0), shut=0.9, **shut),
        seen(look=(0, 0), shut=0.1),
        seen(look=(0, 0), shut=0.95, **lowered),
        seen(look=(0, 0), shut=0.5, eye_l_visible="0", eye_r_visible="0"),
    ]
    numbers = lid_numbers(eyes)["without_glasses"]
    assert numbers["eyes"] == [2, 2, 2]
    assert numbers["shut_open_auc"] == 1.0
    assert numbers["shut_lowered_auc"] == 0.0
    assert math.isnan(lid_numbers(eyes)["clear_glasses"]["shut_open_auc"])
