"""Power that goes at random moments while alerts are written: nothing acknowledged is lost."""

from __future__ import annotations

import json
import random
import subprocess
import time
from typing import Any

import pytest
from guest import Guest
from proof import Start, ready, rounds, say

pytestmark = pytest.mark.machine

CUTS = rounds(3, 50)
_LONGEST_S = 15.0
_ON_ITS_WAY_S = 1.0
"""For what had left the guest before it was cut."""


def alerts(guest: Guest) -> set[tuple[Any, ...]]:
    lines = guest.run("python3 /media/follow.py once").splitlines()
    return {tuple(json.loads(line)) for line in lines}


def last_words(follower: subprocess.Popen[str]) -> set[tuple[Any, ...]]:
    """What had come when the guest was cut; ssh itself would wait a minute for more."""
    time.sleep(_ON_ITS_WAY_S)
    follower.terminate()
    assert follower.stdout is not None
    return {tuple(json.loads(line)) for line in follower.stdout if line.endswith("\n")}


def test_a_cut_at_a_random_moment_loses_nothing_that_was_acknowledged(start: Start) -> None:
    guest = start()
    chance = random.Random(17)
    acknowledged: set[tuple[Any, ...]] = set()
    for number in range(CUTS):
        known = max((int(row[0]) for row in acknowledged), default=0)
        with guest.follow(f"python3 -u /media/follow.py on {known}") as follower:
            assert follower.stdout is not None
            # At least one alert of this life, then a while more, in which others are written.
            acknowledged.add(tuple(json.loads(follower.stdout.readline())))
            time.sleep(chance.uniform(0.0, _LONGEST_S))
            guest.cut()
            acknowledged |= last_words(follower)
        took_s = guest.boot()
        waited_s = ready(guest)
        kept = alerts(guest)
        say(
            f"cut {number + 1}: {len(acknowledged)} acknowledged, {len(kept)} kept, "
            f"boot {took_s:.0f} s, ready {waited_s:.0f} s later"
        )
        assert acknowledged <= kept
        assert guest.run("sqlite3 /var/lib/edge-pose/events.db 'pragma integrity_check'") == "ok"
