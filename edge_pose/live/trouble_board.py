"""What is wrong with the program, collected from its threads for the monitor to tell."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from edge_pose.clock import Clock
from edge_pose.values import AlertKind, AlertLevel, Trouble

_GAP_LISTED_S = 1.0
"""From the first look at it, for a look may be lost on a late frame."""


class TroubleBoard:
    """The supervising thread pins up, the inference thread reads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._parts: Mapping[str, tuple[str, float]] = {}
        self._gap: Trouble | None = None
        self._gap_listed_s: float | None = None
        self._gaps = 0

    def parts(self, ailing: Mapping[str, tuple[str, float]]) -> None:
        """Parts that fail or hang: by name what ails them and since when, clock seconds."""
        with self._lock:
            self._parts = dict(ailing)

    @property
    def ailing(self) -> Mapping[str, tuple[str, float]]:
        """What ``parts`` was last told."""
        with self._lock:
            return self._parts

    def gap(self, length_s: float, why: str = "stopped, starved or asleep") -> None:
        """Nothing was watched for so long, until now."""
        with self._lock:
            untold = self._gap if self._gap_listed_s is None else None
            if untold is not None:  # killed, then starved at the start: both count
                length_s += untold.lasted_s
                why = f"{untold.reason.partition(': ')[2]}; {why}"
            self._gaps += 1
            self._gap, self._gap_listed_s = _gap(length_s, why, number=self._gaps), None

    def listed(self) -> tuple[Trouble, ...]:
        """What is to be told now."""
        now = self._clock.now()
        with self._lock:
            if self._gap_listed_s is None:
                self._gap_listed_s = now
            elif now - self._gap_listed_s > _GAP_LISTED_S:
                self._gap = None
            parts, gap = self._parts, self._gap
        found = [_fault(parts, now)] if parts else []
        return (*found, gap) if gap is not None else tuple(found)


def _fault(parts: Mapping[str, tuple[str, float]], now_s: float) -> Trouble:
    """One trouble for all, told again with each part that joins; more of them, a higher level."""
    *before, newest = sorted(parts, key=lambda name: parts[name][1])
    since_s = min(since for _, since in parts.values())
    return Trouble(
        kind=AlertKind.FAULT,
        reason=_clean("; ".join(words for words, _ in parts.values())),
        lasted_s=max(0.0, now_s - since_s),
        level=AlertLevel(min(len(parts), int(AlertLevel.CRITICAL))),
        values={"parts": float(len(parts))},
        topic=newest,
        beside=tuple(before),
    )


def _clean(words: str) -> str:
    """Words that every output can write: file names may hold bytes that are no text."""
    return words.encode("utf-8", "replace").decode("utf-8")


def _gap(length_s: float, why: str, *, number: int) -> Trouble:
    return Trouble(
        kind=AlertKind.GAP,
        reason=f"nothing was watched for {length_s:.0f} s: {why}",
        lasted_s=length_s,
        values={"gap_s": length_s},
        topic=str(number),
    )
