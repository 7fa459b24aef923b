"""A newer release: kept when healthy, taken back when not, and cut at random moments."""

from __future__ import annotations

import random
import time

import pytest
from guest import Guest
from proof import Start, ready, rounds

pytestmark = pytest.mark.machine

CUTS = rounds(2, 20)
_LONGEST_S = 150.0
_UPDATE = "edge-pose update --from /media/{name}.deb"


def release(guest: Guest) -> str:
    return guest.run("basename $(readlink /opt/edge-pose/current)")


def recorded(guest: Guest) -> str:
    return guest.run("dpkg-query -W -f '${Version}' edge-pose")


def test_a_foreign_signature_changes_nothing(start: Start) -> None:
    guest = start()
    before = release(guest)
    guest.run("cp /media/0.0.2.deb /tmp && cp /media/broken.deb.sig /tmp/0.0.2.deb.sig")
    said = guest.says("edge-pose update --from /tmp/0.0.2.deb", limit_s=120)
    assert "signature" in said
    assert release(guest) == before


def test_a_release_that_does_not_start_gives_way_to_the_old_one(start: Start) -> None:
    guest = start("broken")
    before = release(guest)
    said = guest.says(_UPDATE.format(name="broken"), limit_s=900)
    assert "the old release runs again" in said, said
    assert release(guest) == before
    assert recorded(guest) == "0.0.1"
    ready(guest)


def test_a_healthy_release_is_kept_with_config_and_events(start: Start) -> None:
    guest = start("healthy")
    guest.until("python3 /media/follow.py once | grep -q .", limit_s=240)
    config = guest.run("cat /etc/edge-pose/config.toml")
    events = guest.run("python3 /media/follow.py once").splitlines()
    began_s = time.monotonic()
    guest.run(_UPDATE.format(name="0.0.2"), limit_s=900)
    print(f"\n  update: {time.monotonic() - began_s:.0f} s")
    assert release(guest).endswith("0.0.2")
    assert recorded(guest) == "0.0.2"
    assert guest.run("cat /etc/edge-pose/config.toml") == config
    assert set(events) <= set(guest.run("python3 /media/follow.py once").splitlines())
    assert not guest.says("ls /opt/edge-pose/trial /opt/edge-pose/incoming 2>/dev/null")


def test_an_update_that_is_cut_boots_the_old_or_the_new(start: Start) -> None:
    chance = random.Random(4)
    guest = start("cut")
    for number in range(CUTS):
        with guest.follow(_UPDATE.format(name="0.0.2")):
            after_s = chance.uniform(5.0, _LONGEST_S)
            time.sleep(after_s)
            guest.cut()
        guest.boot()
        waited_s = ready(guest)
        now = release(guest)
        print(
            f"\n  cut {number + 1} after {after_s:.0f} s: boots {now}, ready {waited_s:.0f} s later"
        )
        assert now.endswith(("0.0.1", "0.0.2"))
        assert not guest.says("ls /opt/edge-pose/trial 2>/dev/null")
        if now.endswith("0.0.2"):
            guest = start(f"cut-{number}")


def test_an_updater_that_is_killed_puts_the_old_one_back_at_once(start: Start) -> None:
    guest = start("killed")
    before = release(guest)
    with guest.follow(_UPDATE.format(name="broken")):
        guest.until("test -e /opt/edge-pose/trial", limit_s=600, every_s=0.5)
        guest.run("systemctl kill -s KILL 'edge-pose-update-*'")
    guest.until("test ! -e /opt/edge-pose/trial", limit_s=60)
    assert release(guest) == before
    ready(guest)
