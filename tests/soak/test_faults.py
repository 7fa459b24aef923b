"""What goes wrong in a car, done to the real program on purpose."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rig import Listener, config, stop_after

from edge_pose.capture.reconnect import Reconnecting
from edge_pose.clock import SystemClock
from edge_pose.errors import SourceLost, StageStuck
from edge_pose.live import app as app_module
from edge_pose.live.app import App
from edge_pose.runtime.notify import Notifier
from edge_pose.runtime.thermal import Board
from edge_pose.sinks.gpio.recording_pins import levels
from edge_pose.testing.endless import EndlessDemo
from edge_pose.testing.sources import ScriptedSource

pytestmark = pytest.mark.soak

Tell = Callable[[str], None]
STOPS = int(os.environ.get("EDGE_POSE_SOAK_STOPS", "50"))


def test_a_camera_lost_and_back_twenty_times_at_its_real_pace(tmp_path: Path, tell: Tell) -> None:
    clock, listener = SystemClock(), Listener()
    script: list[int | Exception] = []
    for _ in range(20):
        script += [30, SourceLost("unplugged")]
    camera = ScriptedSource([*script, 100_000], clock, fail_opens=0)
    source = Reconnecting(camera, clock, first_s=0.1)
    app = App(config(tmp_path), source=source, outlets=[listener], remember=False)

    def until_all_came_back() -> None:
        if source.losses == 20 and camera.opened == 21:
            app.stop_requested.set()

    app.run(until_all_came_back)
    tell(f"{source.losses} losses, {camera.opened} openings, {listener.seen} frames seen")
    assert listener.seen >= 20


def test_a_stage_that_raises_is_restarted_and_monitoring_goes_on(
    tmp_path: Path, tell: Tell
) -> None:
    def trip(number: int) -> None:
        if number in (30, 60, 90):
            raise RuntimeError("tripped on purpose")

    listener = Listener(trip)
    app = App(config(tmp_path), source=EndlessDemo(), outlets=[listener], remember=False)

    def until_long_after() -> None:
        if listener.seen >= 150:
            app.stop_requested.set()

    app.run(until_long_after)
    tell(f"{listener.seen} frames through 3 failures")


@contextmanager
def service_manager(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.setblocking(False)
        yield listener


def received(listener: socket.socket) -> list[str]:
    messages = []
    while True:
        try:
            messages.append(listener.recv(4096).decode())
        except BlockingIOError:
            return messages


def test_a_stage_that_hangs_starves_the_watchdog_and_is_named(tmp_path: Path, tell: Tell) -> None:
    release = threading.Event()

    def hang(number: int) -> None:
        if number == 30:
            release.wait(60.0)

    listener = Listener(hang)
    with service_manager(tmp_path / "notify") as manager:
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "3000000"})
        app = App(
            config(tmp_path, "runtime.stall_s=1.0"), source=EndlessDemo(), outlets=[listener],
            notifier=notifier, remember=False,
        )  # fmt: skip
        fed_late: list[str] = []
        stalled_s: list[float] = []

        def watch() -> None:
            stalled = app.clock.now() - app.inference.progress_s > 1.0
            if listener.seen >= 30 and stalled and not stalled_s:
                stalled_s.append(time.monotonic())
                received(manager)  # what was fed until now is no sign of anything
            if stalled_s and time.monotonic() - stalled_s[0] > 3.0:
                fed_late.extend(received(manager))
                app.stop_requested.set()

        with pytest.raises(StageStuck, match=r"(?s)inference.*release\.wait"):
            app.run(watch)
        release.set()
        tell(f"fed {fed_late.count('WATCHDOG=1')} times in the 3 s after it was found stalled")
        assert "WATCHDOG=1" not in fed_late


def test_a_hot_board_lowers_its_rate_and_takes_it_back(
    tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal\n")
    (zone / "temp").write_text("50000\n")
    monkeypatch.setattr(app_module, "Board", lambda: Board(tmp_path / "sys"))
    listener = Listener()
    hot = config(tmp_path, "runtime.thermal_step_s=1", "runtime.hot_c=75")
    app = App(hot, source=EndlessDemo(), outlets=[listener], remember=False)
    rates: list[float] = []
    began = time.monotonic()

    def heat_and_cool() -> None:
        passed = time.monotonic() - began
        (zone / "temp").write_text("82000\n" if 4 < passed < 12 else "50000\n")
        if passed > len(rates) + 1:
            rates.append(app.health_meter.health.fps)
        if passed > 20:
            app.stop_requested.set()

    app.run(heat_and_cool)
    cool, hot_rate, again = rates[2], min(rates[8:12]), max(rates[16:])
    tell(f"{cool:.0f} fps cool, {hot_rate:.0f} hot, {again:.0f} cool again")
    assert hot_rate < 0.5 * cool
    assert again > 0.8 * cool


class JumpingClock(SystemClock):
    """A board whose civil time a server corrects by days, back and forth."""

    def wall(self) -> float:
        return super().wall() + (86_400.0 * 30 if int(self.now()) % 2 else -86_400.0)


def test_a_jump_of_the_civil_clock_moves_no_alert(tmp_path: Path, tell: Tell) -> None:
    told = []
    for clock in (SystemClock(), JumpingClock()):
        listener = Listener()
        folder = tmp_path / type(clock).__name__
        fast = config(folder, "camera.source=demo:", "camera.fast=true")
        App(fast, clock=clock, outlets=[listener], remember=False).run()
        told.append([(alert.kind, alert.phase, alert.t_s) for alert in listener.alerts])
    tell(f"{len(told[0])} alert transitions, the same at the same times")
    assert told[0] == told[1]
    assert told[0]


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.parametrize("options", ["size=32k", "ro"])
def test_a_state_directory_that_takes_nothing_does_not_stop_monitoring(
    tmp_path: Path, tell: Tell, options: str
) -> None:
    with small_disk(tmp_path / "state", options) as folder:
        listener = Listener()
        app = App(config(folder), source=EndlessDemo(), outlets=[listener])
        app.run(stop_after(20.0, app.stop_requested.set))
    tell(f"{listener.seen} frames, {len(listener.alerts)} alerts with {options}")
    assert listener.seen > 20
    assert listener.alerts


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    assert any(words in line for line in process.stderr), "the service ended early"


def test_a_stop_at_any_moment_is_quick_and_leaves_the_outputs_off(
    tmp_path: Path, tell: Tell
) -> None:
    chance, times, killed = random.Random(7), [], 0
    for number in range(STOPS):
        record = tmp_path / f"pins{number}.jsonl"
        file = tmp_path / f"config{number}.toml"
        file.write_text(
            f"[runtime]\nstate_dir = '{tmp_path}/state'\n[web]\nport = 0\n[gpio]\nenabled = true\n"
            f"backend = 'record'\nrecord_file = '{record}'\nled = {{ pin = 17 }}\n"
            "relay = { pin = 22 }\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-m", "edge_pose", "run", "--source", "demo:", "--config", str(file)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        if number % 4:  # every fourth is stopped while it starts
            wait_for(process, "camera: demo:")
        time.sleep(chance.uniform(0.0, 3.0))
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=20)[1]
        times.append(time.monotonic() - sent)
        killed += process.returncode != 0
        unheard = process.returncode == -signal.SIGTERM and not said and not record.exists()
        assert process.returncode == 0 or unheard, said
        assert not any(levels(record).values()), "an output stayed on"
    times.sort()
    tell(
        f"{STOPS} stops: median {times[len(times) // 2]:.2f} s, longest {times[-1]:.2f} s; "
        f"{killed} came before the program listened"
    )
    assert times[-1] <= 2.0


def test_a_killed_service_leaves_its_outputs_to_the_unit(tmp_path: Path, tell: Tell) -> None:
    """SIGKILL, then what ExecStopPost of the unit runs."""
    record, file = tmp_path / "pins.jsonl", tmp_path / "config.toml"
    file.write_text(
        f"[runtime]\nstate_dir = '{tmp_path}/state'\n[web]\nenabled = false\n[gpio]\n"
        f"enabled = true\nbackend = 'record'\nrecord_file = '{record}'\n"
        "relay = { pin = 22, level = 1 }\n"
    )
    command = [sys.executable, "-m", "edge_pose"]
    process = subprocess.Popen(
        [*command, "run", "--source", "demo:", "--config", str(file)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (record.exists() and levels(record).get(22)) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert levels(record)[22], "the relay was on when the program was killed"
    unit = (Path(__file__).resolve().parents[2] / "systemd/edge-pose.service").read_text()
    (after,) = re.findall(r"^ExecStopPost=-\S+/edge-pose (.*)$", unit, re.MULTILINE)
    words = after.replace("/etc/edge-pose/config.toml", str(file)).split()
    assert subprocess.run([*command, *words], check=False).returncode == 0
    assert not levels(record)[22]
    tell("relay on at SIGKILL, off after ExecStopPost")
