"""``edge-pose calibrate``: the sitting, what it shows and what it says at the end."""

from __future__ import annotations

import io

from edge_pose.commands.calibrate import Display, Sitting, silenced, told
from edge_pose.config.root import Config
from edge_pose.testing.scenes import scene
from edge_pose.view.feed import SceneFeed


def sat(looks: list[tuple[float, float]], seconds: float = 3.0) -> Sitting:
    """A sitting in which the driver looks to each (yaw, pitch), one after the other."""
    sitting, t_s = Sitting(), 0.0
    sitting.feed = SceneFeed()
    for yaw, pitch in looks:
        for _ in range(round(seconds * 10)):
            sitting.scene(scene((160, 120), t_s=t_s, yaw_deg=yaw, pitch_deg=pitch))
            t_s += 0.1
    return sitting


def test_a_whole_sitting_ends_with_the_neutral_pose() -> None:
    sitting = sat([(-8.0, 4.0), (-45.0, 2.0), (30.0, 3.0), (-6.0, -22.0)])
    assert sitting.result is not None
    text = told(sitting.result, Config())
    assert "yaw -8.0°, pitch 4.0°" in text
    assert "field of view" in text
    assert "the camera's place is good" in text


def test_the_views_show_the_guide_meanwhile() -> None:
    sitting = sat([(0.0, 0.0)], seconds=1.0)
    assert sitting.result is None
    assert sitting.feed is not None
    assert sitting.feed.notice is not None
    assert sitting.feed.notice.headline == "1/4  Look at the road ahead"


def test_without_a_terminal_each_step_is_one_line() -> None:
    out = io.StringIO()
    show = Display(out)
    show(Sitting())
    sitting = sat([(0.0, 0.0)], seconds=1.0)
    for _ in range(3):
        show(sitting)
    assert out.getvalue() == "1/4 Look at the road ahead\n"


def test_a_calibration_alerts_nobody() -> None:
    loud = Config.model_validate({"sound": {"enabled": True}, "store": {"enabled": True}})
    quiet = silenced(loud)
    assert not quiet.sound.enabled
    assert not quiet.store.enabled
    assert quiet.web == loud.web
