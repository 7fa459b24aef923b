"""A healthy newer release is kept; one whose installation is cut leaves a board that boots."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import pytest
from guest import Guest
from proof import Start, ready, rounds, say
from releases import UPDATE, recorded, release

pytestmark = pytest.mark.machine

CUTS = rounds(2, 20)
_CONFIG = "cat /etc/edge-pose/config.toml"
_EVENTS = "python3 /media/follow.py once"


@dataclass(frozen=True, slots=True)
class Update:
    """One that nobody disturbs, and what there was before it."""

    guest: Guest
    config: str
    events: set[str]
    took_s: float


@pytest.fixture(scope="module")
def update(start: Start) -> Update:
    guest = start("healthy")
    guest.until(f"{_EVENTS} | grep -q .", limit_s=240)
    config, events = guest.run(_CONFIG), set(guest.run(_EVENTS).splitlines())
    began_s = time.monotonic()
    guest.run(UPDATE.format(name="0.0.2"), limit_s=900)
    return Update(guest, config, events, time.monotonic() - began_s)


def test_a_healthy_release_is_kept_with_config_and_events(update: Update) -> None:
    say(f"update: {update.took_s:.0f} s")
    guest = update.guest
    assert release(guest).endswith("0.0.2")
    assert recorded(guest) == "0.0.2"
    assert guest.run(_CONFIG) == update.config
    assert update.events <= set(guest.run(_EVENTS).splitlines())
    assert not guest.says("ls /opt/edge-pose/trial /opt/edge-pose/incoming 2>/dev/null")


def test_an_update_that_is_cut_boots_the_old_or_the_new(start: Start, update: Update) -> None:
    update.guest.cut()
    chance = random.Random(4)
    guest = start("cut")
    for number in range(CUTS):
        with guest.follow(UPDATE.format(name="0.0.2")):
            after_s = chance.uniform(0.0, update.took_s)
            time.sleep(after_s)
            guest.cut()
        booted_s = guest.boot()
        waited_s = ready(guest)
        now = release(guest)
        say(
            f"cut {number + 1} after {after_s:.0f} of {update.took_s:.0f} s: boots {now} in "
            f"{booted_s:.0f} s, ready {waited_s:.0f} s later"
        )
        assert now.endswith(("0.0.1", "0.0.2"))
        assert not guest.says("ls /opt/edge-pose/trial 2>/dev/null")
        if now.endswith("0.0.2"):
            guest.remove()
            guest = start(f"cut-{number}")
