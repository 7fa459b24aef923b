"""Temperature, throttling and the rate that follows from them."""

from __future__ import annotations

import errno
import io
import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge_pose.config.runtime import RuntimeConfig
from edge_pose.runtime.thermal import Board, FrameGate, RateGovernor, Throttling


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text + "\n")


def test_a_pi_tells_its_temperature_and_what_slows_it(tmp_path: Path) -> None:
    write(tmp_path, "class/thermal/thermal_zone0/type", "cpu-thermal")
    write(tmp_path, "class/thermal/thermal_zone0/temp", "81250")
    write(tmp_path, "devices/platform/soc/soc:firmware/get_throttled", "50005")
    board = Board(tmp_path)
    assert board.temperature_c() == pytest.approx(81.25)
    assert board.throttling() == Throttling(
        slowed=True, under_voltage=True, was_slowed=True, was_under_voltage=True
    )


def test_other_boards_tell_through_zones_and_cooling_devices(tmp_path: Path) -> None:
    for i, (name, temp) in enumerate([("battery", "99000"), ("cpu0-thermal", "61000"),
                                      ("cpu4-thermal", "64000"), ("gpu", "bad")]):  # fmt: skip
        write(tmp_path, f"class/thermal/thermal_zone{i}/type", name)
        write(tmp_path, f"class/thermal/thermal_zone{i}/temp", temp)
    write(tmp_path, "class/thermal/cooling_device0/type", "cpufreq-cpu0")
    write(tmp_path, "class/thermal/cooling_device0/cur_state", "2")
    write(tmp_path, "class/thermal/cooling_device1/type", "pwm-fan")
    write(tmp_path, "class/thermal/cooling_device1/cur_state", "4")
    board = Board(tmp_path)
    assert board.temperature_c() == 64.0
    assert board.throttling() == Throttling(slowed=True)


def test_a_fan_or_a_voltage_alarm_is_not_taken_for_throttling(tmp_path: Path) -> None:
    write(tmp_path, "class/thermal/cooling_device0/type", "pwm-fan")
    write(tmp_path, "class/thermal/cooling_device0/cur_state", "4")
    assert Board(tmp_path).throttling() is None
    write(tmp_path, "class/hwmon/hwmon1/name", "rpi_volt")
    write(tmp_path, "class/hwmon/hwmon1/in0_lcrit_alarm", "1")
    assert Board(tmp_path).throttling() == Throttling(under_voltage=True)


def test_a_board_that_says_nothing_is_not_measured(tmp_path: Path) -> None:
    assert Board(tmp_path).temperature_c() is None
    assert Board(tmp_path).throttling() is None


def test_the_rate_falls_in_steps_while_hot_and_returns_when_cool() -> None:
    config = RuntimeConfig(hot_c=75, hot_margin_c=5, thermal_step_s=20)
    governor = RateGovernor(config)
    shares = []
    for t in range(300):
        hot = t < 120
        shares.append(governor.update(float(t), 80.0 if hot else 60.0, slowed=False))
    assert shares[0] == 0.75
    assert shares[119] == 0.33
    assert shares[299] == 1.0
    changes = [t for t in range(1, 300) if shares[t] != shares[t - 1]]
    assert changes == [20, 40, 120, 140, 160]


def test_between_hot_and_cool_nothing_moves() -> None:
    governor = RateGovernor(RuntimeConfig(hot_c=75, hot_margin_c=5))
    governor.update(0.0, 76.0, slowed=False)
    assert {governor.update(float(t), 72.0, slowed=False) for t in range(1, 200)} == {0.75}


def test_throttling_counts_as_hot_and_no_reading_as_cool() -> None:
    governor = RateGovernor(RuntimeConfig())
    assert governor.update(0.0, 50.0, slowed=True) == 0.75
    assert governor.update(100.0, None, slowed=False) == 1.0


@given(st.lists(st.tuples(st.floats(0, 30), st.none() | st.floats(-20, 120), st.booleans())))
def test_the_share_is_always_one_of_the_steps(
    readings: list[tuple[float, float | None, bool]],
) -> None:
    config = RuntimeConfig()
    governor = RateGovernor(config)
    now = 0.0
    for pause, temperature, slowed in readings:
        now += pause
        assert governor.update(now, temperature, slowed=slowed) in config.thermal_steps


@given(st.floats(0.05, 1.0))
def test_the_gate_admits_its_share_evenly(share: float) -> None:
    gate = FrameGate()
    admitted = [gate.admits(share) for _ in range(400)]
    assert sum(admitted) == pytest.approx(400 * share, abs=2)
    passed = [i for i, admit in enumerate(admitted) if admit]
    gaps = {b - a for a, b in itertools.pairwise(passed[1:])}
    assert not gaps or max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("steps", [(), (0.5,), (1.0, 1.0), (1.0, 0.5, 0.0), (1.0, 0.2, 0.4)])
def test_steps_that_do_not_fall_are_refused(steps: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        RuntimeConfig(thermal_steps=steps)


def test_a_program_without_a_descriptor_left_knows_no_temperature_and_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    (tmp_path / "class/thermal/thermal_zone0").mkdir(parents=True)
    for module, name in ((os, "scandir"), (os, "listdir"), (io, "open")):
        monkeypatch.setattr(module, name, no_more)
    assert Board(tmp_path).temperature_c() is None
    assert Board(tmp_path).throttling() is None
