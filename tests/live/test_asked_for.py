"""What a person asks of the running program from afar: a restart, other rules."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from edge_pose.config.root import Config
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.controls import Controls
from edge_pose.live.service import Service
from edge_pose.remembered.preset import chosen_preset
from edge_pose.stop_signals import StopSignals
from edge_pose.values import Command


def test_a_restart_and_a_preset_each_make_everything_anew_once(tmp_path: Path) -> None:
    config = Config(runtime=RuntimeConfig(state_dir=tmp_path))
    service = Service(lambda: config, signals=StopSignals())
    app: Any = SimpleNamespace(controls=Controls(), config=config)
    assert not service._asked_for(app)
    app.controls.send(Command.RESTART)
    assert service._asked_for(app)
    assert not service._asked_for(app)
    app.controls.choose_preset("gentle")
    assert service._asked_for(app)
    assert not service._asked_for(app)
    assert chosen_preset(tmp_path) == "gentle"
