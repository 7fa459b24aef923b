"""The log of a running program: no line can hold up the thread that writes it, and one cause cannot
drown the others."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import queue
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.clock import Clock
from edge_pose.runtime.stage import Stage

_LINES = 1000
_BURST = 5
_WINDOW_S = 60.0
_CAUSES = 500
_ALTOGETHER = 600
"""Lines of all causes within a window: words that differ each time are no way around."""
_ALWAYS = "edge_pose.alert"
"""What the driver was told is never held back: it comes at the pace of a driver."""
_TURN_S = 0.5


@dataclass(slots=True)
class _Cause:
    """Lines of one cause within the present window."""

    since_s: float
    lines: int = 0
    held_back: int = 0


class RateLimit(logging.Filter):
    """Lets the first lines of a cause through, then counts: each window ends with how many more
    there were. A cause is the logger, the level, the words without their numbers, and the first
    word filled in (the name of the part)."""

    def __init__(self, clock: Clock, burst: int = _BURST, window_s: float = _WINDOW_S) -> None:
        super().__init__()
        self._clock = clock
        self._burst = burst
        self._window_s = window_s
        self._lock = threading.Lock()
        self._causes: OrderedDict[tuple[str, int, str, str], _Cause] = OrderedDict()
        self._all = _Cause(clock.now())

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == _ALWAYS:
            return True
        first = record.args[0] if isinstance(record.args, tuple) and record.args else ""
        key = (
            record.name,
            record.levelno,
            str(record.msg),
            first if isinstance(first, str) else "",
        )
        with self._lock:
            cause = self._causes.get(key)
            if cause is None:
                cause = self._causes[key] = _Cause(self._clock.now())
                while len(self._causes) > _CAUSES:
                    self._all.held_back += self._causes.popitem(last=False)[1].held_back
            cause.lines += 1
            if cause.lines > self._burst:
                cause.held_back += 1
                return False
            return self._is_room()

    def _is_room(self) -> bool:
        self._all.lines += 1
        room = self._all.lines <= _ALTOGETHER
        self._all.held_back += not room
        return room

    def settle(self) -> Iterator[logging.LogRecord]:
        """End the windows that are over; a line for each cause that was held back."""
        now = self._clock.now()
        with self._lock:
            over = [k for k, c in self._causes.items() if now - c.since_s >= self._window_s]
            ended = [(key, self._causes.pop(key)) for key in over]
            if now - self._all.since_s >= self._window_s:
                ended.append(((__name__, logging.WARNING, "of many causes", ""), self._all))
                self._all = _Cause(now)
        for (name, level, words, first), cause in ended:
            if cause.held_back:
                told = "%d more lines like this within %.0f s: %s%s"
                about = f" ({first})" if first else ""
                arguments = (cause.held_back, now - cause.since_s, words, about)
                yield logging.LogRecord(name, level, "", 0, told, arguments, None)


class QueuedHandler(logging.handlers.QueueHandler):
    """Keeps a line for the writer; when too many wait, it is counted and dropped."""

    def __init__(self, formatter: logging.Formatter | None, capacity: int = _LINES) -> None:
        self.lines: queue.Queue[logging.LogRecord] = queue.Queue(capacity)
        super().__init__(self.lines)
        self.setFormatter(formatter)
        self.lost = 0

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.lines.put_nowait(record)
        except queue.Full:
            self.lost += 1


class LogWriter(Stage):
    """Writes the waiting lines with ``target``; only this thread waits for a journal that is full.
    ``handler`` is what loggers are given."""

    nice = 5

    def __init__(self, target: logging.Handler, clock: Clock, capacity: int = _LINES) -> None:
        super().__init__("log", clock=clock, essential=False)
        self._target = target
        self._limit = RateLimit(clock)
        self._told_lost = 0
        self.handler = QueuedHandler(target.formatter, capacity)
        self.handler.addFilter(self._limit)
        target.setFormatter(None)

    def step(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._write(self.handler.lines.get(timeout=_TURN_S))
        for record in self._limit.settle():
            self._write(self.handler.prepare(record))
        self._tell_lost()

    def teardown(self) -> None:
        while not self.handler.lines.empty():
            self._write(self.handler.lines.get_nowait())
        self._tell_lost()

    def _write(self, record: logging.LogRecord) -> None:
        """One line that cannot be written must not cost those after it: nobody restarts this."""
        try:
            self._target.handle(record)
        except Exception:
            self.handler.lost += 1

    def _tell_lost(self) -> None:
        lost = self.handler.lost - self._told_lost
        if lost:
            self._told_lost += lost
            words = "%d lines of this log were dropped: it could not be written fast enough"
            record = logging.LogRecord(__name__, logging.WARNING, "", 0, words, (lost,), None)
            self._write(self.handler.prepare(record))
