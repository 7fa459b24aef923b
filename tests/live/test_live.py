"""The live program: the real stages on the demo clip and on scripted cameras."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_pose.capture.reconnect import Reconnecting
from edge_pose.cli import main
from edge_pose.clock import SystemClock
from edge_pose.config.loader import load
from edge_pose.config.root import Config
from edge_pose.errors import SourceError, SourceLost
from edge_pose.installation import CAMERA_LOST
from edge_pose.live.app import App
from edge_pose.runtime.notify import Notifier
from edge_pose.testing.sources import ScriptedSource
from edge_pose.values import Alert, AlertKind, Command, Scene


def config(state: Path, *overrides: str) -> Config:
    base = [f"runtime.state_dir={state}", "web.port=0", "eyes.enabled=false"]
    return load(None, [*base, *overrides])


class Listener:
    """Keeps what the loop said; calls ``after`` with each scene's number."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.alerts: list[Alert] = []

    def scene(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def alert(self, alert: Alert) -> None:
        self.alerts.append(alert)


class Told(Notifier):
    """What the service manager heard."""

    def __init__(self) -> None:
        super().__init__({})
        self.is_ready = False
        self.lines: list[str] = []

    def ready(self) -> None:
        self.is_ready = True

    def status(self, text: str) -> None:
        self.lines.append(text)


def test_the_demo_passes_as_fast_as_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--fast", "--set", "web.port=0"]) == 0
    printed = capsys.readouterr().out
    assert "ALERT" in printed
    assert "distraction.glance" in printed
    assert "every expected alert came" in printed


def test_a_stop_ends_all_stages_in_time(tmp_path: Path) -> None:
    listener = Listener()
    app = App(config(tmp_path, "camera.source=demo:"), outlets=[listener], remember=False)

    def stop_after_five() -> None:
        if len(listener.scenes) >= 5:
            app.stop_requested.set()

    app.run(stop_after_five)  # raises StageStuck when a thread is still alive after 2 s
    assert len(listener.scenes) >= 5


def test_a_camera_that_comes_and_goes_does_not_stop_the_program(tmp_path: Path) -> None:
    clock, listener = SystemClock(), Listener()
    script: list[int | Exception] = []
    for _ in range(20):
        script += [2, SourceLost("unplugged")]
    source = ScriptedSource([*script, 3], clock, live=False)
    app = App(
        config(tmp_path),
        source=Reconnecting(source, clock, first_s=0.01, longest_s=0.01),
        outlets=[listener],
        remember=False,
    )
    app.run()
    assert len(listener.scenes) >= 20


def test_no_camera_ends_the_program_with_its_error(tmp_path: Path) -> None:
    app = App(config(tmp_path, "camera.source=file:/nowhere.mp4"), remember=False)
    with pytest.raises(SourceError, match="no such file"):
        app.run()


def test_a_service_whose_camera_is_missing_at_the_start_tells_it_and_is_ready(
    tmp_path: Path,
) -> None:
    listener, notifier = Listener(), Told()
    missing = config(tmp_path, "camera.source=v4l2:/dev/video98", "web.enabled=false")
    app = App(missing, outlets=[listener], remember=False, patient=True, notifier=notifier)

    def told() -> bool:
        lost = any(alert.kind is AlertKind.LOST for alert in listener.alerts)
        return lost and any(line.startswith(CAMERA_LOST) for line in notifier.lines)

    def stop_when_told() -> None:
        if told() or time.monotonic() > limit_s:
            app.stop_requested.set()

    limit_s = time.monotonic() + 60.0
    app.run(stop_when_told)
    assert told()
    assert notifier.is_ready


def test_a_page_that_cannot_open_does_not_stop_monitoring(tmp_path: Path) -> None:
    listener = Listener()
    taken = config(
        tmp_path, "camera.source=demo:", "camera.fast=true", "web.host=192.0.2.1",
        "web.token=long-enough-token", "runtime.restarts=0",
    )  # fmt: skip
    app = App(taken, outlets=[listener], remember=False)

    def stop_after_twenty() -> None:
        if len(listener.scenes) >= 20:
            app.stop_requested.set()

    app.run(stop_after_twenty)
    assert len(listener.scenes) >= 20


def test_commands_reach_the_monitor(tmp_path: Path) -> None:
    listener = Listener()
    demo = config(tmp_path, "camera.source=demo:", "camera.fast=true")
    app = App(demo, outlets=[listener], remember=False)
    sent: list[Command] = []

    def disable_then_stop() -> None:
        if listener.scenes and not sent:
            app.controls.send(Command.DISABLE)
            app.controls.send(Command.MUTE)
            sent.append(Command.DISABLE)
        if listener.scenes and not listener.scenes[-1].state.enabled:
            app.stop_requested.set()

    app.run(disable_then_stop)
    assert not listener.scenes[-1].state.enabled
    assert app.health_meter.refresh().muted


def test_events_of_a_run_are_in_the_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = config(tmp_path, "camera.source=demo:", "camera.fast=true", "web.enabled=false")
    App(demo, remember=False).run()
    assert main(["events", "list", "--set", f"runtime.state_dir={tmp_path}"]) == 0
    assert str(AlertKind.GLANCE) in capsys.readouterr().out


@contextmanager
def service(
    folder: Path,
    *arguments: str,
    source: tuple[str, ...] = ("--source", "demo:"),
    managed: bool = False,
) -> Iterator[subprocess.Popen[str]]:
    """``edge-pose run`` as a process of its own; its log is on ``stderr``. ``managed``: as under a
    service manager."""
    environment = os.environ | {"STATE_DIRECTORY": str(folder / "state")}
    if managed:
        environment["NOTIFY_SOCKET"] = f"@{folder.name}-nobody-listens"
    command = [sys.executable, "-m", "edge_pose", "run", *source, *arguments]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"the service ended without saying {words!r}")


def test_a_broken_config_is_refused_while_running_and_a_good_one_taken(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[web]\nenabled = false\n")
    with service(tmp_path, "--config", str(file)) as process:
        read_until(process, "camera: demo:")
        file.write_text("[web]\nenabled = maybe\n")
        process.send_signal(signal.SIGHUP)
        assert "the old one is used" in read_until(process, "refused")
        file.write_text(f"[web]\nport = {5000 * '['}")
        process.send_signal(signal.SIGHUP)
        assert "the old one is used" in read_until(process, "refused")
        file.write_text("[web]\nenabled = false\n[eyes]\nenabled = false\n")
        process.send_signal(signal.SIGHUP)
        read_until(process, "config has been read again")
        read_until(process, "camera: demo:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_new_config_that_does_not_run_gives_way_to_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[camera]\nsource = "demo:"\n[web]\nenabled = false\n')
    with service(tmp_path, "--config", str(file), source=()) as process:
        read_until(process, "ALERT")
        file.write_text('[camera]\nsource = "file:/nowhere.mp4"\n[web]\nenabled = false\n')
        process.send_signal(signal.SIGHUP)
        assert "/nowhere.mp4" in read_until(process, "the old one is used")
        read_until(process, "camera: demo:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


_WATCHING = '[camera]\nsource = "demo:"\n[web]\nenabled = false\n'


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('[camera]\nsorce = "demo:"\n', id="a word is wrong"),
        pytest.param("\0" * 64, id="a cut while it was written"),
        pytest.param(f'{_WATCHING}[monitor]\nextra_rules = ["nobody-has-it"]\n', id="does not run"),
        pytest.param(None, id="gone"),
    ],
)
def test_a_service_whose_config_was_broken_since_watches_on_and_says_so(
    tmp_path: Path, broken: str | None
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_WATCHING)
    arguments = ("--config", str(file))
    with service(tmp_path, *arguments, source=(), managed=True) as first:
        read_until(first, "ALERT")
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=20) == 0
    file.unlink()
    if broken is not None:
        file.write_text(broken)
    with service(tmp_path, *arguments, source=(), managed=True) as second:
        assert "the old one is used" in read_until(second, "refused")
        assert "the config is refused" in read_until(second, str(AlertKind.FAULT))
        file.write_text(_WATCHING)
        second.send_signal(signal.SIGHUP)
        read_until(second, "config has been read again")
        second.send_signal(signal.SIGTERM)
        assert second.wait(timeout=20) == 0


def test_a_person_at_a_terminal_is_told_what_is_wrong_with_the_config(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(_WATCHING)
    with service(tmp_path, "--config", str(file), source=()) as first:
        read_until(first, "ALERT")
    file.write_text('[camera]\nsorce = "demo:"\n')
    with service(tmp_path, "--config", str(file), source=()) as second:
        read_until(second, "did you mean 'source'?")
        assert second.wait(timeout=20) == 2


def test_after_a_kill_the_next_program_tells_that_nobody_watched(tmp_path: Path) -> None:
    brisk = ("--set", "web.enabled=false", "--set", "runtime.summary_every_s=2")
    with service(tmp_path, *brisk) as first:
        read_until(first, "frame age")
        first.send_signal(signal.SIGKILL)
        first.wait(20)
    with service(tmp_path, *brisk) as second:
        told = read_until(second, "monitor.gap")
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    assert "ended unexpectedly" in told
    assert not (tmp_path / "state" / "last-alive").exists()
