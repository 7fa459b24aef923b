"""The live stages under attack: a camera that falls silent, a loop that stood still, an output that
hangs, a measuring part that fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.live.health import HealthMeter
from edge_pose.live.stages import InferenceStage, MemoryStage, SinkStage
from edge_pose.live.trouble_board import TroubleBoard
from edge_pose.monitor import Monitor
from edge_pose.pipeline import Result
from edge_pose.remembered.neutral import NeutralMemory
from edge_pose.remembered.open_eye import OpenEyeMemory
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.thermal import Board
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.sinks import RecordingSink
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    CameraCondition,
    Command,
    EyeBaseline,
    Frame,
    NeutralPose,
    Observation,
    Scene,
    Trouble,
)

WAIT_S = 10.0
IMAGE = np.zeros((48, 64, 3), dtype=np.uint8)


class Instant(Latest[Frame]):
    """A hand-off on a test's clock: waiting costs fake time only."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock

    def take(self, timeout_s: float) -> Frame | None:
        frame = super().take(0.0)
        if frame is None:
            self.clock.advance(timeout_s)
        return frame


class FaceOnly:
    """A pipeline without networks: every frame shows a face, the monitor is the real one."""

    def __init__(self, ids: Iterator[int]) -> None:
        self.monitor = Monitor(MonitorConfig(), ids=ids)

    def step(self, frame: Frame, _: Any, troubles: tuple[Trouble, ...]) -> Result:
        return self._judge(Observation(t_s=frame.t, face=True, troubles=troubles))

    def step_blind(self, t_s: float, _: Any, troubles: tuple[Trouble, ...]) -> Result:
        return self._judge(Observation(t_s=t_s, face=False, camera_lost=True, troubles=troubles))

    def _judge(self, observation: Observation) -> Result:
        update = self.monitor.update(observation)
        return Result(observation=observation, state=update.state, alerts=update.alerts)

    def close(self) -> None:
        pass


class Loop:
    """The inference stage, stepped by hand."""

    def __init__(self, standing: Sequence[Alert] = (), *, live: bool = True) -> None:
        self.clock = FakeClock(100.0)
        self.frames = Instant(self.clock)
        self.alerts: list[Alert] = []
        self.scenes: list[Scene] = []
        self.pipelines: list[FaceOnly] = []
        self.troubles = TroubleBoard(self.clock)
        self.stage = InferenceStage(
            self._build,  # type: ignore[arg-type]
            self.frames,
            [self],
            controls=Controls(),
            memory=None,
            health_meter=HealthMeter(self.clock, lambda: 0, Board(), RuntimeConfig()),
            live=live,
            clock=self.clock,
            troubles=self.troubles,
            gap_s=3.0,
            size=(64, 48),
            standing=standing,
        )
        self.stage.setup()

    def _build(self, ids: Iterator[int]) -> FaceOnly:
        self.pipelines.append(FaceOnly(ids))
        return self.pipelines[-1]

    def alert(self, alert: Alert) -> None:
        self.alerts.append(alert)

    def scene(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def film(self, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            self.clock.advance(0.1)
            self.frames.put(Frame(image=IMAGE, t=self.clock.now(), index=self.stage.seen))
            self.stage.step()

    def starve(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            self.stage.step()

    def of(self, kind: AlertKind) -> list[Alert]:
        return [alert for alert in self.alerts if alert.kind is kind]


def test_a_lost_camera_is_told_within_five_seconds_and_its_state_goes_out() -> None:
    loop = Loop()
    loop.film(5.0)
    lost_s = loop.clock.now()
    loop.starve(8.0)
    new = loop.of(AlertKind.LOST)[0]
    assert new.t_alert_s - lost_s <= 5.0
    assert loop.scenes[-1].state.camera is CameraCondition.LOST
    assert not loop.scenes[-1].state.face
    assert not loop.scenes[-1].frame.image.any(), "an old picture must not stand for the present"
    loop.film(3.0)
    assert loop.of(AlertKind.LOST)[-1].phase is AlertPhase.END
    assert loop.scenes[-1].state.camera is CameraCondition.OK


def test_pictures_that_are_all_judged_late_are_told_and_one_late_one_is_not() -> None:
    clock = FakeClock(100.0)
    meter = HealthMeter(clock, lambda: 0, Board(), RuntimeConfig())

    def judge(age_s: float, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            clock.advance(0.1)
            meter.frame_done(clock.now() - age_s)

    judge(0.05, 10.0)
    judge(4.0, 0.5)
    assert not meter.ailing
    judge(0.05, 0.1)
    judge(4.0, 3.5)
    words, since_s = meter.ailing["camera"]
    assert "4.0 s late" in words
    assert clock.now() - since_s == pytest.approx(3.5, abs=0.2)
    judge(0.05, 0.1)
    assert not meter.ailing


def a_standing(kind: AlertKind, *, shadow: bool = False) -> Alert:
    return Alert(
        id=41, kind=kind, level=AlertLevel.CRITICAL, phase=AlertPhase.UPDATE, t_s=99.0,
        t_start_s=90.0, t_alert_s=93.0, t_end_s=None, reason="eyes closed", shadow=shadow,
    )  # fmt: skip


def test_an_alarm_outlives_a_new_config_under_a_number_of_the_new_run() -> None:
    loop = Loop([a_standing(AlertKind.SLEEP)])
    loop.film(2.0)
    (told,) = loop.of(AlertKind.SLEEP)
    assert (told.phase, told.kind, told.t_start_s) == (AlertPhase.NEW, AlertKind.SLEEP, 90.0)
    assert loop.scenes[-1].state.episodes[0].kind is AlertKind.SLEEP
    assert [alarm.id for alarm in loop.stage.standing] == [told.id]
    loop.starve(8.0)
    assert loop.of(AlertKind.LOST)[0].id != told.id
    loop.film(12.0)
    assert loop.of(AlertKind.SLEEP)[-1].phase is AlertPhase.END
    assert not loop.stage.standing


def test_what_the_next_run_goes_on_with_is_about_the_driver_and_from_a_live_camera() -> None:
    others = [a_standing(AlertKind.LOST), a_standing(AlertKind.SLEEP, shadow=True)]
    assert not Loop(others).stage.standing
    assert not Loop([a_standing(AlertKind.SLEEP)], live=False).stage.standing


def test_a_camera_lost_again_and_again_is_told_each_time() -> None:
    loop = Loop()
    lost_s: list[float] = []
    for _ in range(5):
        loop.film(8.0)
        lost_s.append(loop.clock.now())
        loop.starve(8.0)
    loop.film(3.0)
    phases = [alert.phase for alert in loop.of(AlertKind.LOST)]
    assert phases.count(AlertPhase.NEW) == phases.count(AlertPhase.END) == 5
    told = [a.t_alert_s for a in loop.of(AlertKind.LOST) if a.phase is AlertPhase.NEW]
    assert all(t - lost <= 5.0 for t, lost in zip(told, lost_s, strict=True))


def test_a_camera_that_never_delivers_is_told_too() -> None:
    loop = Loop()
    begun_s = loop.clock.now()
    loop.starve(8.0)
    assert loop.of(AlertKind.LOST)[0].t_alert_s - begun_s <= 5.0


@pytest.mark.parametrize("pause", ["advance", "sleep"])
def test_a_program_that_stood_still_for_half_a_minute_tells_the_gap(pause: str) -> None:
    loop = Loop()
    loop.film(5.0)
    getattr(loop.clock, pause)(30.0)
    loop.film(4.0)
    first, last = loop.of(AlertKind.GAP)
    assert first.values["gap_s"] >= 30.0
    assert first.t_start_s <= first.t_s - 30.0
    assert last.phase is AlertPhase.END


def test_a_measuring_part_made_anew_keeps_numbers_and_open_alarms() -> None:
    loop = Loop()
    loop.film(2.0)
    loop.troubles.parts({"sound": ("sound hangs", loop.clock.now())})
    loop.film(2.0)
    (fault,) = loop.of(AlertKind.FAULT)
    loop.troubles.parts({})
    loop.stage.setup()  # what the supervisor does after a failure
    loop.film(2.0)
    assert fault in loop.scenes[-1].state.episodes, "no alarm ends because the program restarted"
    loop.film(5.0)
    assert [a.phase for a in loop.alerts if a.id == fault.id] == [AlertPhase.NEW, AlertPhase.END]
    assert not [e for e in loop.scenes[-1].state.episodes if e.id == fault.id]
    loop.starve(6.0)
    assert {a.id for a in loop.of(AlertKind.LOST)}.isdisjoint({fault.id})


class HangingSink(RecordingSink):
    """An alarm output whose driver never comes back from the first alert."""

    def __init__(self) -> None:
        super().__init__("gpio", wait_s=WAIT_S)
        self.silenced = threading.Event()
        self.entered = threading.Event()

    def alert(self, alert: Alert) -> None:
        self.entered.set()
        super().alert(alert)

    def silence(self) -> None:
        self.silenced.set()


class NewSink(RecordingSink):
    def __init__(self) -> None:
        super().__init__("gpio")
        self.told = threading.Event()

    def alert(self, alert: Alert) -> None:
        super().alert(alert)
        if len(self.alerts) == 2:
            self.told.set()


def an_alert(number: int) -> Alert:
    return Alert(
        id=number, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL, phase=AlertPhase.NEW,
        t_s=1.0, t_start_s=0.0, t_alert_s=1.0, t_end_s=None, reason="eyes closed",
    )  # fmt: skip


def test_the_alert_on_which_an_output_hung_is_told_by_its_successor() -> None:
    hanging, new = HangingSink(), NewSink()
    hanging.gate.clear()
    stage = SinkStage(hanging, clock=FakeClock(), renew=lambda: new)
    stage.start()
    first, second = an_alert(1), an_alert(2)
    stage.alert(first)
    assert hanging.entered.wait(WAIT_S)
    stage.alert(second)
    stage.replace()
    assert new.told.wait(WAIT_S)
    assert new.alerts == [first, second]
    assert hanging.silenced.is_set(), "its lines are freed before they are taken again"
    hanging.gate.set()
    stage.stop()
    assert stage.join(WAIT_S)
    assert new.closed == 1


def test_what_is_remembered_is_written_by_a_thread_of_its_own(tmp_path: Path) -> None:
    writing = threading.Event()

    class Slow(NeutralMemory):
        """A disk that stalls."""

        def save(self, neutral: NeutralPose | None) -> None:
            writing.set()
            super().save(neutral)

    eyes = EyeBaseline(scale="mesh", left=0.3, right=0.31)
    stage = MemoryStage(Slow(tmp_path), OpenEyeMemory(tmp_path), clock=FakeClock())
    stage.neutral(NeutralPose(yaw_deg=3.0, pitch_deg=1.0))
    stage.eyes(eyes)
    assert not list(tmp_path.iterdir()), "the loop that learns does not write"
    assert stage.load_eyes() == eyes, "a restart of the loop goes on with what was learned"
    stage.start()
    assert writing.wait(WAIT_S)
    stage.stop()
    assert stage.join(WAIT_S)
    assert NeutralMemory(tmp_path).load() == NeutralPose(yaw_deg=3.0, pitch_deg=1.0)
    assert OpenEyeMemory(tmp_path).load() == eyes
    stage.forget()
    stage.step()
    assert NeutralMemory(tmp_path).load() is None
    assert OpenEyeMemory(tmp_path).load() is None


class Choosy(NewSink):
    """A sink with a fault of its own: there is an alert that it cannot tell."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def alert(self, alert: Alert) -> None:
        if alert.id == 1:
            raise self.error
        super().alert(alert)


def test_an_alert_that_cannot_be_told_does_not_hold_up_all_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage = SinkStage(Choosy(UnicodeEncodeError("utf-8", "x", 0, 1, "no text")), clock=FakeClock())
    told: list[Alert] = []
    stage._post.sink.alerts = told  # type: ignore[attr-defined]
    for number in (1, 2, 3):
        stage.alert(an_alert(number))
    stage.setup()
    failed = 0
    for _ in range(10):
        try:
            stage.step()
        except UnicodeEncodeError:
            failed += 1
    assert failed == 2
    assert [alert.id for alert in told] == [2, 3]
    assert "given up" in caplog.text


@pytest.mark.parametrize("error", [SinkError("disk full"), OSError("gone"), MemoryError()])
def test_an_alert_that_the_device_does_not_take_is_kept(error: Exception) -> None:
    stage = SinkStage(Choosy(error), clock=FakeClock())
    for number in (1, 2):
        stage.alert(an_alert(number))
    stage.setup()
    for _ in range(10):
        with pytest.raises(type(error)):
            stage.step()


def test_a_gap_that_nobody_has_been_told_of_is_not_forgotten_for_the_next() -> None:
    """Killed for ten minutes, and then starved before the first picture."""
    clock = FakeClock()
    board = TroubleBoard(clock)
    board.gap(600.0, "the program ended")
    board.gap(4.0)
    (told,) = board.listed()
    assert told.lasted_s == 604.0
    assert "the program ended" in told.reason
    clock.advance(2.0)
    board.listed()
    assert board.listed() == ()
    board.gap(5.0)
    assert board.listed()[0].lasted_s == 5.0


def test_what_ails_a_part_is_told_in_words_that_every_output_can_write() -> None:
    board = TroubleBoard(FakeClock())
    board.parts({"sound": ("sound: /tones/\udcff.wav is missing", 0.0)})
    board.listed()[0].reason.encode("utf-8")


def test_muted_and_forgotten_is_not_muted_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    meter = HealthMeter(clock, lambda: 0, Board(), RuntimeConfig(mute_max_s=600.0))
    meter.mute(True)
    clock.advance(599.0)
    assert meter.refresh().muted
    meter.mute(True)  # asked for again: from here on
    clock.advance(599.0)
    assert meter.refresh().muted
    clock.advance(2.0)
    assert not meter.refresh().muted
    assert "heard again" in caplog.text


def test_a_neutral_pose_that_is_forgotten_again_and_again_is_kept() -> None:
    """Nobody could be judged by one that is always being learned."""
    loop = Loop()
    told: list[Command] = []
    controls = loop.stage._controls
    monitor: Any = loop.pipelines[0].monitor
    obey = monitor.command
    monitor.command = lambda command, t_s: (told.append(command), obey(command, t_s))[1]
    for _ in range(20):
        controls.send(Command.RECALIBRATE)
        loop.film(1.0)
    assert told == [Command.RECALIBRATE]
    loop.film(45.0)
    controls.send(Command.RECALIBRATE)
    loop.film(1.0)
    assert told == [Command.RECALIBRATE] * 2
