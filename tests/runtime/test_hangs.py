"""Parts that hang, end without a word, or seem to hang because nothing ran at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest

from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import StageDied
from edge_pose.live.stages import ViewStage
from edge_pose.runtime.notify import Notifier, Watchdog
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.stalls import Gaps
from edge_pose.runtime.supervisor import Supervisor
from edge_pose.testing.clock import FakeClock

WAIT_S = 10.0


class Output(Stage):
    """Each of its threads hangs in its first step for as long as its gate is shut."""

    vital = True
    replaceable = True

    def __init__(self, clock: FakeClock, gates: list[threading.Event]) -> None:
        super().__init__("gpio", clock=clock, essential=False)
        self.gates = gates
        self.entered = threading.Semaphore(0)
        self.worked = threading.Semaphore(0)
        self.taken_over = 0

    def step(self) -> None:
        gate = self.gates[min(self.starts, len(self.gates)) - 1]
        self.entered.release()
        if gate.is_set():
            self.worked.release()
            self.stopping.wait(60.0)
        gate.wait(60.0)

    def take_over(self) -> None:
        self.taken_over += 1


def opened() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


def run_until(supervisor: Supervisor, clock: FakeClock, seconds: float) -> None:
    for _ in range(int(seconds)):
        clock.advance(1.0)
        supervisor.tick()


def test_a_hung_output_is_told_and_replaced_and_the_old_thread_ends_by_itself() -> None:
    clock = FakeClock()
    shut = threading.Event()
    output = Output(clock, [shut, opened()])
    supervisor = Supervisor([output], RuntimeConfig(stall_s=5.0), clock=clock)
    supervisor.start()
    assert output.entered.acquire(timeout=WAIT_S)
    old = output._thread
    run_until(supervisor, clock, 4.0)
    assert not supervisor.ailing
    run_until(supervisor, clock, 2.0)
    assert output.worked.acquire(timeout=WAIT_S)
    assert output.taken_over == 1
    assert "hangs" in supervisor.ailing["gpio"][0]
    assert not supervisor.lost
    shut.set()
    assert old is not None
    before = output.progress_s
    clock.advance(100.0)
    old.join(WAIT_S)
    assert not old.is_alive()
    assert output.progress_s == before, "a thread left behind is no sign of life"
    assert output.alive
    supervisor.stop()


def test_an_output_that_hangs_again_and_again_starves_the_watchdog() -> None:
    clock = FakeClock()
    shut = threading.Event()
    output = Output(clock, [shut])
    supervisor = Supervisor([output], RuntimeConfig(stall_s=5.0), clock=clock)
    watchdog = Watchdog(
        Notifier({"WATCHDOG_USEC": "10000000"}), [], clock, stall_s=5.0,
        lost=lambda: supervisor.lost,
    )  # fmt: skip
    supervisor.start()
    starved_s: list[float] = []
    for _ in range(30):
        run_until(supervisor, clock, 1.0)
        watchdog.tick()
        starved_s += [clock.now()] if watchdog.stalled else []
    assert watchdog.stalled == ("gpio",)
    assert 18.0 < starved_s[0] <= 25.0
    shut.set()
    supervisor.stop()


class Frozen:
    """A display whose driver does not come back for as long as the gate is shut."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.entered, self.went_on = threading.Event(), threading.Event()

    def open(self) -> None:
        pass

    def run(self, stopping: threading.Event, beat: Callable[[], object]) -> None:
        self.entered.set()
        self.gate.wait(60.0)
        beat()
        self.went_on.set()
        stopping.wait(60.0)

    def close(self) -> None:
        pass


def test_a_screen_that_hangs_is_told_by_the_others_and_restarts_nothing() -> None:
    """It was the driver's only output, and nobody noticed; but a display that is switched off may
    hang, too."""
    clock, display = FakeClock(), Frozen()
    stage = ViewStage("screen", display, clock=clock, for_driver=True)
    supervisor = Supervisor([stage], RuntimeConfig(), clock=clock)
    supervisor.start()
    try:
        assert display.entered.wait(WAIT_S)
        run_until(supervisor, clock, 17.0)
        assert supervisor.ailing["screen"][0] == "screen hangs"
        assert supervisor.lost == ()
        display.gate.set()
        assert display.went_on.wait(WAIT_S)
        supervisor.tick()
    finally:
        display.gate.set()
        supervisor.stop()
    clock.advance(11.0)
    assert not supervisor.ailing


def test_a_program_that_stood_still_blames_none_of_its_parts() -> None:
    clock = FakeClock()
    output = Output(clock, [threading.Event()])
    supervisor = Supervisor([output], RuntimeConfig(stall_s=5.0), clock=clock)
    supervisor.start()
    run_until(supervisor, clock, 2.0)
    clock.advance(30.0)  # SIGSTOP: the watcher did not tick either
    supervisor.tick()
    assert not supervisor.ailing
    output.gates[0].set()
    supervisor.stop()


@pytest.mark.parametrize("ending", [SystemExit("bye"), GeneratorExit(), KeyboardInterrupt()])
def test_what_is_no_exception_ends_a_stage_visibly(ending: BaseException) -> None:
    class Ending(Stage):
        def step(self) -> None:
            raise ending

    stage = Ending("inference", clock=FakeClock())
    supervisor = Supervisor([stage], RuntimeConfig(restarts=0), clock=FakeClock())
    supervisor.start()
    assert stage.join(WAIT_S)
    supervisor.tick()
    assert isinstance(supervisor.failure, StageDied)
    assert type(ending).__name__ in str(supervisor.failure)


def test_a_gap_is_noticed_whether_the_program_was_stopped_or_the_machine_slept() -> None:
    clock = FakeClock()
    gaps = Gaps(clock, limit_s=3.0)
    assert gaps.tick() is None
    clock.advance(0.2)
    assert gaps.tick() is None
    clock.advance(30.0)
    assert gaps.tick() == pytest.approx(30.0)
    clock.sleep(3600.0)
    assert gaps.tick() == pytest.approx(3600.0)
    assert gaps.tick() is None


def test_a_thread_may_stand_back_and_the_others_do_not() -> None:
    seen: list[int] = []

    class Polite(Stage):
        nice = 7

        def step(self) -> None:
            seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            self.finish()

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    stage = Polite("page")
    stage.start()
    assert stage.join(WAIT_S)
    assert seen == [min(19, before + 7)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_a_part_that_cannot_be_replaced_ends_neither_the_watcher_nor_its_own_hope(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Irreplaceable(Output):
        def take_over(self) -> None:
            super().take_over()
            raise OSError("no other")

    clock = FakeClock()
    shut = threading.Event()
    output = Irreplaceable(clock, [shut])
    supervisor = Supervisor([output], RuntimeConfig(stall_s=5.0), clock=clock)
    supervisor.start()
    run_until(supervisor, clock, 30.0)
    assert output.taken_over == 3
    assert supervisor.lost == ("gpio",)
    assert "no other could be put in its place" in caplog.text
    shut.set()
    supervisor.stop()


def test_a_part_for_which_there_is_no_thread_fails_alone_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A limit on processes, or no memory: Thread.start raises in whoever supervises."""
    clock = FakeClock()
    output = Output(clock, [opened()])
    supervisor = Supervisor([output], RuntimeConfig(), clock=clock)

    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as context:
        context.setattr(threading.Thread, "start", none_left)
        supervisor.start()
        run_until(supervisor, clock, 3.0)
        assert "no thread" in supervisor.ailing["gpio"][0]
        assert output.join(0.0)
    run_until(supervisor, clock, 3.0)
    assert output.worked.acquire(timeout=WAIT_S)
    supervisor.stop()


def test_a_part_that_cannot_even_be_asked_does_not_end_the_watcher(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Unspeakable(Output):
        @property
        def ailment(self) -> str:
            raise KeyError("plugin")

    clock = FakeClock()
    output = Unspeakable(clock, [opened()])
    supervisor = Supervisor([output], RuntimeConfig(), clock=clock)
    supervisor.start()
    run_until(supervisor, clock, 2.0)
    assert "plugin" in supervisor.ailing["gpio"][0]
    assert "looking after it failed" in caplog.text
    supervisor.stop()
