"""Metrics and probes: pure text and verdicts."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sink_examples import a_health, a_state, an_alert

from edge_pose.live.alert_tally import AlertTally
from edge_pose.live.metrics import Distribution, Snapshot, StageMeter, healthy, ready, render
from edge_pose.sinks import Link
from edge_pose.values import AlertLevel, AlertPhase, CameraCondition, Health

LINE = re.compile(
    r"(# (HELP|TYPE) edge_pose_\w+ .+|edge_pose_\w+(\{.*\})? (NaN|[+-]Inf|-?[0-9.e+-]+))"
)


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


RUNNING = {
    "capture": StageMeter(alive=True, idle_s=0.03),
    "inference": StageMeter(
        alive=True,
        idle_s=0.05,
        restarts=2,
        latency=Distribution(p50_ms=40.0, p95_ms=55.0, sum_ms=4200.0, count=100),
        dropped=9,
    ),
}


def full() -> Snapshot:
    state = a_state(1.0, an_alert(1, level=AlertLevel.CRITICAL), level=2)
    return Snapshot(
        health=a_health(throttled=True, dropped=7),
        frame_age=Distribution(p50_ms=60.0, p95_ms=90.0, sum_ms=6000.0, count=100),
        state=state,
        stages=RUNNING,
        alerts={("distraction.glance", "warning"): 3},
        links={"mqtt": Link(connected=True, backlog=2, lost=1)},
        uptime_s=61.5,
        version='0.1"',
    )


def test_everything_measured_is_told() -> None:
    told = values(render(full()))
    assert told["edge_pose_frames_per_second"] == 15
    assert told['edge_pose_frame_age_seconds{quantile="0.95"}'] == 0.09
    assert told["edge_pose_frame_age_seconds_count"] == 100
    assert told["edge_pose_camera_up"] == 1
    assert told["edge_pose_mqtt_connected"] == 1
    assert told["edge_pose_mqtt_backlog"] == 2
    assert told['edge_pose_alerts_lost_total{output="mqtt"}'] == 1
    assert told["edge_pose_frames_dropped_total"] == 7
    assert told["edge_pose_temperature_celsius"] == 55
    assert told["edge_pose_throttled"] == 1
    assert told["edge_pose_attention_level"] == 2
    assert told["edge_pose_alert_level"] == 3
    assert told["edge_pose_perclos_ratio"] == 0.05
    assert told['edge_pose_alerts_total{kind="distraction.glance",level="warning"}'] == 3
    assert told['edge_pose_stage_restarts_total{stage="inference"}'] == 2
    assert told['edge_pose_stage_latency_seconds{stage="inference",quantile="0.95"}'] == 0.055
    assert told['edge_pose_stage_latency_seconds_sum{stage="inference"}'] == 4.2
    assert told['edge_pose_stage_up{stage="capture"}'] == 1
    assert 'edge_pose_info{version="0.1\\""}' in told


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (apt: prometheus)")
def test_prometheus_has_nothing_to_complain_of() -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=render(full()), text=True, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_while_blind_or_off_no_driver_is_measured() -> None:
    for state in (a_state(camera=CameraCondition.LOST), a_state(enabled=False)):
        told = values(render(Snapshot(health=Health(), state=state)))
        assert "edge_pose_attention_ratio" not in told
        assert "edge_pose_face_visible" not in told
    assert values(render(Snapshot(health=Health())))["edge_pose_camera_up"] == 0


def test_alerts_are_counted_once_for_each_kind_and_level_and_never_less() -> None:
    tally = AlertTally()
    warning, critical = AlertLevel.WARNING, AlertLevel.CRITICAL
    for number in range(700):
        tally.alert(an_alert(number, level=warning))
        tally.alert(an_alert(number, level=critical, phase=AlertPhase.UPDATE))
        tally.alert(an_alert(number, level=critical, phase=AlertPhase.UPDATE))
        tally.alert(an_alert(number, level=critical, phase=AlertPhase.END))
    tally.alert(replace(an_alert(1), shadow=True))
    glance = "distraction.glance"
    assert tally.counts == {(glance, "warning"): 700, (glance, "critical"): 700}


def test_what_was_not_measured_is_absent() -> None:
    told = render(Snapshot(health=Health()))
    for name in ("temperature", "throttled", "attention", "perclos", "stage_", "alerts_total"):
        assert f"edge_pose_{name}" not in told


@given(fps=st.floats(), stage=st.text(max_size=20), count=st.integers(0, 10**20))
def test_any_values_make_well_formed_lines(fps: float, stage: str, count: int) -> None:
    meter = StageMeter(alive=False, idle_s=fps, restarts=count)
    text = render(Snapshot(health=Health(fps=fps), stages={stage: meter}))
    assert text.endswith("\n")
    assert all(LINE.fullmatch(line) for line in text[:-1].split("\n"))


def test_alive_and_moving_is_healthy() -> None:
    verdict = healthy(Snapshot(health=Health(), stages=RUNNING))
    assert (verdict.ok, verdict.status, verdict.text) == (True, 200, "ok\n")


def test_a_stuck_or_ended_essential_stage_is_not() -> None:
    stages = {
        "capture": StageMeter(alive=False, idle_s=1.0),
        "inference": StageMeter(alive=True, idle_s=6.0),
        "mqtt": StageMeter(alive=False, idle_s=99.0, essential=False),
    }
    verdict = healthy(Snapshot(health=Health(), stages=stages), stall_s=5.0)
    assert verdict.status == 503
    assert verdict.text == "capture: has ended\ninference: no progress for 6.0 s\n"


def test_an_output_that_hangs_is_named_though_the_rest_runs() -> None:
    stages = {**RUNNING, "gpio": StageMeter(
        alive=True, idle_s=0.0, essential=False, ailment="gpio hangs",
    )}  # fmt: skip
    snapshot = Snapshot(health=Health(), stages=stages)
    assert healthy(snapshot).text == "gpio hangs\n"
    assert 'edge_pose_stage_well{stage="gpio"} 0' in render(snapshot)


def test_ready_means_a_driver_is_monitored_now() -> None:
    assert not ready(Snapshot(health=Health(), stages=RUNNING)).ok
    assert ready(Snapshot(health=Health(), stages=RUNNING, state=a_state())).ok
    off = ready(Snapshot(health=Health(), stages=RUNNING, state=a_state(enabled=False)))
    assert off.reasons == ("monitoring is switched off",)
