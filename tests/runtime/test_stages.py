"""Stages and their supervisor: life, failure, restart, stop."""

from __future__ import annotations

import threading
import time

import pytest

from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import ConfigError, StageStuck
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.mailbox import Mailbox
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.supervisor import Supervisor
from edge_pose.testing.clock import FakeClock


class Reader(Stage):
    """Waits on a hand-off whose writer never writes."""

    def __init__(self, inbox: Latest[int] | Mailbox[int], **more: bool) -> None:
        super().__init__("reader", **more)
        self.inbox = inbox

    def step(self) -> None:
        self.inbox.take(60.0)

    def wake(self) -> None:
        self.inbox.close()


class Writer(Stage):
    """Hands over to a reader that never takes."""

    def __init__(self, outbox: Latest[int]) -> None:
        super().__init__("writer")
        self.outbox = outbox

    def step(self) -> None:
        self.outbox.hand_over(1, 60.0)

    def wake(self) -> None:
        self.outbox.close()


class Failing(Stage):
    """Fails in its n-th setups, then finishes."""

    permanent = (ConfigError,)

    def __init__(self, errors: list[Exception], *, essential: bool = True) -> None:
        super().__init__("failing", essential=essential)
        self.errors = errors
        self.torn_down = 0

    def setup(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    def step(self) -> None:
        self.finish()

    def teardown(self) -> None:
        self.torn_down += 1


class Hung(Stage):
    """A step that never comes back until released."""

    def __init__(self) -> None:
        super().__init__("hung")
        self.entered = threading.Event()
        self.release = threading.Event()

    def step(self) -> None:
        self.entered.set()
        self.release.wait(60.0)


@pytest.mark.parametrize("make", [
    lambda: Reader(Latest()),
    lambda: Reader(Mailbox("alerts")),
    lambda: Writer(Latest()),
])  # fmt: skip
def test_a_stage_whose_peer_is_stuck_stops_in_time(make: object) -> None:
    stage = make()  # type: ignore[operator]
    supervisor = Supervisor([stage])
    supervisor.start()
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 2.0
    assert not stage.alive


def test_a_thread_that_does_not_stop_is_an_error_with_its_stack() -> None:
    hung = Hung()
    supervisor = Supervisor([hung, Reader(Latest())], RuntimeConfig(stop_s=0.05))
    supervisor.start()
    hung.entered.wait(5.0)
    with pytest.raises(StageStuck, match=r"(?s)hung.*release\.wait") as caught:
        supervisor.stop()
    assert "reader" not in str(caught.value).splitlines()[0]
    hung.release.set()
    assert hung.join(5.0)


def watched(stage: Stage, clock: FakeClock, config: RuntimeConfig | None = None) -> Supervisor:
    """The supervisor after it has watched one stage to its end, on a clock that runs freely."""
    supervisor = Supervisor([stage], config, clock=clock)
    supervisor.start()
    for _ in range(100):
        stage.join(5.0)
        supervisor.tick()
        clock.advance(1.0)
        if supervisor.done or supervisor.given_up:
            break
    return supervisor


def test_a_stage_that_fails_twice_is_restarted_and_finishes() -> None:
    stage = Failing([OSError("no"), OSError("still no")])
    supervisor = watched(stage, FakeClock())
    assert supervisor.done
    assert supervisor.restarts == 2
    assert stage.torn_down == 3
    assert stage.error is None
    supervisor.stop()


def test_restarts_wait_longer_each_time() -> None:
    clock = FakeClock()
    stage = Failing([OSError("no")] * 3)
    supervisor = Supervisor([stage], RuntimeConfig(restart_delay_s=1.0), clock=clock)
    supervisor.start()
    started = []
    for _ in range(40):
        stage.join(5.0)
        before = supervisor.restarts
        supervisor.tick()
        if supervisor.restarts > before:
            started.append(clock.now())
        clock.advance(0.25)
    gaps = [b - a for a, b in zip([0.0, *started], started, strict=False)]
    assert gaps == sorted(gaps)
    assert gaps[0] == pytest.approx(1.0, abs=0.3)
    assert gaps[2] == pytest.approx(4.0, abs=0.6)


def test_an_essential_stage_beyond_its_budget_ends_the_run() -> None:
    stage = Failing([OSError(f"no {i}") for i in range(50)])
    supervisor = watched(stage, FakeClock(), RuntimeConfig(restarts=3))
    assert supervisor.stop_requested.is_set()
    assert supervisor.restarts == 3
    assert str(supervisor.failure) == "no 3"


def test_an_error_that_no_restart_can_cure_is_not_retried() -> None:
    supervisor = watched(Failing([ConfigError("bad key")]), FakeClock())
    assert supervisor.restarts == 0
    assert isinstance(supervisor.failure, ConfigError)


def test_a_side_stage_beyond_its_budget_rests_and_is_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    side = Failing([OSError("no speaker")] * 6, essential=False)
    supervisor = Supervisor([side], RuntimeConfig(restarts=1, restart_window_s=60), clock=clock)
    supervisor.start()
    while not side.finished:
        side.join(5.0)
        supervisor.tick()
        clock.advance(1.0)
    assert clock.now() > 180, "it rested three times"
    assert supervisor.failure is None
    assert not supervisor.stop_requested.is_set()
    warnings = [r for r in caplog.records if r.levelname == "WARNING"]
    assert len(warnings) == 2, "an old story is not told again"


def test_a_side_stage_with_a_wrong_config_is_given_up_and_the_rest_lives() -> None:
    supervisor = watched(Failing([ConfigError("bad pin")], essential=False), FakeClock())
    assert supervisor.given_up == ("failing",)
    assert supervisor.failure is None
    assert not supervisor.stop_requested.is_set()


def test_the_program_is_done_when_its_essential_work_is() -> None:
    stage = Failing([])
    supervisor = Supervisor([stage])
    supervisor.start()
    assert stage.join(5.0)
    supervisor.tick()
    assert supervisor.done


def test_an_error_while_closing_is_kept_too() -> None:
    class Bad(Failing):
        def teardown(self) -> None:
            raise OSError("cannot close")

    stage = Bad([])
    stage.start()
    assert stage.join(5.0)
    assert str(stage.error) == "cannot close"


def test_progress_moves_with_every_step() -> None:
    clock = FakeClock()
    twice = threading.Event()

    class Counting(Stage):
        def step(self) -> None:
            clock.advance(1.0)
            if clock.now() >= 2.0:
                twice.set()
                self.stopping.wait(60.0)

    stage = Counting("counting", clock=clock)
    stage.start()
    assert twice.wait(5.0)
    assert stage.progress_s == 1.0
    stage.stop()
    assert stage.join(5.0)
    assert stage.progress_s == 2.0


def test_a_stage_left_behind_is_made_safe_even_if_that_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made_safe = []

    class Lamp(Hung):
        def abandon(self) -> None:
            made_safe.append(self)
            raise OSError("the pin is gone")

    lamp = Lamp()
    supervisor = Supervisor([lamp, Reader(Latest())], RuntimeConfig(stop_s=0.05))
    supervisor.start()
    lamp.entered.wait(5.0)
    with pytest.raises(StageStuck):
        supervisor.stop()
    assert made_safe == [lamp]
    assert "could not be made safe" in caplog.text
    lamp.release.set()
    assert lamp.join(5.0)


def test_a_stop_that_overtakes_the_start_opens_nothing() -> None:
    class Late(Failing):
        def beat(self) -> None:
            self.stopping.set()

    stage = Late([OSError("opened")])
    stage.start()
    assert stage.join(5.0)
    assert stage.error is None
