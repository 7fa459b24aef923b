"""What deploy/home ships works with the metrics and messages as they are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_pose.live.metrics import Distribution, Snapshot, StageMeter, render
from edge_pose.sinks import Link
from edge_pose.values import DriverState, Health

HOME = Path(__file__).resolve().parents[3] / "deploy" / "home"


def expressions() -> list[str]:
    board = json.loads((HOME / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def everything() -> str:
    spread = Distribution(p50_ms=1.0, p95_ms=2.0, sum_ms=3.0, count=2)
    state = DriverState(
        t_s=0.0, face=True, attention=1.0, level=0, distracted=False, perclos=0.1, drowsiness=0.1
    )
    return render(
        Snapshot(
            health=Health(temperature_c=50.0, throttled=False),
            state=state,
            frame_age=spread,
            stages={"inference": StageMeter(alive=True, idle_s=0.0, latency=spread, dropped=1)},
            alerts={("fatigue.sleep", "critical"): 1},
            links={"mqtt": Link(connected=True)},
        )
    )


def test_the_dashboard_asks_for_metrics_that_there_are() -> None:
    there = set(re.findall(r"^(edge_pose_\w+)", everything(), flags=re.MULTILINE))
    asked = set(re.findall(r"edge_pose_\w+", " ".join(expressions())))
    assert asked - there == set()


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (apt: prometheus)")
def test_prometheus_understands_every_query_of_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel{i}", "expr": expr.replace("$instance", ".*")}
        for i, expr in enumerate(expressions())
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", str(file)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout + done.stderr


def test_the_flow_listens_where_alerts_are_sent() -> None:
    flow = json.loads((HOME / "node-red-flow.json").read_text(encoding="utf-8"))
    nodes = {node["id"]: node for node in flow}
    assert nodes["ep_in"]["topic"] == "edge_pose/+/event"
    wired = {name for node in flow for output in node.get("wires", []) for name in output}
    assert wired <= set(nodes)
