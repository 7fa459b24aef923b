"""The log: set up for a person or for journald; lines on change; one summary a minute."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from edge_pose.clock import Clock
from edge_pose.runtime.log_queue import LogWriter
from edge_pose.values import Health

# syslog(3) priorities, which journald reads from a "<N>" at the head of a line.
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG_PRIORITY = 7
_LOGGERS = ("edge_pose", "asyncio", "uvicorn")
_LAST_LINES_S = 1.0


class _JournalFormatter(logging.Formatter):
    """``<4>message``: the journal adds the time and the unit itself; every line is marked."""

    def format(self, record: logging.LogRecord) -> str:
        priority = next((p for level, p in _PRIORITIES if record.levelno >= level), _DEBUG_PRIORITY)
        lines = super().format(record).splitlines() or [""]
        return "\n".join(f"<{priority}>{line}" for line in lines)


def configure(
    *, verbose: bool = False, stream: TextIO | None = None, environ: Mapping[str, str] | None = None
) -> None:
    """Send the program's log to stderr, in journald's form when that is what stderr is."""
    under_journal = bool((os.environ if environ is None else environ).get("JOURNAL_STREAM"))
    handler = logging.StreamHandler(stream or sys.stderr)
    if under_journal:
        handler.setFormatter(_JournalFormatter("%(message)s"))
    else:
        handler.setFormatter(
            logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")
        )
    logging.getLogger("edge_pose").setLevel(logging.DEBUG if verbose else logging.INFO)
    _give_to_all(handler)


@contextmanager
def in_background(clock: Clock) -> Iterator[None]:
    """Have a thread of its own write the configured log: nobody else ever waits for the journal."""
    (direct,) = logging.getLogger("edge_pose").handlers
    formatter = direct.formatter
    writer = LogWriter(direct, clock)
    writer.start()
    _give_to_all(writer.handler)
    try:
        yield
    finally:
        writer.stop()
        if writer.join(_LAST_LINES_S):
            direct.setFormatter(formatter)
            _give_to_all(direct)


def _give_to_all(handler: logging.Handler) -> None:
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.propagate = False


class ChangeLog:
    """Writes a line only when what is told about a subject differs from the last time."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._last: dict[str, str] = {}

    def known(self, subject: str) -> bool:
        """True once something has been told about it."""
        return subject in self._last

    def tell(self, subject: str, text: str, level: int = logging.INFO) -> bool:
        """True when it was news and has been written."""
        if self._last.get(subject) == text:
            return False
        self._last[subject] = text
        self._logger.log(level, "%s: %s", subject, text)
        return True


class Summary:
    """One line every so often: frames a second, frame age, drops, attention level."""

    def __init__(self, logger: logging.Logger, clock: Clock, every_s: float = 60.0) -> None:
        self._logger = logger
        self._clock = clock
        self._every_s = every_s
        self._last_s = clock.now()

    def tick(self, health: Health, level: int) -> bool:
        """Write the line if it is due; True when written."""
        now = self._clock.now()
        if self._every_s <= 0 or now - self._last_s < self._every_s:
            return False
        self._last_s = now
        self._logger.info("%s", summary_line(health, level))
        return True


def summary_line(health: Health, level: int) -> str:
    """What the log, ``systemctl status`` and the end of a run say."""
    line = (
        f"{health.fps:.1f} fps, frame age p50 {health.frame_age_ms:.0f} ms "
        f"p95 {health.frame_age_p95_ms:.0f} ms, {health.dropped} dropped, level {level}"
    )
    if health.temperature_c is not None:
        line += f", {health.temperature_c:.0f} °C"
    return line + (", THROTTLED" if health.throttled else "")
