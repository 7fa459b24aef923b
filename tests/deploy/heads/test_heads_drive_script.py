"""A drive does what its script says."""

from __future__ import annotations

import pytest

from deploy.heads.drive_script import Script
from deploy.heads.drive_scripts import DRIVES


def script() -> Script:
    return Script(name="test", seconds=20.0, person=1, light="day", road=(2.0, -3.0, 0.0))


def test_nothing_scripted_is_looking_at_the_road() -> None:
    moment = script().at(7.0)
    assert moment.head == (2.0, -3.0, 0.0)
    assert moment.look == (0.0, 0.0)
    assert moment.lids == 1.0


def test_a_glance_with_the_eyes_alone_leaves_the_head() -> None:
    drive = script()
    drive.glance(5.0, 2.0, 30.0, -10.0, share=0.0)
    assert drive.at(6.0).look == pytest.approx((30.0, -10.0))
    assert drive.at(6.0).head == (2.0, -3.0, 0.0)
    assert drive.at(8.0).look == pytest.approx((0.0, 0.0))


def test_a_glance_with_the_head_turns_it_a_share_of_the_way_and_back() -> None:
    drive = script()
    drive.glance(5.0, 2.0, 40.0, 0.0, share=0.5)
    assert drive.at(6.0).head == pytest.approx((22.0, -3.0, 0.0))
    assert drive.at(5.1).head[0] < 12.0, "a head takes its time"
    assert drive.at(9.0).head == pytest.approx((2.0, -3.0, 0.0))


def test_a_blink_shuts_the_lids_for_a_fifth_of_a_second() -> None:
    drive = script()
    drive.blink(3.0)
    assert drive.at(2.99).lids == 1.0
    assert drive.at(3.1).lids == 0.0
    assert drive.at(3.25).lids == 1.0


def test_lids_that_were_shut_stay_so_until_they_open() -> None:
    drive = script()
    drive.lids(4.0, 0.0, takes=0.3)
    drive.lids(9.0, 1.0)
    assert drive.at(6.0).lids == drive.at(8.9).lids == 0.0
    assert drive.at(9.5).lids == 1.0


@pytest.mark.parametrize("name", DRIVES)
def test_each_drive_tells_alerts_within_its_time(name: str) -> None:
    drive = DRIVES[name]()
    assert drive.name == name
    assert 24.0 <= drive.seconds <= 60.0
    assert drive.alerts
    assert all(0.0 < alert.begins_s < drive.seconds for alert in drive.alerts)


def test_a_tunnels_shadow_comes_and_goes() -> None:
    drive = script()
    drive.tunnel(5.0, 9.0, takes=0.6)
    shares = [drive.at(t).tunnel for t in (4.9, 5.3, 7.0, 9.3, 10.0)]
    assert shares == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0])


def test_glasses_are_on_when_the_hand_is_gone() -> None:
    drive = script()
    drive.puts_glasses_on(6.0, takes=0.8)
    before, while_, after = drive.at(5.9), drive.at(6.2), drive.at(6.9)
    assert (before.glasses, before.hand) == (False, False)
    assert while_.hand
    assert (after.glasses, after.hand) == (True, False)
