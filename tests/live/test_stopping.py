"""SIGTERM at every phase of the service's life: it ends with status 0 and its outputs off.

The signal comes from inside the program, at an import or a call: nothing here depends on time.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_pose.sinks.gpio.recording_pins import levels

RIG = Path(__file__).with_name("stop_rig.py")
NOBODY = 1  # no broker listens on this port

PIN_GOES_ON = "edge_pose.sinks.gpio.recording_pins:RecordingOutput.set"
FIRST_STEP = "call:edge_pose.live.stages.inference:InferenceStage.step"


class Run:
    """One life of the service, ended by a SIGTERM at the given moments."""

    def __init__(self, folder: Path, moments: str, *, stop_s: float = 30.0) -> None:
        self.pins = folder / "pins.jsonl"
        config = folder / "config.toml"
        config.write_text(
            f"[runtime]\nstate_dir = '{folder}/state'\nstop_s = {stop_s}\n"
            "[web]\nport = 0\n[eyes]\nenabled = false\n"
            f"[mqtt]\nenabled = true\nhost = '127.0.0.1'\nport = {NOBODY}\n"
            f"[gpio]\nenabled = true\nbackend = 'record'\nrecord_file = '{self.pins}'\n"
            "led = { pin = 17 }\nrelay = { pin = 22, level = 1 }\n"
        )
        command = [sys.executable, str(RIG), moments, "run", "--source", "demo:", "--fast"]
        done = subprocess.run(
            [*command, "--config", str(config)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300, check=False,
        )  # fmt: skip
        self.code, self.said = done.returncode, done.stderr

    @property
    def any_output_on(self) -> bool:
        return any(levels(self.pins).values())


def test_before_anyone_listens_the_kernel_ends_it_and_no_pin_was_touched(tmp_path: Path) -> None:
    run = Run(tmp_path, "import:edge_pose.cli")
    assert run.code == -signal.SIGTERM
    assert not run.pins.exists()
    assert run.said == ""


@pytest.mark.parametrize("moment", [
    "import:pydantic",
    "import:cv2",
    "call:edge_pose.live.app:App._inference",
])  # fmt: skip
def test_while_it_loads_it_leaves_at_once_and_no_pin_was_touched(
    tmp_path: Path, moment: str
) -> None:
    run = Run(tmp_path, moment)
    assert run.code == 0, run.said
    assert not run.pins.exists()
    assert run.said == ""


@pytest.mark.parametrize("moments", [
    "call:edge_pose.runtime.supervisor:Supervisor.start",
    "import:edge_pose.sinks.gpio.recording_pins",
    "import:uvicorn",
    "call:edge_pose.pipeline:Pipeline.__init__",
    f"call:{PIN_GOES_ON}",
    f"{FIRST_STEP},call:edge_pose.runtime.supervisor:Supervisor.stop",
    f"{FIRST_STEP},call:edge_pose.stop_signals:leave",
])  # fmt: skip
def test_once_it_runs_every_stage_is_closed_first(tmp_path: Path, moments: str) -> None:
    run = Run(tmp_path, moments)
    assert run.code == 0, run.said
    assert not run.any_output_on
    assert "still running" not in run.said


@pytest.mark.parametrize("moment", [
    "hang:edge_pose.pipeline:Pipeline.__init__",
    "hang:edge_pose.view.web.server:WebServer.run",
    f"hang:{PIN_GOES_ON}",
])  # fmt: skip
def test_a_stage_that_hangs_is_named_and_left_behind_with_the_outputs_off(
    tmp_path: Path, moment: str
) -> None:
    run = Run(tmp_path, moment, stop_s=1.0)
    assert run.code == 0, run.said
    assert not run.any_output_on
    assert "still running 1 s after the stop" in run.said
    assert "stop_rig.py" in run.said, "its stack is told"
