"""The supervisor: starts the stages in order, restarts failed ones, stops them all in time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge_pose.clock import Clock, SystemClock
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import StageStuck
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.stalls import Stalls

log = logging.getLogger(__name__)

_REPLACED_MOST = 3
"""So many hung threads of one part within the restart window; then only a new process helps."""
_WELL_S = 10.0
"""A part must have run for so long before it counts as well again."""


@dataclass(slots=True)
class _Record:
    """What the supervisor remembers of one stage."""

    restarts: list[float] = field(default_factory=list)
    due_s: float | None = None
    given_up: bool = False
    failed_s: float = float("-inf")
    rests_on: str = ""
    """The error on which its budget was spent: told, and not told again while it lasts."""
    replaced: list[float] = field(default_factory=list)
    ailment: str = ""
    ill_s: float = float("-inf")
    ill_since_s: float = float("-inf")

    def fall_ill(self, words: str, now_s: float) -> None:
        if now_s - self.ill_s > _WELL_S:
            self.ill_since_s = now_s
        self.ailment, self.ill_s = words, now_s

    def is_news(self, error: Exception, now_s: float, config: RuntimeConfig) -> bool:
        """True when this failure is worth a line in the log; notes that it happened."""
        if now_s - self.failed_s > 2.0 * config.restart_window_s:
            self.rests_on = ""
        self.failed_s = now_s
        return _brief(error) != self.rests_on


class Supervisor:
    """``start``, then ``tick`` every fraction of a second until ``done``, then ``stop``.

    An essential stage that fails for good ends the run: ``failure`` holds its error and
    ``stop_requested`` is set. Any other stage that is beyond its budget rests for a restart
    window and is then tried again; the rest lives meanwhile. A replaceable stage that hangs gets a
    new thread. ``ailing`` says which vital ones do not do their work.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        config: RuntimeConfig | None = None,
        *,
        clock: Clock | None = None,
        stop_requested: threading.Event | None = None,
    ) -> None:
        self._stages = tuple(stages)
        self._config = config or RuntimeConfig()
        self._clock: Clock = clock or SystemClock()
        self._stalls = Stalls(self._clock, self._config.stall_s)
        self._records = {id(stage): _Record() for stage in stages}
        self.stop_requested = stop_requested or threading.Event()
        self.failure: Exception | None = None
        self.restarts = 0

    def start(self) -> None:
        """Start every stage, in the order given (readers before writers)."""
        for stage in self._stages:
            stage.start()

    def tick(self) -> None:
        """One round of watching: restart what is due, give up what is beyond its budget."""
        self._stalls.tick()
        for stage in self._stages:
            record = self._records[id(stage)]
            try:
                self._look_after(stage, record)
            except Exception as error:  # the watcher must not end with what it watches
                record.fall_ill(_named(stage, error), self._clock.now())
                log.exception("%s: looking after it failed", stage.name)

    def _look_after(self, stage: Stage, record: _Record) -> None:
        self._attend(stage, record)
        if stage.vital and self._stalls.hangs(stage):
            self._attend_hang(stage, record)
        elif stage.vital and (ailment := stage.ailment):
            record.fall_ill(ailment, self._clock.now())

    @property
    def done(self) -> bool:
        """True when every essential stage (there is one) has come to its own end."""
        essential = [stage for stage in self._stages if stage.essential]
        return bool(essential) and all(stage.finished for stage in essential)

    @property
    def given_up(self) -> tuple[str, ...]:
        """Names of the stages that failed for good."""
        return tuple(s.name for s in self._stages if self._records[id(s)].given_up)

    @property
    def ailing(self) -> Mapping[str, tuple[str, float]]:
        """Vital stages that fail or hang, or have just done so: what ails them and since when."""
        now = self._clock.now()
        records = ((stage, self._records[id(stage)]) for stage in self._stages if stage.vital)
        return {
            stage.name: (record.ailment, record.ill_since_s)
            for stage, record in records
            if record.given_up or stage.error is not None or now - record.ill_s < _WELL_S
        }

    @property
    def lost(self) -> tuple[str, ...]:
        """Names of the vital stages that hang although their threads were replaced."""
        vital = (stage for stage in self._stages if stage.vital and stage.worth_restart)
        return tuple(
            stage.name
            for stage in vital
            if self._stalls.hangs(stage) and not self._may_replace(stage)
        )

    def stop(self) -> None:
        """Tell all stages to end, then wait for them under one deadline.

        Those still alive are left behind, with what they own made safe: raises StageStuck, with
        the stack of each.
        """
        self.stop_requested.set()
        # Threads end in real time, whatever clock the stages run on.
        deadline = time.monotonic() + self._config.stop_s
        for stage in self._stages:
            stage.stop()
        stuck = [s for s in self._stages if not s.join(deadline - time.monotonic())]
        for stage in stuck:
            stage.leave_behind()
        if serious := [stage for stage in stuck if not stage.harmless]:
            raise StageStuck(_stuck_message(serious, self._config.stop_s))

    def _may_replace(self, stage: Stage) -> bool:
        record, now = self._records[id(stage)], self._clock.now()
        recent = [t for t in record.replaced if now - t < self._config.restart_window_s]
        return stage.replaceable and len(recent) < _REPLACED_MOST

    def _attend_hang(self, stage: Stage, record: _Record) -> None:
        """Say it, and put a new thread in the hung one's place as long as that may help."""
        now = self._clock.now()
        idle_s = self._stalls.idle_s(stage)
        known = now - record.ill_s < 1.0
        record.fall_ill(f"{stage.name} hangs", now)
        if self._may_replace(stage):
            log.error(
                "%s hangs for %.0f s and is replaced; it was at\n%s",
                stage.name,
                idle_s,
                stage.stack(),
            )
            record.replaced = [*record.replaced[-_REPLACED_MOST:], now]
            self.restarts += 1
            try:
                stage.replace()
            except Exception:  # the watcher must not end with what it watches
                log.exception("%s: no other could be put in its place", stage.name)
        elif not known:
            log.error("%s hangs for %.0f s and cannot be replaced", stage.name, idle_s)

    def _attend(self, stage: Stage, record: _Record) -> None:
        error = stage.error
        if error is None or record.given_up:
            return
        record.fall_ill(_named(stage, error), self._clock.now())
        if record.due_s is None:
            self._plan_restart(stage, record, error)
        elif self._clock.now() >= record.due_s:
            record.due_s = None
            self.restarts += 1
            stage.start()

    def _plan_restart(self, stage: Stage, record: _Record, error: Exception) -> None:
        config, now = self._config, self._clock.now()
        recent = [t for t in record.restarts if now - t < config.restart_window_s]
        spent = len(recent) >= config.restarts
        if isinstance(error, stage.permanent) or (spent and stage.essential):
            self._give_up(stage, record, error)
            return
        delay = min(config.restart_delay_s * 2 ** len(recent), config.restart_delay_max_s)
        delay = config.restart_window_s if spent else delay
        record.restarts = [*recent, now]
        record.due_s = now + delay
        level = logging.WARNING if record.is_news(error, now, config) else logging.DEBUG
        log.log(level, "%s failed (%s); restart in %.1f s", stage.name, _brief(error), delay)
        record.rests_on = _brief(error) if spent else record.rests_on

    def _give_up(self, stage: Stage, record: _Record, error: Exception) -> None:
        record.given_up = True
        if stage.essential:
            log.error("%s failed for good: %s", stage.name, _brief(error))
            self.failure = self.failure or error
            self.stop_requested.set()
        else:
            log.error("%s cannot run, the rest goes on: %s", stage.name, _brief(error))


def _named(stage: Stage, error: Exception) -> str:
    """The error's words with the part's name in front, once."""
    words = _brief(error)
    return words if words.startswith(stage.name) else f"{stage.name}: {words}"


def _brief(error: Exception) -> str:
    return str(error) or type(error).__name__


def _stuck_message(stuck: Sequence[Stage], stop_s: float) -> str:
    names = ", ".join(stage.name for stage in stuck)
    stacks = "\n".join(f"--- {stage.name}\n{stage.stack()}" for stage in stuck)
    return f"still running {stop_s:g} s after the stop: {names}\n{stacks}"
