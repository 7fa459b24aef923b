"""Civil time for records: UTC of a monotonic moment, and whether the machine's clock is set."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from edge_pose.clock import Clock

TIMESYNCD = Path("/run/systemd/timesync/synchronized")
_RECHECK_S = 60.0
_PLAUSIBLE_AGE_S = 60.0


def clock_synchronised() -> bool | None:
    """Whether a time server has set this machine's clock; None where nobody can tell.

    Asked from systemd and not by adjtimex(2): a hardened service may not call that.
    """
    if TIMESYNCD.exists():
        return True
    command = ("timedatectl", "show", "--property=NTPSynchronized", "--value")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=2.0, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(answer.stdout.strip())


class WallTime:
    """UTC for the people who read records; rules never see it."""

    def __init__(
        self, clock: Clock, synchronised: Callable[[], bool | None] = clock_synchronised
    ) -> None:
        self._clock = clock
        self._ask = synchronised
        self._asked_s: float | None = None
        self._answer: bool | None = None

    @property
    def clock(self) -> Clock:
        return self._clock

    def now(self) -> float:
        """UTC, seconds since the epoch."""
        return self._clock.wall()

    def at(self, t_s: float) -> float:
        """UTC of a recent moment of the frame clock.

        A camera's frames share the monotonic clock; a file's frames count from its own start. An
        age that no live frame can have means the latter: then the moment is now.
        """
        age_s = self._clock.now() - t_s
        return self._clock.wall() - (age_s if 0.0 <= age_s <= _PLAUSIBLE_AGE_S else 0.0)

    @property
    def synchronised(self) -> bool | None:
        """The last answer, asked again each minute until it is yes."""
        now_s = self._clock.now()
        due = self._asked_s is None or now_s - self._asked_s >= _RECHECK_S
        if due and self._answer is not True:
            self._asked_s, self._answer = now_s, self._ask()
        return self._answer


def iso(utc_s: float) -> str:
    """RFC 3339 in UTC with milliseconds, e.g. 2026-05-01T07:30:00.250Z."""
    moment = datetime.fromtimestamp(round(utc_s, 3), tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
