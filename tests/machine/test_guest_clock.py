"""A clock that is wrong when the board starts, and right once a time server is heard."""

from __future__ import annotations

import time

import pytest
from proof import Start, needs_machine, patient, ready, say
from time_server import time_server

pytestmark = [pytest.mark.machine, needs_machine]

_EPISODES = "sqlite3 /var/lib/edge-pose/events.db 'select {what} from episodes'"
_YEAR_2001_S = 1_000_000_000


def test_events_of_a_clock_at_1970_are_dated_once_a_time_server_is_heard(start: Start) -> None:
    guest = start("clock", rtc="1970-01-01T00:10:00", hold=True)
    guest.run(
        "systemctl stop systemd-timesyncd; rm -f /run/systemd/timesync/synchronized;"
        " date -s '1970-01-01 00:10:00'; mkdir -p /etc/systemd/timesyncd.conf.d;"
        f" printf '[Time]\\nNTP={guest.gateway}\\n' > /etc/systemd/timesyncd.conf.d/proof.conf"
    )
    patient(guest)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=1200)
    ready(guest)
    guest.until("python3 /media/follow.py once | grep -q distraction", limit_s=240)
    before = guest.run(_EPISODES.format(what="count(*), max(utc_start_s)"))
    count, newest_s = before.split("|")
    assert float(newest_s) < _YEAR_2001_S, "it was written by a clock that was never set"
    with time_server(guest.gate):
        guest.run("systemctl start systemd-timesyncd")
        guest.until("test -e /run/systemd/timesync/synchronized", limit_s=120, every_s=0.5)
    set_s = time.time()
    undated = _EPISODES.format(what=f"sum(utc_start_s < {_YEAR_2001_S})")
    took_s = guest.until(f'test "$({undated})" = 0', limit_s=240)
    after = guest.run(_EPISODES.format(what="count(*), min(utc_start_s), max(utc_start_s)"))
    kept, oldest_s, newest_s = after.split("|")
    say(f"clock: {count} episodes of 1970, all dated {took_s:.0f} s after it was set")
    assert int(kept) >= int(count)
    assert set_s - 900.0 < float(oldest_s) <= float(newest_s) < time.time() + 5.0
    assert time.strftime("%Y-%m-%d", time.gmtime()) in guest.run("edge-pose events list")
