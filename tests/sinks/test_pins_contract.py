"""One contract for every pin factory: gpiozero's, gpiod's and the one that records."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pin_rigs import FakeBoard, FakeRequest, Rig, fake_gpiod, open_rig

from edge_pose.config.sinks import GpioConfig, InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.chip_pins import ChipFactory, ChipInput, ChipOutput
from edge_pose.sinks.gpio.pins import open_factory


@pytest.fixture(params=["gpiozero", "gpiod", "recording"])
def rig(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    with open_rig(request.param, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.mark.parametrize("active_low", [False, True])
def test_an_output_is_off_when_opened_and_when_closed(rig: Rig, active_low: bool) -> None:
    idle = active_low and rig.sees_wires
    output = rig.factory.output(OutputPinConfig(pin=17, active_low=active_low))
    assert rig.wire(17) == idle
    output.set(True)
    assert rig.wire(17) != idle
    assert output.reads() is True
    output.set(False)
    assert rig.wire(17) == idle
    assert output.reads() is False
    output.set(True)
    output.close()
    output.close()
    assert rig.wire(17) == idle or not rig.sees_wires


def test_a_closed_pin_can_be_opened_again(rig: Rig) -> None:
    for _ in range(2):
        output = rig.factory.output(OutputPinConfig(pin=4))
        output.set(True)
        output.close()


@pytest.mark.parametrize("pull", ["up", "down"])
@pytest.mark.parametrize("active_low", [False, True])
def test_an_input_tells_level_and_every_rise(rig: Rig, pull: str, active_low: bool) -> None:
    config = InputPinConfig(pin=22, pull=pull, active_low=active_low, debounce_ms=0)  # type: ignore[arg-type]
    source = rig.factory.input(config)
    active, idle = (not active_low, active_low) if rig.sees_wires else (True, False)
    rig.drive(22, idle)
    source.rises()
    assert not source.active()
    for _ in range(3):
        rig.drive(22, active)
        rig.drive(22, idle)
    rig.drive(22, active)
    assert source.active()
    assert source.rises() == 4
    assert source.rises() == 0
    source.close()
    source.close()


def test_a_tone_sounds_and_falls_silent(rig: Rig) -> None:
    if not rig.tones:
        with pytest.raises(SinkError, match="active buzzer"):
            rig.factory.tone(OutputPinConfig(pin=18))
        return
    speaker = rig.factory.tone(OutputPinConfig(pin=18))
    speaker.play(880.0)
    assert rig.wire(18)
    speaker.play(None)
    assert not rig.wire(18)
    speaker.play(440.0)
    speaker.close()
    speaker.close()
    assert not rig.wire(18)


@pytest.mark.parametrize("name", ["gpiozero", "gpiod"])
def test_a_pin_in_use_is_a_sink_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_rig(name, tmp_path, monkeypatch) as rig:
        taken = rig.factory.output(OutputPinConfig(pin=17))
        with pytest.raises(SinkError, match="17"):
            rig.factory.output(OutputPinConfig(pin=17))
        taken.close()


def test_a_name_the_chip_does_not_have_is_a_sink_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_rig("gpiozero", tmp_path, monkeypatch) as rig, pytest.raises(SinkError, match="LED7"):
        rig.factory.output(OutputPinConfig(pin="LED7"))


def test_the_fake_chip_has_the_real_librarys_signatures() -> None:
    gpiod = pytest.importorskip("gpiod", reason="pip install gpiod")
    fake = fake_gpiod(FakeBoard())["gpiod"]
    real = inspect.signature(gpiod.request_lines).parameters
    assert list(inspect.signature(fake.request_lines).parameters) == list(real)
    settings = inspect.signature(gpiod.LineSettings).parameters
    assert set(inspect.signature(fake.LineSettings).parameters) <= set(settings)
    for name in ("set_value", "get_value", "wait_edge_events", "read_edge_events", "release"):
        ours = list(inspect.signature(getattr(FakeRequest, name)).parameters)[1:]
        theirs = list(inspect.signature(getattr(gpiod.LineRequest, name)).parameters)[1:]
        assert len(ours) == len(theirs), name
    for kind in ("Direction", "Bias", "Edge", "Value"):
        members = {member.name for member in getattr(fake.line, kind)}
        assert members <= {member.name for member in getattr(gpiod.line, kind)}


def test_a_board_without_the_chip_is_told_what_to_do() -> None:
    pytest.importorskip("gpiod", reason="pip install gpiod")
    with pytest.raises(SinkError, match=r"gpiochip99 line 3: .*gpiodetect"):
        ChipOutput("/dev/gpiochip99", OutputPinConfig(pin=3))


def test_gpiozero_with_its_own_mock_factory_from_the_environment() -> None:
    code = (
        "from edge_pose.config.sinks import GpioConfig; from edge_pose.sinks.gpio import *;"
        "config = GpioConfig.model_validate({'enabled': True, 'backend': 'gpiozero',"
        " 'led': {'pin': 17}, 'relay': {'pin': 22, 'active_low': True},"
        " 'acknowledge': {'pin': 23}, 'ignition': {'pin': 25, 'pull': 'down',"
        " 'active_low': False}});"
        "print([(c.name, c.ok, c.text) for c in check_pins(config, lambda s: None)]);"
        "outputs_off(config)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "GPIOZERO_PIN_FACTORY": "mock"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("True") == 4
    assert done.stdout.count("'not active'") == 2


def test_the_backend_follows_the_config(tmp_path: Path) -> None:
    recording = GpioConfig(backend="record", record_file=tmp_path / "p")
    assert type(open_factory(recording)).__name__ == "RecordingFactory"
    assert isinstance(open_factory(GpioConfig(backend="gpiod")), ChipFactory)
    assert type(open_factory(GpioConfig(backend="gpiozero"))).__name__ == "ZeroFactory"
    with pytest.raises(ValueError, match="record_file"):
        GpioConfig(backend="record")
    with pytest.raises(ValueError, match="used by both led and relay"):
        GpioConfig.model_validate({"led": {"pin": 5}, "relay": {"pin": 5}})


def test_a_line_that_oscillates_does_not_hold_up_the_lamp() -> None:
    class Endless:
        def wait_edge_events(self, _: timedelta) -> bool:
            return True

        def read_edge_events(self) -> list[object]:
            return [object()] * 64

    line = ChipInput.__new__(ChipInput)
    line._chip, line._pin, line._request = "/dev/gpiochip0", 4, Endless()
    assert line.rises() == 1024
