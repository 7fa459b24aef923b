"""The real program at its real pace while somebody harms it: how late its lamp is, what strangers
can do to it, and what it says after it stood still."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from rig import Listener, config, stop_after

from edge_pose.live.app import App
from edge_pose.sinks.gpio.recording_pins import RecordingOutput
from edge_pose.sinks.store.query import EventLog
from edge_pose.testing.endless import EndlessDemo
from edge_pose.values import Alert, AlertPhase, Scene

pytestmark = pytest.mark.soak

Tell = Callable[[str], None]
SECONDS = float(os.environ.get("EDGE_POSE_SOAK_ATTACK_S", "300"))
LATEST_S = 0.3
"""From the frame in which a rule finds it to the lamp."""
MOST_TAKEN = 0.05
"""Of a core, by whatever strangers do."""
BUSY = "while True: pass"
IDLE_CROWD = """
import socket, sys, time
crowd = []
end = time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    try:
        crowd.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=1))
        crowd[-1].sendall(b"GET / HT")
    except OSError:
        time.sleep(0.01)
    if len(crowd) > 1100:
        crowd.pop(0).close()
"""
GUESSES = """
import http.client, sys, time
end, tried = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    line = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
    try:
        while time.monotonic() < end:
            line.request("GET", "/api/state", headers={"Authorization": f"Bearer {tried:020d}"})
            line.getresponse().read()
            tried += 1
    except (OSError, http.client.HTTPException):
        pass
    finally:
        line.close()
print(tried)
"""


class Watch(Listener):
    """Keeps how old each frame was when it had been judged, and the frame time of each alert."""

    def __init__(self) -> None:
        super().__init__()
        self.ages: list[float] = []

    def scene(self, scene: Scene) -> None:
        super().scene(scene)
        self.ages.append(time.monotonic() - scene.frame.t)


@contextmanager
def beside(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Another program meanwhile."""
    other = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        yield other
    finally:
        other.kill()
        other.wait()
        assert other.stdout is not None
        other.stdout.close()


def test_the_lamp_follows_in_time_while_another_program_takes_a_core(
    tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    lit: list[float] = []
    original = RecordingOutput.set

    def noted(self: RecordingOutput, on: bool) -> None:
        original(self, on)
        if on:
            lit.append(time.monotonic())

    monkeypatch.setattr(RecordingOutput, "set", noted)
    settings = config(
        tmp_path, "gpio.enabled=true", "gpio.backend=record", "gpio.led.pin=1",
        "gpio.lamp_test_s=0", f"gpio.record_file={tmp_path / 'pins'}",
    )  # fmt: skip
    watch = Watch()
    app = App(settings, source=EndlessDemo(), outlets=[watch], remember=False)
    with beside(BUSY):
        app.run(stop_after(SECONDS, app.stop_requested.set))
    late = [
        min((t for t in lit if t >= alert.t_alert_s), default=time.monotonic()) - alert.t_alert_s
        for alert in watch.alerts
        if alert.phase is AlertPhase.NEW and _alone(alert, watch.alerts)
    ]
    judged_s = float(np.quantile(watch.ages, 0.99))
    tell(
        f"{len(watch.ages)} frames judged after p99 {judged_s:.3f} s; {len(late)} alerts, lamp "
        f"after at most {max(late):.3f} s"
    )
    assert judged_s <= LATEST_S
    assert max(late) <= LATEST_S


def _alone(alert: Alert, told: list[Alert]) -> bool:
    """No other episode was open, so that this one lit the lamp."""
    open_ids: set[int] = set()
    for other in told:
        if other is alert:
            return not open_ids
        (open_ids.discard if other.phase is AlertPhase.END else open_ids.add)(other.id)
    return False


@pytest.mark.parametrize("attack", [IDLE_CROWD, GUESSES], ids=["idle crowd", "guesses"])
def test_no_stranger_slows_or_ends_the_monitor(tmp_path: Path, tell: Tell, attack: str) -> None:
    port = _free_port()
    settings = config(
        tmp_path, "web.enabled=true", "web.host=0.0.0.0", f"web.port={port}",
        "web.token=a-token-of-the-soak-test",
    )  # fmt: skip
    watch = Watch()
    app = App(settings, source=EndlessDemo(), outlets=[watch], remember=False)
    phase_s = SECONDS / 2.0
    shares: list[float] = []
    files: list[int] = []
    stop = threading.Event()

    def measure() -> None:
        page = next(t.native_id for t in threading.enumerate() if t.name == "web")
        used_s = _cpu_s(page)
        stop.wait(phase_s)
        shares.append((_cpu_s(page) - used_s) / phase_s)
        files.append(len(os.listdir("/proc/self/fd")))

    def attacker() -> None:
        stop.wait(5.0)
        measure()
        with beside(attack, str(port), str(phase_s + 2.0)):
            stop.wait(1.0)
            measure()
        app.stop_requested.set()

    thread = threading.Thread(target=attacker)
    thread.start()
    app.run()
    thread.join()
    tell(
        f"the page's thread takes {shares[0]:.2%} of a core in peace, {shares[1]:.2%} attacked; "
        f"at most {max(files)} descriptors"
    )
    assert shares[1] - shares[0] <= MOST_TAKEN
    assert max(files) < 200


def _cpu_s(thread: int | None) -> float:
    """Processor time of one thread, which does not depend on what else the machine does."""
    fields = Path(f"/proc/self/task/{thread}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_program_that_was_stopped_for_half_a_minute_says_so(tmp_path: Path, tell: Tell) -> None:
    command = [
        sys.executable, "-m", "edge_pose", "run", "--source", "demo:",
        "--set", "web.enabled=false", "--set", f"runtime.state_dir={tmp_path}",
    ]  # fmt: skip
    service = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(15.0)
        service.send_signal(signal.SIGSTOP)
        time.sleep(30.0)
        service.send_signal(signal.SIGCONT)
        time.sleep(8.0)
    finally:
        service.terminate()
        service.wait(20.0)
    gaps = [e for e in EventLog(tmp_path).episodes() if e.kind == "monitor.gap"]
    tell(f"{len(gaps)} gap: {gaps[0].reason if gaps else ''}")
    assert [gap for gap in gaps if gap.values["gap_s"] >= 29.0]


def test_a_lamp_that_hangs_for_half_a_minute_is_told_and_lit_by_another(
    tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung = threading.Event()
    lit_again: list[float] = []
    original = RecordingOutput.set

    def stuck(self: RecordingOutput, on: bool) -> None:
        if on and not hung.is_set():
            hung.set()
            time.sleep(30.0)
        original(self, on)
        if on and hung.is_set():
            lit_again.append(time.monotonic())

    monkeypatch.setattr(RecordingOutput, "set", stuck)
    settings = config(
        tmp_path, "gpio.enabled=true", "gpio.backend=record", "gpio.led.pin=1",
        "gpio.lamp_test_s=0", f"gpio.record_file={tmp_path / 'pins'}",
    )  # fmt: skip
    watch = Watch()
    app = App(settings, source=EndlessDemo(), outlets=[watch], remember=False)
    began = time.monotonic()
    app.run(stop_after(60.0, app.stop_requested.set))
    faults = [a for a in watch.alerts if str(a.kind) == "monitor.fault"]
    tell(
        f"told {faults[0].t_alert_s - began:.1f} s after the start, lit again after "
        f"{lit_again[0] - began:.1f} s: {faults[0].reason}"
    )
    assert faults[0].reason == "gpio hangs"
    assert lit_again[0] - faults[0].t_alert_s < 5.0
    assert any(e.kind == "monitor.fault" for e in EventLog(tmp_path).episodes())
