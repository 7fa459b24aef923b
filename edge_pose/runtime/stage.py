"""A stage: one thread that owns its resources, repeats a step and can be stopped and watched."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import traceback
from abc import ABC, abstractmethod

from edge_pose.clock import Clock, SystemClock
from edge_pose.errors import StageDied

log = logging.getLogger(__name__)


class Stage(ABC):
    """Subclasses override ``setup``, ``step``, ``teardown`` (all run in the stage's own thread),
    ``wake`` and ``abandon``. A step returns within about a second, so that stopping is prompt and
    a hang shows: ``progress_s`` is when the last step ended.

    ``essential``: the program is pointless without it; a sink or a view is not.
    ``permanent``: errors that a restart cannot cure.
    ``harmless``: it only listens, so a thread of it that ends late leaves nothing on.
    ``vital``: an alert may be told by it alone, so that its silence must be noticed.
    ``worth_restart``: where it is vital and hangs for good, the whole program is better begun anew.
    ``replaceable``: when its thread hangs, ``take_over`` can put another in its place.
    ``patience_s``: a step may take so long (None: as configured).
    ``nice``: how far its thread stands back from those that watch and tell, 0–19.
    """

    harmless = False
    permanent: tuple[type[BaseException], ...] = ()
    vital = False
    worth_restart = True
    replaceable = False
    patience_s: float | None = None
    nice = 0

    def __init__(self, name: str, *, clock: Clock | None = None, essential: bool = True) -> None:
        self.name = name
        self.essential = essential
        self.clock: Clock = clock or SystemClock()
        self.stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._left_behind: set[threading.Thread] = set()
        self._error: Exception | None = None
        self._finished = False
        self._progress_s = self.clock.now()
        self.starts = 0
        """How often it was started; more than once means restarts."""

    def setup(self) -> None:  # noqa: B027 (optional)
        """Open what the stage owns."""

    @abstractmethod
    def step(self) -> None:
        """One round of work; call ``finish`` when there is no more."""

    def teardown(self) -> None:  # noqa: B027 (optional)
        """Close what ``setup`` opened; called also when ``setup`` or ``step`` failed."""

    def wake(self) -> None:  # noqa: B027 (optional)
        """Called from another thread after ``stopping`` is set: end any wait inside ``step``."""

    def abandon(self) -> None:  # noqa: B027 (optional)
        """Called from another thread when this one is stuck at the end and will be left behind:
        switch off what must not stay on."""

    def take_over(self) -> None:  # noqa: B027 (optional)
        """Called from another thread before a new one takes a hung one's place: nothing that the
        hung one may still touch may be shared with it."""

    def start(self) -> None:
        """Start the thread, or start it anew after it ended."""
        if self.alive:
            return
        self._error, self._finished = None, False
        self.starts += 1
        self.stopping.clear()
        self.beat()
        thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        try:
            thread.start()
        except (RuntimeError, MemoryError) as error:
            # The system has none to give (a limit, no memory): this part has failed, no other.
            self._thread, self._error = None, StageDied(f"{self.name}: no thread: {error}")
        else:
            self._thread = thread

    def replace(self) -> None:
        """Leave the thread, which hangs, behind, and go on in a new one."""
        self.take_over()
        if self._thread is not None:
            self._left_behind.add(self._thread)
            self._thread = None
        self.start()

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self.stopping.set()
        try:
            self.wake()
        except Exception:
            log.exception("%s: waking it for the stop failed", self.name)

    def leave_behind(self) -> None:
        """It did not stop in time: make safe what it owns."""
        try:
            self.abandon()
        except Exception:
            log.exception("%s: could not be made safe", self.name)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread's end; True when it has ended (or never ran)."""
        if self._thread is not None:
            self._thread.join(max(0.0, timeout_s))
        return not self.alive

    def finish(self) -> None:
        """Called by ``step``: the work is done, this was the last round."""
        if not self._orphaned:
            self._finished = True

    def beat(self) -> None:
        """Note progress; a long ``setup`` may call it between its parts."""
        if not self._orphaned:
            self._progress_s = self.clock.now()

    @property
    def _orphaned(self) -> bool:
        """True in a thread that was left behind and has woken up."""
        return threading.current_thread() in self._left_behind

    @property
    def ailment(self) -> str:
        """What is wrong although the stage goes on; empty: nothing."""
        return ""

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    @property
    def finished(self) -> bool:
        """True when the work ended by itself and without an error."""
        return self._finished and self._error is None and not self.alive

    @property
    def error(self) -> Exception | None:
        """What ended the stage, once it has ended."""
        if self.alive:
            return None
        if self._thread is None:
            return self._error
        if self._error is None and not (self._finished or self.stopping.is_set()):
            return StageDied(f"{self.name}: its thread ended without a word")
        return self._error

    @property
    def progress_s(self) -> float:
        """Clock time of the last completed step."""
        return self._progress_s

    def stack(self) -> str:
        """Where the thread is right now, as text; empty when it does not run."""
        ident = self._thread.ident if self._thread else None
        frame = sys._current_frames().get(ident) if ident is not None else None
        return "".join(traceback.format_stack(frame)) if frame else ""

    def _run(self) -> None:
        stand_back(self.nice)
        try:
            if not self.stopping.is_set():  # a stop may overtake the start
                self.setup()
            self.beat()
            while not (self.stopping.is_set() or self._finished or self._orphaned):
                self.step()
                self.beat()
        except BaseException as error:
            self._fail(error)
        finally:
            self._close()

    def _close(self) -> None:
        try:
            self.teardown()
        except BaseException as error:
            self._fail(error)
        self._left_behind.discard(threading.current_thread())

    def _fail(self, error: BaseException) -> None:
        """Keep what ended the thread; also what is no Exception, or it would end unseen."""
        log.debug("%s failed", self.name, exc_info=True)
        if self._orphaned or self._error is not None:
            return
        if not isinstance(error, Exception):
            words = f"{self.name}: ended by {type(error).__name__}"
            error = StageDied(f"{words}: {error}" if str(error) else words)
        self._error = error


def stand_back(nice: int) -> None:
    """Lower the calling thread's priority; where the system refuses, it stays as it is. On Linux
    each thread has a niceness of its own."""
    if nice > 0:
        with contextlib.suppress(OSError, AttributeError):
            me = threading.get_native_id()
            now = os.getpriority(os.PRIO_PROCESS, me)
            os.setpriority(os.PRIO_PROCESS, me, min(19, now + nice))
