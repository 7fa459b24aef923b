"""Rules of other packages: what is wrong with one stops neither the others nor any output."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.drive import Record, attentive, distracted, drive, watch
from edge_pose.values import AlertKind, AlertLevel

DRIVE = [(10, attentive()), (8, distracted()), (10, attentive())]


class Odd:
    """Attentive for five seconds, then it does what it is told."""

    def __init__(self, deed: Callable[[float], Any]) -> None:
        self._deed = deed

    def update(self, now: Situation) -> Finding | None:
        if now.sample.t_s < 5.0:
            return None
        found: Finding | None = self._deed(now.sample.t_s)
        return found


def with_rule(deed: Callable[[float], Any], monkeypatch: pytest.MonkeyPatch) -> Record:
    return with_maker(lambda _: Odd(deed), monkeypatch)


def with_maker(make: Callable[[MonitorConfig], Odd], monkeypatch: pytest.MonkeyPatch) -> Record:
    def load(_group: str, _name: str) -> Callable[[MonitorConfig], Odd]:
        return make

    monkeypatch.setattr("edge_pose.monitor.rules.registry.load_plugin", load)
    return watch(drive(DRIVE, hz=15), config=MonitorConfig(extra_rules=("odd",)))


def found(t_s: float, **changed: Any) -> Finding:
    words: dict[str, Any] = {
        "kind": AlertKind.DROOP, "level": AlertLevel.ADVISORY, "t_start_s": t_s, "reason": "odd",
    } | changed  # fmt: skip
    return Finding(**words)


def fails(_: float) -> Finding:
    raise ZeroDivisionError("by nought")


def leaves(_: float) -> Finding:
    raise SystemExit(3)


@pytest.mark.parametrize(
    "deed",
    [
        fails,
        leaves,
        lambda _: "asleep",
        lambda t_s: found(t_s, kind="sleepy"),
        lambda t_s: found(t_s, level=7),
        lambda _: found(math.nan),
        lambda t_s: found(t_s, values=3),
        lambda t_s: found(t_s, reason=None),
        lambda t_s: found(t_s, topic=["no key"]),
    ],
)
def test_a_rule_that_fails_is_left_out_and_told_and_the_others_judge(
    deed: Callable[[float], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = with_rule(deed, monkeypatch)
    (fault,) = record.of(AlertKind.FAULT)
    assert "rule odd is left out" in fault.reason
    assert record.of(AlertKind.GLANCE)


@pytest.mark.parametrize("error", [TypeError("no such setting"), SystemExit("licence?")])
def test_a_rule_that_cannot_be_made_is_told_and_the_others_judge(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(_: MonitorConfig) -> Odd:
        raise error

    record = with_maker(make, monkeypatch)
    (fault,) = record.of(AlertKind.FAULT)
    assert f"rule odd is left out: {type(error).__name__}" in fault.reason
    assert record.of(AlertKind.GLANCE)


@pytest.mark.parametrize(("takes_s", "left_out"), [(0.2, False), (30.0, True)])
def test_a_rule_that_holds_up_the_others_is_left_out(
    takes_s: float, left_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    monkeypatch.setattr("edge_pose.monitor.rules.foreign.time.monotonic", clock.now)

    def thinks(_: float) -> None:
        clock.advance(takes_s)

    record = with_rule(thinks, monkeypatch)
    faults = record.of(AlertKind.FAULT)
    assert bool(faults) == left_out
    assert all("it took 30.0 s" in fault.reason for fault in faults)
    assert record.of(AlertKind.GLANCE)


def test_values_that_no_output_can_write_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "nan_deg": math.nan, "inf": math.inf, "words": "many", "none": None,
        "numpy": np.float32(2.5), "plain": 3,
    }  # fmt: skip
    record = with_rule(lambda t_s: found(t_s, values=values), monkeypatch)
    told = next(alert for alert in record.alerts if alert.kind is AlertKind.DROOP)
    assert json.loads(json.dumps(dict(told.values), allow_nan=False)) == {"numpy": 2.5, "plain": 3}
