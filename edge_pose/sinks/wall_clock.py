"""Civil time for records: UTC of a monotonic moment, and whether the machine's clock is set."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from edge_pose.clock import Clock

TIMESYNCD = Path("/run/systemd/timesync/synchronized")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PLAUSIBLE_UTC_S = 1_704_067_200.0
"""2024: an earlier date is a clock that was never set."""
_RECHECK_S = 15.0
_LONGEST_WAIT_S = 900.0
"""So long may a record wait for a disk."""
_JUMP_S = 60.0
_STEADY_S = 3600.0
_LOOKED_S = 600.0


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


def boot_id() -> str | None:
    """Names this start of the machine: moments of the monotonic clock compare within it only."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip() or None
    except OSError:
        return None


class WallTime:
    """UTC for the people who read records; rules never see it.

    ``media``: frame times are a file's own and say nothing about the clock.
    """

    def __init__(
        self,
        clock: Clock,
        synchronised: Callable[[], bool | None] = clock_synchronised,
        *,
        media: bool = False,
    ) -> None:
        self._clock = clock
        self._ask = synchronised
        self.media = media
        self._asked_s: float | None = None
        self._answer: bool | None = None
        self._began_s = clock.now()
        self._shift_s: float | None = None
        self._jumped_s = float("-inf")

    @property
    def clock(self) -> Clock:
        return self._clock

    def now(self) -> float:
        """UTC, seconds since the epoch."""
        return self._clock.wall()

    @property
    def offset_s(self) -> float:
        """UTC minus the frame clock, as the machine's clock says it now."""
        return self._clock.wall() - self._clock.now()

    def at(self, t_s: float) -> float:
        """UTC of a moment of the frame clock, by the machine's clock as it goes now.

        What is written late carries the time when it happened. An age that nothing can have that
        waited in this program means a file's own time: then the moment is now.
        """
        self._watch()
        age_s = self._clock.now() - t_s
        known = not self.media and 0.0 <= age_s <= _LONGEST_WAIT_S
        return self._clock.wall() - (age_s if known else 0.0)

    @property
    def synchronised(self) -> bool | None:
        """The last answer, asked again now and then until it is yes."""
        self._watch()
        now_s = self._clock.now()
        due = self._asked_s is None or now_s - self._asked_s >= _RECHECK_S
        if due and self._answer is not True:
            self._asked_s, self._answer = now_s, self._ask()
        return self._answer

    @property
    def trusted(self) -> bool:
        """Whether anything may be deleted because of its age: the clock is set and has not jumped
        of late. Where nobody can tell that it is set, it must never have jumped at all, and show a
        year in which this program existed."""
        answer, now_s = self.synchronised, self._clock.now()
        if answer is False or now_s - self._jumped_s < _STEADY_S:
            return False
        looked = now_s - self._began_s >= _LOOKED_S and self.now() > PLAUSIBLE_UTC_S
        return answer is True or (looked and self._jumped_s == float("-inf"))

    def _watch(self) -> None:
        """Notice jumps; while the clock is known not to be set they are no news."""
        shift_s = self._clock.wall() - self._clock.elapsed()
        jumped = self._shift_s is not None and abs(shift_s - self._shift_s) > _JUMP_S
        if jumped and self._answer is not False:
            self._jumped_s = self._clock.now()
        self._shift_s = shift_s


def iso(utc_s: float) -> str:
    """RFC 3339 in UTC with milliseconds, e.g. 2026-05-01T07:30:00.250Z."""
    moment = datetime.fromtimestamp(round(utc_s, 3), tz=UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
