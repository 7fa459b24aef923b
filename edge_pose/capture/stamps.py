"""When a frame was taken, on the program's clock: a camera's own word where that can be true."""

from __future__ import annotations


class Stamps:
    """Times of one camera's frames: each later than the one before, or a camera that gives the same
    frame again and again would seem to give none, and not be told as frozen."""

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def of(self, stamp_s: float, now_s: float) -> float:
        """The sensor's time of a frame where it is plausible and new, else now."""
        t_s = plausible_stamp(stamp_s, now_s)
        self._last_s = t_s if t_s > self._last_s else now_s
        return self._last_s


def plausible_stamp(stamp_s: float, now_s: float) -> float:
    """The sensor's time when it can be one of this clock's last two seconds, else now."""
    return stamp_s if now_s - 2.0 < stamp_s <= now_s else now_s
